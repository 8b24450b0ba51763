// Cutover, Commit and Soak: the way forward. Who serves: old pods and, once Ready, new ones; after the commit the target,
// and the source for exceptions. Pure.

import type { Action } from '../action.ts';
import { few } from '../few.ts';
import { attemptKey, cutoverKeys } from '../pair.ts';
import { attemptFor } from '../workload/assess.ts';
import { waitedSeconds, workloadName } from '../workload/assessed.ts';
import type { Assessed } from '../workload/assessed.ts';
import { failureOutcome, restoreFailed } from './failures.ts';
import { namespaceAction, noKeys, planCommit } from './namespace-keys.ts';
import { foundText, keyConflict, refusedByServer } from './namespace-writes.ts';
import { planAhead } from './plan-ahead.ts';
import { stopperOf } from './preflight.ts';
import { targetOf } from './restore-move.ts';
import { exceptionsOf, inNewState, inState, leavingOf, rosterOf, withRoster } from './roster.ts';
import type { Roster } from './roster.ts';
import type { Situation, Why } from './situation.ts';
import { act, advance, halt, wait } from './step.ts';
import type { StepResult } from './step.ts';

/** Moves workloads, some at a time, and verifies each. */
export function decideCutover(s: Situation): StepResult {
  const assessed = rosterOf(s);
  const failure = failureOutcome(assessed, s);
  if (failure !== undefined) return failure;
  const restored = restoreFailed(assessed, s);
  if (restored.ended !== undefined) return restored.ended;
  const stopper = stopperOf(s);
  const { started, actions } = stopper === undefined ? startMore(restored.roster, s) : { started: restored.roster, actions: [] };
  const roster = planAhead(started, s);
  const { committed, ...rest } = withFailed(withRoster(s.status, roster, s), roster);
  const status = restored.uncommitted || committed === undefined ? rest : { ...rest, committed };
  const writes = [...movingLabel(s, roster), ...restored.actions, ...actions];
  if (writes.length > 0) return act(status, writes);
  return settle(roster, status, stopper, s);
}

function settle(roster: Roster, status: Situation['status'], stopper: Why | undefined, s: Situation): StepResult {
  const busy = [...inState(roster, 'Moving'), ...inState(roster, 'Failed')];
  if (busy.length > 0) return wait(status, busyWhy(busy, stopper), lookAgain(busy, s));
  if (stopper !== undefined) return wait(status, stopper, 10);
  if (exceptionsOf(roster).length > 0)
    return advance(s, 'Soak', { reason: 'Soaking', message: 'watching what was moved; exceptions are left' }, status);
  return advance(s, 'Commit', { reason: 'InProgress', message: 'making the target the default of the namespace' }, status);
}

function busyWhy(busy: readonly Assessed[], stopper: Why | undefined): Why {
  const names = busy.map((a) => workloadName(a.workload));
  const message = `in flight: ${few(names, 3)}`;
  return stopper === undefined ? { reason: 'InProgress', message } : { ...stopper, message: `${stopper.message}; ${message}` };
}

const asked: ReadonlySet<string> = new Set([
  'TooLittleTraffic',
  'SuccessUnclear',
  'ProxyUnreachable',
  'ProxyNotReady',
  'RequestsHang',
  'UndefinedPort',
]);

// Rollouts speak through watches; what only a proxy can tell must be asked again.
/** Seconds until workloads in flight are looked at again at the latest. */
export function lookAgain(busy: readonly Assessed[], s: Situation): number {
  if (busy.some((a) => asked.has(a.row?.reason ?? ''))) return 2;
  const deadlines = busy.map((a) => s.settings.progressDeadlineSeconds - (a.row === undefined ? 0 : waitedSeconds(a.row, s.now)));
  return Math.max(0.1, Math.min(30, ...deadlines.filter((d) => d > 0)));
}

function startMore(roster: Roster, s: Situation): { started: Roster; actions: readonly Action[] } {
  const inFlight = inState(roster, 'Moving').length + inState(roster, 'Failed').length;
  const free = Math.max(0, s.settings.maxConcurrentWorkloads - inFlight);
  const next = new Set(
    inState(roster, 'Pending')
      .slice(0, free)
      .map((a) => a.workload.uid),
  );
  if (next.size === 0) return { started: roster, actions: [] };
  const starting = roster.workloads.filter((a) => next.has(a.workload.uid));
  const workloads = roster.workloads.map((a) => (next.has(a.workload.uid) ? asMoving(a, s) : a));
  return { started: { ...roster, workloads }, actions: starting.map((a) => cutOver(a, s)) };
}

function asMoving(a: Assessed, s: Situation): Assessed {
  const { workload, pods } = a;
  const why = { reason: 'RollingOut', message: 'its template is being switched', remedy: '' };
  const next = inNewState({ workload, pods }, 'Moving', why, s);
  const attempt = attemptFor(s.rows.get(workload.uid), s);
  return { ...next, row: { ...next.row, attempt, generation: workload.generation }, planned: true };
}

function cutOver(a: Assessed, s: Situation): Action {
  const { workload } = a;
  const value = attemptKey(s.migrationUid, attemptFor(s.rows.get(workload.uid), s));
  const soak = s.settings.minReadySeconds > 0 && workload.kind !== 'CronJob' && workload.rollout.minReadyOwner !== 'other';
  return {
    kind: 'cutOver',
    workload: targetOf(workload, s),
    keys: cutoverKeys(s.pair, value, workload.settings),
    ...(soak && { minReadySeconds: s.settings.minReadySeconds }),
  };
}

// Before the first key, and again where it was taken away while pods are still being made: by a person, or because the
// migration was deleted and made again.
function movingLabel(s: Situation, roster: Roster): Action[] {
  if (s.settings.onManagedField === 'PodOnly' || inState(roster, 'Moving').length === 0) return [];
  const action = namespaceAction(s.namespace, noKeys, 'Moving');
  return action === undefined ? [] : [action];
}

function withFailed(status: Situation['status'], roster: Roster): Situation['status'] {
  const failed = roster.workloads.some((a) => a.state === 'Failed' || a.state === 'Restored');
  return failed ? { ...status, failed: true } : status;
}

/** Makes the target the default of the namespace, in one write. */
export function decideCommit(s: Situation): StepResult {
  const roster = rosterOf(s);
  const unsettled = [...inState(roster, 'Pending'), ...inState(roster, 'Moving'), ...inState(roster, 'Failed')];
  if (unsettled.length > 0 || roster.workloads.some((a) => a.halt !== undefined)) {
    return advance(s, 'Cutover', { reason: 'InProgress', message: 'workloads appeared or changed before the commit' });
  }
  const stopper = stopperOf(s);
  const status = withRoster(s.status, roster, s);
  const refused = refusedByServer(s);
  if (refused !== undefined) return halt(s, refused, status);
  if (stopper !== undefined) return wait(status, stopper, 10);
  const soaking = { reason: 'Soaking', message: 'watching what was moved' };
  if (s.settings.onManagedField === 'PodOnly') return advance(s, 'Soak', soaking, status);
  const plan = planCommit(s.observation, s.namespace);
  if (plan.kind === 'conflict') return halt(s, keyConflict(plan, s), status);
  const action = namespaceAction(s.namespace, plan, 'Commit');
  return action === undefined
    ? advance(s, 'Soak', soaking, { ...status, committed: true })
    : act({ ...status, committed: true }, [action]);
}

/** Watches what was moved until the soak is over. */
export function decideSoak(s: Situation): StepResult {
  const roster = rosterOf(s);
  const failure = failureOutcome(roster, s);
  if (failure !== undefined) return failure;
  const status = withRoster(s.status, roster, s);
  if (inState(roster, 'Pending').length + inState(roster, 'Failed').length > 0) {
    return advance(
      s,
      'Cutover',
      { reason: 'InProgress', message: 'a workload appeared or failed during the soak' },
      // With the rows as they were: they tell the next try of a workload from its last one.
      withFailed(s.status, roster),
    );
  }
  const exceptions = exceptionsOf(roster);
  const lost = commitState(exceptions.length, s);
  if (lost !== undefined) return lost;
  const stopper = stopperOf(s);
  if (stopper !== undefined) return wait(status, stopper, 10);
  const moving = inState(roster, 'Moving');
  if (moving.length > 0)
    return wait(status, { reason: 'Soaking', message: `watching; ${busyWhy(moving, undefined).message}` }, lookAgain(moving, s));
  return stillSoaking(roster, s, status) ?? end(exceptions.length, status, s);
}

function stillSoaking(roster: Roster, s: Situation, status: Situation['status']): StepResult | undefined {
  const left = Date.parse(s.status.stepTime ?? '') / 1000 + s.settings.soakSeconds - s.now / 1000;
  const soaking = { reason: 'Soaking', message: `watching what was moved for ${s.settings.soakSeconds} s` };
  if (left > 0) return wait(status, soaking, Math.min(5, left));
  const leaving = leavingOf(roster, s);
  if (leaving.length === 0) return undefined;
  const message = `${few(leaving.map(workloadName), 3)} gone; waiting for their pods to end`;
  return wait(status, { reason: 'Soaking', message }, 2);
}

// A commit that is due is made; one that somebody else undid is not made again.
function commitState(exceptions: number, s: Situation): StepResult | undefined {
  if (exceptions > 0 || s.settings.onManagedField === 'PodOnly' || s.committed) return undefined;
  if (s.status.committed !== true) return advance(s, 'Commit', { reason: 'InProgress', message: 'the last exception is gone' });
  return halt(s, commitUndone(s));
}

function commitUndone(s: Situation): Why {
  const plan = planCommit(s.observation, s.namespace);
  const [first] =
    plan.kind === 'conflict' ? [plan] : [...plan.labels, ...plan.annotations].map(({ key, from }) => ({ key, found: from }));
  const seen = first === undefined ? 'its keys of the target are gone' : `its key ${foundText(first, s.namespace)}`;
  return { reason: 'NamespaceKeyConflict', message: `${seen} after the commit, and the operator did not write that` };
}

function end(exceptions: number, status: Situation['status'], s: Situation): StepResult {
  if (exceptions === 0)
    return advance(s, 'Migrated', { reason: 'Migrated', message: 'every workload is in the target mesh' }, status);
  return advance(
    s,
    'PartiallyMigrated',
    {
      reason: 'ExceptionsLeft',
      message: `${exceptions === 1 ? 'one exception is' : `${exceptions} exceptions are`} left${s.committed ? '' : '; the namespace is not committed'}`,
    },
    status,
  );
}
