// What a failure leads to: the whole namespace back, that workload back, or nothing undone. It never leads back into a
// source mesh that was not just checked. Pure.

import type { WorkloadRow } from '../../api/v1alpha1/namespace-migration.ts';
import type { Action } from '../action.ts';
import { waitedSeconds, workloadName } from '../workload/assessed.ts';
import { sourceAwaited } from './await-source.ts';
import { keyConflict, refusedByServer, uncommitFirst } from './namespace-writes.ts';
import type { Uncommit } from './namespace-writes.ts';
import { restoreMove } from './restore-move.ts';
import { inState, withRoster } from './roster.ts';
import type { Roster } from './roster.ts';
import type { Situation, Why } from './situation.ts';
import { advance, halt } from './step.ts';
import type { StepResult } from './step.ts';

/** Ends the step when a workload halts the namespace or fails in a way that concerns all of it. */
export function failureOutcome(roster: Roster, s: Situation): StepResult | undefined {
  const refused = refusedByServer(s);
  if (refused !== undefined) return halt(s, refused, withRoster(s.status, roster, s));
  const halted = roster.workloads.find((a) => a.halt !== undefined);
  if (halted?.halt !== undefined) return halt(s, halted.halt, withRoster(s.status, roster, s));
  const failed = roster.workloads.find((a) => a.newlyFailed === true);
  return failed?.row === undefined ? undefined : byPolicy(failed.row, roster, s);
}

function byPolicy(row: WorkloadRow, roster: Roster, s: Situation): StepResult | undefined {
  const why = { reason: row.reason ?? 'WorkloadFailed', message: `${workloadName(row)}: ${row.message ?? 'failed'}` };
  const status = { ...withRoster(s.status, roster, s), failed: true };
  switch (s.settings.onFailure) {
    case 'None':
      return halt(s, { reason: 'WorkloadFailed', message: why.message }, status);
    case 'Workload':
      return undefined;
    case 'Namespace':
      // Nothing is written there before the source was seen to work.
      return advance(s, 'Restore', why, { ...status, restoreCause: 'Failure' });
  }
}

/** What came of bringing back the workloads that failed. */
export interface Returned {
  roster: Roster;
  /** The namespace's default is gone, so that what comes back stays back. */
  uncommitted: boolean;
  actions: readonly Action[];
  /** It ends the pass: it halts, or waits for the source. */
  ended?: StepResult;
}

/** Brings back the workloads that failed while the rest of the namespace goes on. */
export function restoreFailed(roster: Roster, s: Situation): Returned {
  const failed = inState(roster, 'Failed');
  if (failed.length === 0) return { roster, uncommitted: false, actions: [] };
  const status = withRoster(s.status, roster, s);
  const awaited = sourceAwaited(s, { ...status, failed: true });
  if (awaited !== undefined) return { roster, uncommitted: false, actions: [], ended: awaited };
  const waited = Math.max(...failed.map((a) => (a.row === undefined ? 0 : waitedSeconds(a.row, s.now))));
  const uncommit = uncommitFirst(s, waited);
  if (uncommit !== undefined) return uncommitting({ uncommit, waited }, roster, s);
  const moves = new Map(failed.map((a) => [a.workload.uid, restoreMove(a, s)]));
  const workloads = roster.workloads.map((a) => moves.get(a.workload.uid)?.assessed ?? a);
  const next = { ...roster, workloads };
  const stuck = [...moves.values()].find((m) => m.halt !== undefined)?.halt;
  const actions = [...moves.values()].flatMap((m) => m.actions);
  return stuck === undefined
    ? { roster: next, uncommitted: true, actions }
    : { roster: next, uncommitted: true, actions: [], ended: halt(s, stuck, withRoster(s.status, next, s)) };
}

function uncommitting({ uncommit, waited }: { uncommit: Uncommit; waited: number }, roster: Roster, s: Situation): Returned {
  const why = uncommit.kind === 'conflict' ? keyConflict(uncommit, s) : tooLong(uncommit, waited, s);
  if (why !== undefined) return { roster, uncommitted: false, actions: [], ended: halt(s, why, withRoster(s.status, roster, s)) };
  return { roster, uncommitted: false, actions: uncommit.kind === 'write' ? [uncommit.action] : [] };
}

function tooLong(uncommit: { kind: string; message?: string }, waited: number, s: Situation): Why | undefined {
  if (uncommit.kind !== 'wait' || waited < s.settings.progressDeadlineSeconds) return undefined;
  return { reason: 'StillCommitted', message: uncommit.message ?? '' };
}
