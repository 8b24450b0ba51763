// The way back of one workload: the next write, and where it stands. Pure.

import type { Action, WorkloadTarget } from '../action.ts';
import { keys } from '../../api/v1alpha1/group.ts';
import type { Pod, Refusal, Workload } from '../observation.ts';
import { attemptKey, movedKeys } from '../pair.ts';
import { waitedSeconds, workloadName } from '../workload/assessed.ts';
import type { Assessed } from '../workload/assessed.ts';
import { judgeRestored } from '../workload/judge.ts';
import type { RestoreJudgement } from '../workload/judge.ts';
import { inNewState } from './roster.ts';
import type { Situation, Why } from './situation.ts';

/** One workload on its way back: where it stands now, and what to write. */
export interface RestoreMove {
  assessed: Assessed;
  actions: readonly Action[];
  halt?: Why;
}

/** The next write that brings one workload back, and where it stands. */
export function restoreMove(a: Assessed, s: Situation): RestoreMove {
  const judgement = restoreJudgement(a, s);
  const refusal = refusedWrite(a.workload, judgement, s);
  if (refusal !== undefined) {
    const message = `${workloadName(a.workload)}: ${refusal.message}`;
    return { assessed: a, actions: [], halt: { reason: refusal.reason, message } };
  }
  switch (judgement.kind) {
    case 'restored':
      return { assessed: asRestored(a, s), actions: [] };
    case 'keyed':
      return { assessed: a, actions: [takeKeysAway(a.workload, s)] };
    case 'joinedByNamespace':
      return { assessed: a, actions: [restart(a.workload, s)] };
    case 'needsDeletion':
      return { assessed: inNewState(a, 'Listed', onDelete(judgement.pods), s), actions: [] };
    case 'waiting':
      return waitForRestore(a, judgement, s);
  }
}

/** Where a workload stands on its way back. */
export function restoreJudgement(a: Pick<Assessed, 'workload' | 'pods'>, s: Situation): RestoreJudgement {
  return judgeRestored(a.workload, a.pods, s.pair, restoredKey(s));
}

/** Value of the key that restarts what had joined by the namespace alone, in this try. */
export function restoredKey(s: Situation): string {
  return attemptKey(s.migration.metadata.uid, s.attempt);
}

// A refusal counts only while the write that was refused is still to be made.
function refusedWrite(workload: Workload, judgement: RestoreJudgement, s: Situation): Refusal | undefined {
  const { refusals } = s.observation;
  if (judgement.kind === 'waiting') return judgement.stuck.flatMap((pod) => refusals.get(pod.name) ?? [])[0];
  const writes = judgement.kind === 'keyed' || judgement.kind === 'joinedByNamespace';
  return writes ? refusals.get(workloadName(workload)) : undefined;
}

/** Back in the source; a failure keeps its reason and the template that it was found with. */
export function asRestored(a: Pick<Assessed, 'workload' | 'pods' | 'row'>, s: Situation): Assessed {
  const { row } = a;
  const failed = row?.state === 'Failed' || (row?.state === 'Restored' && row.reason !== 'RolledBack');
  if (!failed) return inNewState(a, 'Restored', { reason: 'RolledBack', message: 'back in the source mesh', remedy: '' }, s);
  const why = { reason: row.reason ?? 'WorkloadFailed', message: row.message ?? '' };
  const next = inNewState(a, 'Restored', row.remedy === undefined ? why : { ...why, remedy: row.remedy }, s);
  return row.template === undefined ? next : { ...next, row: { ...next.row, template: row.template } };
}

/** The pods that a person must delete, because the workload replaces none by itself. */
export function onDelete(pods: readonly string[]): Why {
  const names = pods.slice(0, 10).join(', ');
  return {
    reason: 'NoPods',
    message: `its template is back, but its pods are replaced only when somebody deletes them: ${names}`,
    remedy: `Delete these pods one by one: ${names}`,
  };
}

function waitForRestore(a: Assessed, judgement: RestoreJudgement & { kind: 'waiting' }, s: Situation): RestoreMove {
  const waited = a.row === undefined ? 0 : waitedSeconds(a.row, s.now);
  if (waited >= s.settings.progressDeadlineSeconds && a.workload.kind !== 'CronJob') {
    const limit = s.settings.progressDeadlineSeconds;
    const message = `${workloadName(a.workload)} is not back within ${limit} s: ${judgement.message}`;
    return { assessed: a, actions: [], halt: { reason: 'RestoreStuck', message } };
  }
  return { assessed: a, actions: judgement.stuck.map((pod) => evict(pod, s)) };
}

function evict(pod: Pod, s: Situation): Action {
  return { kind: 'evictPod', namespace: s.namespace.name, name: pod.name, uid: pod.uid };
}

function takeKeysAway(workload: Workload, s: Situation): Action {
  const changes = movedKeys(workload.keys).map((key) => ({ key, from: workload.keys[key], to: undefined }));
  const dropMinReadySeconds = workload.rollout.minReadyOwner === 'us';
  return { kind: 'restoreTemplate', workload: targetOf(workload, s), changes, dropMinReadySeconds };
}

function restart(workload: Workload, s: Situation): Action {
  const changes = [{ key: keys.restored, from: workload.keys[keys.restored], to: restoredKey(s) }];
  return { kind: 'restoreTemplate', workload: targetOf(workload, s), changes, dropMinReadySeconds: false };
}

/** The workload as a write must find it. */
export function targetOf(workload: Workload, s: Situation): WorkloadTarget {
  const { kind, name, uid, resourceVersion } = workload;
  return { kind, namespace: s.namespace.name, name, uid, resourceVersion };
}
