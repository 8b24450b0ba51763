// Restore: the way back. The namespace's default goes first, then keys in reverse order, names last. Who serves: both, at
// the end the source. It is over only when a live read shows the keys absent and the pods in the source. Pure.

import type { Action } from '../action.ts';
import type { WorkloadRow } from '../../api/v1alpha1/namespace-migration.ts';
import type { Workload } from '../observation.ts';
import { isKeyed, uidPrefix } from '../pair.ts';
import { workloadName } from '../workload/assess.ts';
import type { Assessed } from '../workload/assess.ts';
import { judgeRestored } from '../workload/judge.ts';
import { wantsBack } from './ends.ts';
import { onDelete, restoreMove, uncommitFirst } from './failures.ts';
import type { RestoreMove } from './failures.ts';
import { stopperOf } from './preflight.ts';
import { inNewState, inState, withRoster } from './roster.ts';
import { compare } from '../order.ts';
import type { Roster } from './roster.ts';
import { retrying } from './situation.ts';
import type { Situation } from './situation.ts';
import { act, advance, halt, wait } from './step.ts';
import type { StepResult } from './step.ts';

/** Brings the namespace back. */
export function decideRestore(s: Situation): StepResult {
  if (s.observation.cluster.source.kind !== 'pass') {
    return halt(s, { reason: 'SourceNotHealthy', message: `not rolled back: ${s.observation.cluster.source.message}` });
  }
  const uncommit = uncommitFirst(s);
  if (uncommit?.kind === 'halt') return halt(s, uncommit.why);
  if (uncommit !== undefined) return uncommitting(s, uncommit.actions);
  const { roster, moves } = restoreRoster(s);
  const status = { ...withRoster(s.status, roster, s), committed: false };
  const stuck = moves.find((m) => m.halt !== undefined)?.halt;
  if (stuck !== undefined) return halt(s, stuck, status);
  const actions = moves.flatMap((m) => m.actions);
  if (actions.length > 0) return act(status, actions);
  return ended(roster, status, s);
}

function uncommitting(s: Situation, actions: readonly Action[]): StepResult {
  if (actions.length > 0) return act({ ...s.status, committed: true }, actions);
  const { uncommitted } = s.observation;
  const message = uncommitted.kind === 'pass' ? 'the namespace’s keys are back' : uncommitted.message;
  return wait({ ...s.status, committed: true }, { reason: 'StillCommitted', message }, 1);
}

function ended(roster: Roster, status: Situation['status'], s: Situation): StepResult {
  const moving = inState(roster, 'Moving');
  if (moving.length > 0) {
    const message = `going back: ${moving
      .slice(0, 3)
      .map((a) => workloadName(a.workload))
      .join(', ')}`;
    return wait(status, stopperOf(s) ?? { reason: 'Restoring', message }, 5);
  }
  if (forwardAgain(s))
    return { kind: 'advance', status: retrying({ ...s, status }, { reason: 'Waiting', message: 'asked to move forward again' }) };
  const stopper = stopperOf(s);
  if (stopper !== undefined) return wait(status, stopper, 10);
  if (inState(roster, 'Pending').length > 0)
    return wait(status, { reason: 'Restoring', message: 'workloads are left to go back' }, 1);
  const names = takeNamesAway(s, status);
  if (names !== undefined) return names;
  return advance(s, 'RolledBack', { reason: 'RolledBack', message: 'every workload is back in the source mesh' }, status);
}

// Names last, and not before the last pod that was moved has ended: a running Job still calls them.
function takeNamesAway(s: Situation, status: Situation['status']): StepResult | undefined {
  const { verdict, held = [], lookAgainSeconds } = s.observation.names;
  if (verdict.kind === 'unknown')
    return wait(status, { reason: verdict.reason, message: verdict.message }, lookAgainSeconds ?? 10);
  if (held.length === 0) return undefined;
  const running = s.observation.pods.find((pod) => pod.job && !pod.ended && isKeyed(pod.keys, s.pair));
  if (running !== undefined)
    return wait(status, { reason: 'Restoring', message: `names stay until the Job's pod ${running.name} has ended` }, 10);
  return act(status, [{ kind: 'removeNames', namespace: s.namespace.name, releases: held }]);
}

function forwardAgain(s: Situation): boolean {
  return s.status.restoreCause === 'Request' && !wantsBack(s);
}

// Reverse order of the cutover, at the same pace. What is in flight is never counted twice.
function restoreRoster(s: Situation): { roster: Roster; moves: readonly RestoreMove[] } {
  const halted = stopperOf(s) !== undefined || forwardAgain(s);
  const base = s.observation.workloads
    .filter((w) => !w.deleting)
    .toSorted((a, b) => compare(workloadName(b), workloadName(a)))
    .map((workload) => assessBack(workload, s));
  let free = s.settings.maxConcurrentWorkloads - base.filter((a) => a.state === 'Moving').length;
  const moves: RestoreMove[] = [];
  const workloads = base.map((a) => {
    if (a.state === 'Pending' && !halted && free > 0) {
      free -= 1;
      const started = goingBack(a, s);
      moves.push({ ...restoreMove(started, s), assessed: started });
      return started;
    }
    if (a.state !== 'Moving') return a;
    const move = restoreMove(a, s);
    moves.push(move);
    return move.assessed;
  });
  return { roster: { workloads, others: [] }, moves };
}

// The clock of the way back starts anew; a row of the way forward says nothing about it.
function goingBack(base: Base, s: Situation): Assessed {
  const kept = isGoingBack(base.row) ? base : { workload: base.workload, pods: base.pods };
  return inNewState(kept, 'Moving', { reason: 'Restoring', message: 'its keys are taken away', remedy: '' }, s);
}

type Base = Pick<Assessed, 'workload' | 'pods' | 'row'>;

function assessBack(workload: Workload, s: Situation): Assessed {
  const row = s.rows.get(workload.uid);
  const base = { workload, pods: s.podsOf.get(workloadName(workload)) ?? [], ...(row !== undefined && { row }) };
  const judgement = judgeRestored(workload, base.pods, s.pair);
  switch (judgement.kind) {
    case 'restored':
      return restoredAs(base, s);
    case 'needsDeletion':
      return inNewState(base, 'Listed', onDelete(judgement.pods), s);
    case 'keyed':
    case 'joinedByNamespace':
      return isGoingBack(row) ? { ...base, state: 'Moving' } : { ...base, state: 'Pending' };
    case 'waiting':
      return wasMoved(workload, row, s) ? goingBack(base, s) : { workload, pods: base.pods, state: 'Restored' };
  }
}

function isGoingBack(row: WorkloadRow | undefined): boolean {
  return row?.state === 'Moving' && row.reason === 'Restoring';
}

// A workload that was never written and waits for reasons of its own is not ours to wait for.
function wasMoved(workload: Workload, row: WorkloadRow | undefined, s: Situation): boolean {
  return row?.state === 'Moving' || s.keyed.has(uidPrefix(workload.uid));
}

function restoredAs(base: Base, s: Situation): Assessed {
  const { row } = base;
  const failed = row?.state === 'Failed' || (row?.state === 'Restored' && row.reason !== 'RolledBack');
  if (!failed) return inNewState(base, 'Restored', { reason: 'RolledBack', message: 'back in the source mesh', remedy: '' }, s);
  return inNewState(base, 'Restored', { reason: row.reason ?? 'RolledBack', message: row.message ?? '' }, s);
}
