// A workload whose template carries our keys: verified, armed, on its way, failed, or changed by somebody in mid-move. Pure.

import type { WorkloadRow } from '../../api/v1alpha1/namespace-migration.ts';
import { keys } from '../../api/v1alpha1/group.ts';
import { verifiedTemplate } from '../namespace/ledger.ts';
import { uidPrefix } from '../pair.ts';
import { remedyOf } from '../reasons.ts';
import { moving, rowOf, waitedSeconds, workloadName } from './assessed.ts';
import type { AssessContext, Assessed, Base } from './assessed.ts';
import { judgeMoved } from './judge.ts';
import type { Judgement } from './judge.ts';

/** Where a keyed workload stands. */
export function assessKeyed(base: Base, row: WorkloadRow | undefined, context: AssessContext): Assessed {
  const { workload } = base;
  const proven = verifiedTemplate(context.ledger, workload);
  const provenNow = proven === workload.template;
  const ofThisTry = isOfThisTry(workload.keys[keys.cutover], context);
  const judgement = judgeMoved(workload, base.pods, context.settings, {
    proxied: context.observation.proxied,
    countRestarts: !provenNow && ofThisTry,
    refusedSince: ofThisTry ? undefined : stepBegan(context),
    namesReadyAt: namesReadyAt(context),
  });
  const known = row?.state === 'Moving' || proven === undefined ? row : expected(base, row, proven, context);
  return outcomeOf(base, known, provenNow ? onceProven(judgement, context) : judgement, context);
}

// Workloads that carried keys before this migration came may have pods that are older than the ports made for them.
function namesReadyAt({ observation }: AssessContext): number | undefined {
  return observation.record.status?.step === 'Cutover' ? stepBegan({ observation }) : undefined;
}

function stepBegan({ observation }: Pick<AssessContext, 'observation'>): number | undefined {
  const at = Date.parse(observation.record.status?.stepTime ?? '');
  return Number.isNaN(at) ? undefined : at;
}

// Once a template was verified, a pod less, a scale-up or a quiet hour is no failure of the move: it gets the deadline.
function onceProven(judgement: Judgement, context: AssessContext): Judgement {
  switch (judgement.kind) {
    case 'verified':
      return judgement;
    case 'armed':
      return { kind: 'verified' };
    case 'waiting':
      return judgement.quiet && context.settings.onInconclusive !== 'Proceed' ? { kind: 'verified' } : judgement;
    case 'failed':
      // It was verified by a run that ended: so will this one.
      if (judgement.reason === 'NotNativeSidecar') return { kind: 'verified' };
      return structural.has(judgement.reason) ? { ...judgement, kind: 'waiting', quiet: false } : judgement;
  }
}

const structural: ReadonlySet<string> = new Set(['ProxyMissing', 'MeshConflict', 'SourceRemains']);

// Restarts and refused calls from before this try say nothing about it: who tries again can't take them back.
function isOfThisTry(cutover: string | undefined, context: AssessContext): boolean {
  const prefix = `${uidPrefix(context.migrationUid)}-`;
  return cutover?.startsWith(prefix) === true && Number(cutover.slice(prefix.length)) >= context.attempt;
}

// A verified workload has no row; what it was verified with tells a deploy from a failure.
function expected(base: Base, row: WorkloadRow | undefined, template: string, context: AssessContext): WorkloadRow {
  return { ...rowOf(base.workload, 'Moving', row, context), template };
}

function outcomeOf(base: Base, row: WorkloadRow | undefined, judgement: Judgement, context: AssessContext): Assessed {
  switch (judgement.kind) {
    case 'verified':
      return { ...base, state: 'Verified' };
    case 'armed': {
      const armed = { ...rowOf(base.workload, 'Armed', row, context), reason: judgement.reason, message: judgement.message };
      return { ...base, state: 'Armed', row: { ...armed, remedy: remedyOf(judgement.reason) } };
    }
    case 'failed':
      return context.clockStopped ? moving(base, row, judgement, context) : failedOrDeployed(base, row, judgement, context);
    case 'waiting':
      return waitOn(base, row, judgement, context);
  }
}

function waitOn(
  base: Base,
  row: WorkloadRow | undefined,
  judgement: Judgement & { kind: 'waiting' },
  context: AssessContext,
): Assessed {
  const next = moving(base, row, judgement, context);
  if (context.clockStopped) return next;
  const waited = waitedSeconds(next.row, context.now);
  if (judgement.quiet) return quietOutcome(next, judgement, waited, context);
  if (waited < context.settings.progressDeadlineSeconds) return next;
  if (base.workload.rollout.paused) {
    const message = `${workloadName(base.workload)} was paused in mid-move and is not complete at the deadline`;
    return { ...next, halt: { reason: 'PausedInFlight', message } };
  }
  const message = `not verified within ${context.settings.progressDeadlineSeconds} s: ${judgement.message}`;
  return failedOrDeployed(base, next.row, { kind: 'failed', reason: 'ProgressDeadlineExceeded', message }, context);
}

function quietOutcome(
  next: Assessed & { row: WorkloadRow },
  judgement: { reason: string; message: string },
  waited: number,
  context: AssessContext,
): Assessed {
  const { onInconclusive, inconclusiveDeadlineSeconds } = context.settings;
  if (onInconclusive === 'Proceed') return { workload: next.workload, pods: next.pods, state: 'Verified', note: judgement };
  if (waited < inconclusiveDeadlineSeconds) return { ...next, row: waitingForTraffic(next.row, judgement.message, context) };
  const message = `${judgement.message} within ${inconclusiveDeadlineSeconds} s`;
  if (onInconclusive === 'Rollback')
    return failedOrDeployed(next, next.row, { kind: 'failed', reason: judgement.reason, message }, context);
  return { ...next, halt: { reason: judgement.reason, message: `${workloadName(next.workload)}: ${message}` } };
}

// Until when, in words that stay the same while nothing happens.
function waitingForTraffic(row: WorkloadRow, message: string, context: AssessContext): WorkloadRow {
  const { onInconclusive, inconclusiveDeadlineSeconds } = context.settings;
  const end = new Date(Date.parse(row.since ?? '') + 1000 * inconclusiveDeadlineSeconds).toISOString();
  const then = onInconclusive === 'Rollback' ? 'it goes back' : 'the namespace halts';
  return { ...row, message: `${message}; at ${end.replace(/\.\d+Z$/, 'Z')} ${then}` };
}

function failedOrDeployed(
  base: Base,
  row: WorkloadRow | undefined,
  judgement: Judgement & { kind: 'failed' },
  context: AssessContext,
): Assessed {
  const { workload } = base;
  if (row?.state === 'Moving' && row.template !== workload.template) return afterDeploy(base, row, judgement, context);
  const failed = { ...rowOf(workload, 'Failed', row, context), reason: judgement.reason, message: judgement.message };
  return {
    workload,
    pods: base.pods,
    state: 'Failed',
    newlyFailed: true,
    row: { ...failed, remedy: remedyOf(judgement.reason) },
  };
}

// A deploy in mid-move: whose fault it is can't be told, so it is judged again until the deadline, and nothing is undone.
function afterDeploy(base: Base, row: WorkloadRow, judgement: Judgement & { kind: 'failed' }, context: AssessContext): Assessed {
  const next = moving(base, row, judgement, context);
  if (waitedSeconds(row, context.now) < context.settings.progressDeadlineSeconds) return next;
  const message = `${workloadName(base.workload)} was changed in mid-move and is not healthy: ${judgement.message}`;
  return { ...next, halt: { reason: 'DeployInFlight', message } };
}
