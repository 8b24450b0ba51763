// Restore: the way back. The namespace's default goes first, then keys in reverse order, names last. Who serves: both, at
// the end the source. It is over only when a live read shows the keys absent and the pods in the source. Pure.

import { keys } from '../../api/v1alpha1/group.ts';
import type { WorkloadRow } from '../../api/v1alpha1/namespace-migration.ts';
import type { Pod, Workload } from '../observation.ts';
import { keptBackBy } from '../kept-back.ts';
import { isKeyed } from '../pair.ts';
import { sourceAwaited } from './await-source.ts';
import { isInLedger } from './ledger.ts';
import { workloadName } from '../workload/assessed.ts';
import type { Assessed } from '../workload/assessed.ts';
import { heldReason } from '../workload/listing.ts';
import { wantsBack } from './requests.ts';
import { namesBack } from './names-back.ts';
import { endOfMoving, keyConflict, refusedByServer, uncommitFirst } from './namespace-writes.ts';
import type { Uncommit } from './namespace-writes.ts';
import { asRestored, onDelete, restoredKey, restoreJudgement, restoreMove } from './restore-move.ts';
import type { RestoreMove } from './restore-move.ts';
import { stopperOf } from './preflight.ts';
import { inNewState, inState, withRoster } from './roster.ts';
import { compare } from '../order.ts';
import type { Roster } from './roster.ts';
import { retrying } from './retry.ts';
import { iso } from './situation.ts';
import type { Situation, Why } from './situation.ts';
import { act, advance, halt, wait } from './step.ts';
import type { StepResult } from './step.ts';

/** Brings the namespace back. */
export function decideRestore(s: Situation): StepResult {
  const awaited = sourceAwaited(s);
  if (awaited !== undefined) return awaited;
  const refused = refusedByServer(s);
  if (refused !== undefined) return halt(s, refused);
  const waited = (s.now - Date.parse(s.status.stepTime ?? '')) / 1000;
  const uncommit = uncommitFirst(s, waited);
  if (uncommit !== undefined) return uncommitting(s, uncommit, waited);
  const { roster, moves } = restoreRoster(s);
  const { committed, ...uncommitted } = withRoster(s.status, roster, s);
  const stuck = moves.find((m) => m.halt !== undefined)?.halt;
  if (stuck !== undefined) return halt(s, stuck, uncommitted);
  const actions = moves.flatMap((m) => m.actions);
  if (actions.length > 0) return act(uncommitted, actions);
  return ended(roster, uncommitted, s);
}

// Paused and held namespaces still un-commit: nothing may join while the way back waits.
function uncommitting(s: Situation, uncommit: Uncommit, waited: number): StepResult {
  const status = { ...s.status, committed: true };
  switch (uncommit.kind) {
    case 'conflict':
      return halt(s, keyConflict(uncommit, s));
    case 'write':
      return act(status, [uncommit.action]);
    case 'wait': {
      const why: Why = { reason: 'StillCommitted', message: uncommit.message };
      return waited < s.settings.progressDeadlineSeconds ? wait(status, why, 1) : halt(s, why, status);
    }
  }
}

function ended(roster: Roster, status: Situation['status'], s: Situation): StepResult {
  const moving = roster.workloads.filter(isOnItsWay);
  const stopper = stopperOf(s);
  if (moving.length > 0) {
    const names = moving.slice(0, 3).map((a) => workloadName(a.workload));
    return wait(status, stopper ?? { reason: 'Restoring', message: `going back: ${names.join(', ')}` }, 5);
  }
  if (forwardAgain(s))
    return { kind: 'advance', status: retrying({ ...s, status }, { reason: 'Waiting', message: 'asked to move forward again' }) };
  if (stopper !== undefined) return wait(status, stopper, 10);
  const pending = inState(roster, 'Pending');
  if (pending.length > 0) return wait(status, heldBack(pending), 10);
  const names = takeNamesAway(s, status);
  if (names !== undefined) return names;
  // The fence goes before the end is said: a migration that is being deleted takes the record away at once.
  const fence = endOfMoving(s);
  if (fence !== undefined) return act(status, [fence]);
  const next = s.status.restoreCause === 'Request' ? withoutFailures(status) : status;
  const why = { reason: 'RolledBack', message: 'every workload is back in the source mesh', ...keptBack(s) };
  return advance(s, 'RolledBack', { ...why, ...namesLeft(why, s) }, withoutMade(next, s));
}

function keptBack({ settings, observation }: Situation): Partial<Why> {
  const { metadata, spec } = observation.record;
  return spec.desiredState === 'RolledBack' && !settings.rolledBack ? keptBackBy(metadata.name) : {};
}

// Who asked for the source has got it: what had failed before is over, and counts no more.
function withoutFailures({ failed, ...status }: Situation['status']): Situation['status'] {
  const workloads = (status.workloads ?? []).map((row) => (row.state === 'Restored' ? { ...row, ...back } : row));
  return { ...status, workloads };
}

const back = { reason: 'RolledBack', message: 'back in the source mesh', remedy: '' };

// Names last, and not before the last pod that was moved has ended: a running Job still calls them, and so does a pod that is
// being deleted while it answers what it was asked before.
function takeNamesAway(s: Situation, status: Situation['status']): StepResult | undefined {
  const { verdict, lookAgainSeconds } = s.observation.names;
  if (verdict.kind === 'unknown')
    return wait(status, { reason: verdict.reason, message: verdict.message }, lookAgainSeconds ?? 10);
  const next = namesBack(s.observation, s.now);
  if (next === undefined || next.kind === 'left') return undefined;
  const running = s.observation.pods.find((pod) => !pod.ended && (isKeyed(pod.keys, s.pair) || isLeaving(pod)));
  if (running !== undefined)
    return wait(status, { reason: 'Restoring', message: `names stay until pod ${running.name}, which was moved, has ended` }, 10);
  if (next.kind === 'wait') return wait(status, { reason: 'Restoring', message: next.message }, next.seconds);
  return act(status, [next.action]);
}

function withoutMade({ names, ...status }: Situation['status'], s: Situation): Situation['status'] {
  return names === undefined || namesBack(s.observation, s.now) === undefined ? status : { ...status, names };
}

// It is over even so: nobody may hold a namespace's way back by what they do to names.
function namesLeft({ message }: Why, s: Situation): Partial<Why> {
  const next = namesBack(s.observation, s.now);
  return next?.kind === 'left' ? { message: `${message}; ${next.message}`, remedy: next.remedy } : {};
}

function isLeaving(pod: Pod): boolean {
  return pod.deleting && pod.target.state === 'present' && pod.source.state === 'absent';
}

function heldBack(pending: readonly Assessed[]): Why {
  const names = pending.slice(0, 3).map((a) => workloadName(a.workload));
  return { reason: 'Held', message: `held by a person and still to go back: ${names.join(', ')}`, blocked: true };
}

function forwardAgain(s: Situation): boolean {
  return s.status.restoreCause === 'Request' && !wantsBack(s);
}

// Reverse order of the cutover, at the same pace. What is in flight is never counted twice.
function restoreRoster(s: Situation): { roster: Roster; moves: readonly RestoreMove[] } {
  const stopped = stopperOf(s) !== undefined || forwardAgain(s);
  const base = s.observation.workloads
    .filter((w) => !w.deleting)
    .toSorted((a, b) => compare(workloadName(b), workloadName(a)))
    .map((workload) => assessBack(workload, s));
  let free = stopped ? 0 : s.settings.maxConcurrentWorkloads - base.filter(isOnItsWay).length;
  const moves: RestoreMove[] = [];
  const workloads = base.map((a): Assessed => {
    const starts = a.state === 'Pending' && free > 0 && heldReason(a.workload) === undefined;
    // A row of the way forward says nothing of a workload that waits for its way back.
    if (a.state === 'Pending' && !starts) return { workload: a.workload, pods: a.pods, state: 'Pending' };
    if (!starts && !isOnItsWay(a)) return a;
    if (starts) free -= 1;
    const move = restoreMove(starts ? goingBack(a, s) : a, s);
    moves.push(move);
    return move.assessed;
  });
  return { roster: { workloads, others: [] }, moves };
}

// The clock of the way back starts anew; a row of the way forward says nothing about it.
function goingBack(base: Base, s: Situation): Assessed {
  const { row } = base;
  const { since, ...fresh } = row ?? {};
  const known = row === undefined ? {} : { row: isGoingBack(row) ? row : (fresh as WorkloadRow) };
  const kept = { workload: base.workload, pods: base.pods, ...known };
  return inNewState(kept, 'Moving', { reason: 'Restoring', message: 'its keys are taken away', remedy: '' }, s);
}

type Base = Pick<Assessed, 'workload' | 'pods' | 'row'>;

function assessBack(workload: Workload, s: Situation): Assessed {
  const row = s.rows.get(workload.uid);
  const base = { workload, pods: s.podsOf.get(workloadName(workload)) ?? [], ...(row !== undefined && { row }) };
  const judgement = restoreJudgement(base, s);
  switch (judgement.kind) {
    case 'restored':
      return asRestored(base, s);
    case 'needsDeletion':
      return inNewState(base, 'Listed', onDelete(judgement.pods), s);
    case 'keyed':
    case 'joinedByNamespace':
      return failedBack(base, s) ?? { ...base, state: isGoingBack(row) ? 'Moving' : 'Pending' };
    case 'waiting':
      return waitingBack(base, s);
  }
}

function waitingBack(base: Base, s: Situation): Assessed {
  const { row, workload, pods } = base;
  const failed = failedBack(base, s);
  if (failed !== undefined) return failed;
  if (wasMoved(base, s)) return goingBack(base, s);
  // It was back already; what its pods do since is its owner's business, and why it went back is not forgotten.
  return row?.state === 'Restored' ? { ...base, row, state: 'Restored' } : { workload, pods, state: 'Restored' };
}

// What failed is in flight already and keeps its reason to the end: people look for it. Only its clock starts anew.
function failedBack(base: Base, s: Situation): Assessed | undefined {
  const { row, workload } = base;
  if (row?.state !== 'Failed' || heldReason(workload) !== undefined) return undefined;
  const isFresh = (row.since ?? '') >= (s.status.stepTime ?? '');
  return { ...base, state: 'Failed', row: isFresh ? row : { ...row, since: iso(s.now) } };
}

function isOnItsWay({ state }: Assessed): boolean {
  return state === 'Moving' || state === 'Failed';
}

function isGoingBack(row: WorkloadRow | undefined): boolean {
  return row?.state === 'Moving' && row.reason === 'Restoring';
}

// A workload that was never written and waits for reasons of its own is not ours to wait for. Pods that still carry the keys
// are ours, whatever rows of another attempt say; so are those that had joined by the namespace alone, once the key is written
// that restarts them: the row of a workload that one process has not seen yet is lost when that one reports.
function wasMoved({ row, workload, pods }: Base, s: Situation): boolean {
  const restarted = workload.keys[keys.restored] === restoredKey(s);
  const left = pods.some(
    (pod) => !pod.deleting && !pod.ended && (isKeyed(pod.keys, s.pair) || (restarted && pod.target.state === 'present')),
  );
  return row?.state === 'Moving' || isInLedger(s.ledger, workload) || left;
}
