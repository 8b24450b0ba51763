// What a failure leads to: the whole namespace back, that workload back, or nothing undone. It never leads back into a
// source mesh that was not just checked. Pure.

import type { WorkloadRow } from '../../api/v1alpha1/namespace-migration.ts';
import type { Action } from '../action.ts';
import { movedKeys, attemptKey } from '../pair.ts';
import { keys } from '../../api/v1alpha1/group.ts';
import { workloadName } from '../workload/assess.ts';
import type { Assessed } from '../workload/assess.ts';
import { judgeRestored } from '../workload/judge.ts';
import type { RestoreJudgement } from '../workload/judge.ts';
import type { Workload } from '../observation.ts';
import { namespaceAction, planUncommit } from './namespace-keys.ts';
import { inNewState, inState, withRoster } from './roster.ts';
import type { Roster } from './roster.ts';
import type { Situation, Why } from './situation.ts';
import { advance, halt } from './step.ts';
import type { StepResult } from './step.ts';

/** Ends the step when a workload halts the namespace or fails in a way that concerns all of it. */
export function failureOutcome(roster: Roster, s: Situation): StepResult | undefined {
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
      if (s.observation.cluster.source.kind !== 'pass') return sourceLost(s, status);
      return advance(s, 'Restore', why, { ...status, restoreCause: 'Failure' });
  }
}

function sourceLost(s: Situation, status = s.status): StepResult {
  const { source } = s.observation.cluster;
  const message = source.kind === 'pass' ? 'the source mesh is healthy' : source.message;
  return halt(s, { reason: 'SourceNotHealthy', message: `not rolled back: ${message}` }, status);
}

/** One workload on its way back: where it stands now, and what to write. */
export interface RestoreMove {
  assessed: Assessed;
  actions: readonly Action[];
  halt?: Why;
}

/** Brings back the workloads that failed while the rest of the namespace goes on. */
export function restoreFailed(roster: Roster, s: Situation): { roster: Roster; actions: readonly Action[]; halted?: StepResult } {
  const failed = inState(roster, 'Failed');
  if (failed.length === 0) return { roster, actions: [] };
  if (s.observation.cluster.source.kind !== 'pass')
    return { roster, actions: [], halted: sourceLost(s, withRoster(s.status, roster, s)) };
  const uncommit = uncommitFirst(s);
  if (uncommit !== undefined)
    return uncommit.kind === 'act'
      ? { roster, actions: uncommit.actions }
      : { roster, actions: [], halted: halt(s, uncommit.why) };
  const moves = new Map(failed.map((a) => [a.workload.uid, restoreMove(a, s)]));
  const workloads = roster.workloads.map((a) => moves.get(a.workload.uid)?.assessed ?? a);
  const next = { ...roster, workloads };
  const stuck = [...moves.values()].find((m) => m.halt !== undefined)?.halt;
  const actions = [...moves.values()].flatMap((m) => m.actions);
  return stuck === undefined
    ? { roster: next, actions }
    : { roster: next, actions: [], halted: halt(s, stuck, withRoster(s.status, next, s)) };
}

/** What must happen to the namespace's keys before any workload goes back; undefined when new pods come out without the target. */
export function uncommitFirst(
  s: Situation,
): { kind: 'act'; actions: readonly Action[] } | { kind: 'halt'; why: Why } | undefined {
  if (s.status.committed !== true && !s.committed) return undefined;
  const plan = planUncommit(s.observation, s.namespace);
  if (plan.kind === 'conflict') return { kind: 'halt', why: keyConflict(plan.key, plan.found) };
  const action = plan.labels.length + plan.annotations.length === 0 ? undefined : namespaceAction(s.namespace, plan, 'Uncommit');
  if (action !== undefined) return { kind: 'act', actions: [action] };
  return s.observation.uncommitted.kind === 'pass' ? undefined : { kind: 'act', actions: [] };
}

/** Somebody else changed a key of the namespace. */
export function keyConflict(key: string, found: string | undefined): Why {
  return {
    reason: 'NamespaceKeyConflict',
    message: `its key ${key} is ${found === undefined ? 'absent' : `"${found}"`}: neither what it was nor what the operator wrote`,
  };
}

/** The next write that brings one workload back, and where it stands. */
export function restoreMove(a: Assessed, s: Situation): RestoreMove {
  const judgement = judgeRestored(a.workload, a.pods, s.pair);
  const refusal = s.observation.refusals.get(workloadName(a.workload));
  if (refusal?.reason === 'EvictionRefused')
    return {
      assessed: a,
      actions: [],
      halt: { reason: refusal.reason, message: `${workloadName(a.workload)}: ${refusal.message}` },
    };
  switch (judgement.kind) {
    case 'restored':
      return { assessed: asRestored(a, s), actions: [] };
    case 'keyed':
      return { assessed: a, actions: [takeKeysAway(a.workload, s)] };
    case 'joinedByNamespace':
      return { assessed: a, actions: [restart(a.workload, s)] };
    case 'needsDeletion':
      return { assessed: inNewState(a, 'Restored', onDelete(judgement.pods), s), actions: [] };
    case 'waiting':
      return waitForRestore(a, judgement, s);
  }
}

function asRestored(a: Assessed, s: Situation): Assessed {
  const why =
    a.state === 'Failed' && a.row !== undefined
      ? {
          reason: a.row.reason ?? 'RolledBack',
          message: a.row.message ?? '',
          ...(a.row.remedy !== undefined && { remedy: a.row.remedy }),
        }
      : { reason: 'RolledBack', message: 'back in the source mesh' };
  return inNewState(a, 'Restored', why, s);
}

/** The pods that a person must delete, because the workload replaces none by itself. */
export function onDelete(pods: readonly string[]): Why {
  return {
    reason: 'NoPods',
    message: `its template is back, but its pods are replaced only when somebody deletes them: ${pods.slice(0, 10).join(', ')}`,
    remedy: `Delete these pods one by one: ${pods.slice(0, 10).join(', ')}`,
  };
}

function waitForRestore(a: Assessed, judgement: RestoreJudgement & { kind: 'waiting' }, s: Situation): RestoreMove {
  const evictions = judgement.stuck.map((pod): Action => ({
    kind: 'evictPod',
    namespace: s.namespace.name,
    name: pod.name,
    uid: pod.uid,
  }));
  const waited = (s.now - Date.parse(a.row?.since ?? '')) / 1000;
  if (waited >= s.settings.progressDeadlineSeconds && a.workload.kind !== 'CronJob') {
    const message = `${workloadName(a.workload)} is not back after ${Math.round(waited)} s: ${judgement.message}`;
    return { assessed: a, actions: [], halt: { reason: 'RestoreStuck', message } };
  }
  return { assessed: a, actions: evictions };
}

function takeKeysAway(workload: Workload, s: Situation): Action {
  const changes = movedKeys(workload.keys).map((key) => ({ key, from: workload.keys[key], to: undefined }));
  return {
    kind: 'restoreTemplate',
    workload: targetOf(workload, s),
    changes,
    dropMinReadySeconds: workload.rollout.minReadyOwner === 'us',
  };
}

function restart(workload: Workload, s: Situation): Action {
  const value = attemptKey(s.migration.metadata.uid, s.attempt);
  const changes = [{ key: keys.restored, from: workload.keys[keys.restored], to: value }];
  return { kind: 'restoreTemplate', workload: targetOf(workload, s), changes, dropMinReadySeconds: false };
}

/** The workload as a write must find it. */
export function targetOf(
  workload: Workload,
  s: Situation,
): { kind: Workload['kind']; namespace: string; name: string; uid: string; resourceVersion: string } {
  return {
    kind: workload.kind,
    namespace: s.namespace.name,
    name: workload.name,
    uid: workload.uid,
    resourceVersion: workload.resourceVersion,
  };
}
