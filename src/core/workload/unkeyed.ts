// A workload whose template does not carry our keys: to be moved, left alone with a reason, carried by its committed
// namespace, or drifted. Pure.

import type { WorkloadRow } from '../../api/v1alpha1/namespace-migration.ts';
import { isInLedger } from '../namespace/ledger.ts';
import type { Workload } from '../observation.ts';
import { remedyOf } from '../reasons.ts';
import { moving, rowOf, waitedSeconds, workloadName } from './assessed.ts';
import type { AssessContext, Assessed, Base } from './assessed.ts';
import { judgeMoved } from './judge.ts';
import { acceptedReason, exceptionOf } from './listing.ts';
import type { Exception } from './listing.ts';

/** Where a workload without our keys stands. */
export function assessUnkeyed(base: Base, row: WorkloadRow | undefined, context: AssessContext): Assessed {
  const { workload } = base;
  if (row?.state === 'Restored' && row.template === workload.template) return { ...base, state: 'Restored', row };
  const exception = exceptionOf(workload, context.pair, context.settings) ?? refusedWrite(workload, row, context);
  if (exception !== undefined) return listed(base, row, exception, context);
  if (context.committed) return assessCarried(base, row, context);
  const drift = row?.state === 'Drifted' || hasVanished(workload, row, context);
  return drift ? drifted(base, row, context) : { ...base, state: 'Pending' };
}

// A write that was planned but never made looks like keys that vanished. A write and its undoing raise the generation by
// two at least, so less than that says that it was never made.
function hasVanished(workload: Workload, row: WorkloadRow | undefined, context: AssessContext): boolean {
  if (!isInLedger(context.ledger, workload)) return context.observation.writtenSince.has(workload.uid);
  const planned = row?.state === 'Moving' ? row.generation : undefined;
  return planned === undefined || workload.generation - planned >= 2;
}

// The API server refused its cutover for good. It is left alone until its template changes or a person asks again.
function refusedWrite(workload: Workload, row: WorkloadRow | undefined, context: AssessContext): Exception | undefined {
  const refusal = context.observation.refusals.get(workloadName(workload));
  if (refusal !== undefined) return refusal;
  if (row?.state !== 'Listed' || row.template !== workload.template) return undefined;
  const { reason = '', message = '' } = row;
  return refusalReasons.has(reason) ? { reason, message } : undefined;
}

/** Reasons of workloads that are left alone because their cutover was refused. */
export const refusalReasons: ReadonlySet<string> = new Set(['WriteRefused', 'PermissionDenied', 'FieldOwnedByGitOps']);

// Its namespace is committed: pods without keys join, so only what came out of the source's side must still be moved.
function assessCarried(base: Base, row: WorkloadRow | undefined, context: AssessContext): Assessed {
  const judgement = judgeMoved(base.workload, base.pods, context.settings, {
    proxied: context.observation.proxied,
    countRestarts: false,
  });
  switch (judgement.kind) {
    case 'verified':
    case 'armed':
      return { ...base, state: 'Verified' };
    case 'waiting':
      return judgement.quiet ? { ...base, state: 'Verified' } : waitForCarried(base, row, judgement, context);
    case 'failed':
      return hasVanished(base.workload, row, context) ? drifted(base, row, context) : { ...base, state: 'Pending' };
  }
}

function waitForCarried(
  base: Base,
  row: WorkloadRow | undefined,
  why: { reason: string; message: string },
  context: AssessContext,
): Assessed {
  const next = moving(base, row, why, context);
  const late = !context.clockStopped && waitedSeconds(next.row, context.now) >= context.settings.progressDeadlineSeconds;
  if (!late) return next;
  const message = `${workloadName(base.workload)} was changed by somebody else and is not healthy: ${why.message}`;
  return { ...next, halt: { reason: 'DeployInFlight', message } };
}

function listed(base: Base, row: WorkloadRow | undefined, exception: Exception, context: AssessContext): Assessed {
  const accepted = acceptedReason(base.workload);
  const remedy = exception.remedy ?? remedyOf(exception.reason);
  const next = { ...rowOf(base.workload, 'Listed', row, context), ...exception, remedy };
  return { ...base, state: 'Listed', row: accepted === undefined ? next : { ...next, accepted: accepted || 'accepted' } };
}

function drifted(base: Base, row: WorkloadRow | undefined, context: AssessContext): Assessed {
  const message = 'our keys vanished from its template without the operator';
  const next = { ...rowOf(base.workload, 'Drifted', row, context), reason: 'Drifted', message, remedy: remedyOf('Drifted') };
  return { ...base, state: 'Drifted', row: next };
}
