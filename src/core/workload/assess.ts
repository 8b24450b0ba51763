// Where each workload stands while its namespace moves forward: the judgement, remembered intent and deadlines together.
// Pure. Keys on templates and pods are the truth; the row only remembers since when and from which template.

import type { WorkloadRow, WorkloadState } from '../../api/v1alpha1/namespace-migration.ts';
import type { NamespaceObservation, Pod, Workload } from '../observation.ts';
import { isKeyed, uidPrefix } from '../pair.ts';
import type { Pair } from '../pair.ts';
import { remedyOf } from '../reasons.ts';
import type { Settings } from '../settings.ts';
import { judgeMoved } from './judge.ts';
import type { Judgement } from './judge.ts';
import { acceptedReason, exceptionOf } from './listing.ts';

/** What assessing needs to know beside the workload. */
export interface AssessContext {
  observation: NamespaceObservation;
  pair: Pair;
  settings: Settings;
  now: number;
  attempt: number;
  /** Deadlines stand still. */
  clockStopped: boolean;
  /** The namespace carries the target's default. */
  committed: boolean;
  keyed: ReadonlySet<string>;
  rows: ReadonlyMap<string, WorkloadRow>;
  podsOf: ReadonlyMap<string, readonly Pod[]>;
}

/** A workload and where it stands. */
export interface Assessed {
  workload: Workload;
  pods: readonly Pod[];
  state: WorkloadState;
  /** What to remember; absent for Pending and Verified. */
  row?: WorkloadRow;
  /** Halt the namespace: nobody can tell which side is right. */
  halt?: { reason: string; message: string };
  /** Went on without enough traffic to judge; to be told. */
  note?: { reason: string; message: string };
  /** The failure was found in this pass. */
  newlyFailed?: boolean;
}

/** Kind/name, as people write it. */
export function workloadName(workload: { kind: string; name: string }): string {
  return `${workload.kind}/${workload.name}`;
}

/** Assesses one workload of a namespace that moves forward. */
export function assess(workload: Workload, context: AssessContext): Assessed {
  const row = context.rows.get(workload.uid);
  const pods = context.podsOf.get(workloadName(workload)) ?? [];
  const base = { workload, pods };
  if (row?.state === 'Failed') return { ...base, state: 'Failed', row };
  return isKeyed(workload.keys, context.pair) ? assessKeyed(base, row, context) : assessUnkeyed(base, row, context);
}

type Base = Pick<Assessed, 'workload' | 'pods'>;

function assessUnkeyed(base: Base, row: WorkloadRow | undefined, context: AssessContext): Assessed {
  const { workload } = base;
  if (row?.state === 'Restored' && row.template === workload.template) return { ...base, state: 'Restored', row };
  const exception = exceptionOf(workload, context.pair, context.settings);
  if (exception !== undefined) return listed(base, row, exception, context);
  if (context.committed && isCarried(base, context)) return { ...base, state: 'Verified' };
  return hasVanished(workload, row, context) ? drifted(base, row, context) : { ...base, state: 'Pending' };
}

// A write that was planned but never made looks like keys that vanished; the generation it was planned for tells them apart.
function hasVanished(workload: Workload, row: WorkloadRow | undefined, context: AssessContext): boolean {
  if (!context.keyed.has(uidPrefix(workload.uid)) || row?.state === 'Restored') return false;
  if (context.observation.unwritten.has(workload.uid)) return false;
  return row?.state !== 'Moving' || row.generation !== workload.generation;
}

function isCarried(base: Base, context: AssessContext): boolean {
  const kind = judgeMoved(base.workload, base.pods, context.settings, { proxied: context.observation.proxied }).kind;
  return kind === 'verified' || kind === 'armed';
}

function listed(
  base: Base,
  row: WorkloadRow | undefined,
  exception: { reason: string; message: string; remedy?: string },
  context: AssessContext,
): Assessed {
  const accepted = acceptedReason(base.workload);
  const remedy = exception.remedy ?? remedyOf(exception.reason);
  const next = { ...rowOf(base.workload, 'Listed', row, context), ...exception, remedy };
  return { ...base, state: 'Listed', row: accepted === undefined ? next : { ...next, accepted: accepted || 'accepted' } };
}

function drifted(base: Base, row: WorkloadRow | undefined, context: AssessContext): Assessed {
  const message = 'our keys vanished from its template without the operator';
  return {
    ...base,
    state: 'Drifted',
    row: { ...rowOf(base.workload, 'Drifted', row, context), reason: 'Drifted', message, remedy: remedyOf('Drifted') },
  };
}

function assessKeyed(base: Base, row: WorkloadRow | undefined, context: AssessContext): Assessed {
  const judgement = judgeMoved(base.workload, base.pods, context.settings, { proxied: context.observation.proxied });
  switch (judgement.kind) {
    case 'verified':
      return { ...base, state: 'Verified' };
    case 'armed':
      return {
        ...base,
        state: 'Armed',
        row: { ...rowOf(base.workload, 'Armed', row, context), reason: judgement.reason, message: judgement.message },
      };
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
  const waited = (context.now - Date.parse(next.row?.since ?? '')) / 1000;
  if (judgement.quiet) return quietOutcome(next, judgement, waited, context);
  if (waited < context.settings.progressDeadlineSeconds) return next;
  if (base.workload.rollout.paused) {
    return {
      ...next,
      halt: {
        reason: 'PausedInFlight',
        message: `${workloadName(base.workload)} was paused in mid-move and is not complete at the deadline`,
      },
    };
  }
  const message = `not verified within ${context.settings.progressDeadlineSeconds} s: ${judgement.message}`;
  return failedOrDeployed(base, next.row, { kind: 'failed', reason: 'ProgressDeadlineExceeded', message }, context);
}

function quietOutcome(
  next: Assessed,
  judgement: { reason: string; message: string },
  waited: number,
  context: AssessContext,
): Assessed {
  const { onInconclusive, inconclusiveDeadlineSeconds } = context.settings;
  if (onInconclusive === 'Proceed') return { workload: next.workload, pods: next.pods, state: 'Verified', note: judgement };
  if (waited < inconclusiveDeadlineSeconds) return next;
  const message = `${judgement.message} within ${inconclusiveDeadlineSeconds} s`;
  if (onInconclusive === 'Rollback')
    return failedOrDeployed(next, next.row, { kind: 'failed', reason: judgement.reason, message }, context);
  return { ...next, halt: { reason: judgement.reason, message: `${workloadName(next.workload)}: ${message}` } };
}

function failedOrDeployed(
  base: Base,
  row: WorkloadRow | undefined,
  judgement: Judgement & { kind: 'failed' },
  context: AssessContext,
): Assessed {
  const deployed = row?.template !== undefined && row.template !== base.workload.template;
  if (deployed && row.state === 'Moving') return afterDeploy(base, row, judgement, context);
  const failure = { reason: judgement.reason, message: judgement.message, remedy: remedyOf(judgement.reason) };
  return {
    ...base,
    state: 'Failed',
    newlyFailed: true,
    row: { ...rowOf(base.workload, 'Failed', undefined, context), ...failure },
  };
}

// A deploy in mid-move: whose fault it is can't be told, so it is judged again until the deadline, and nothing is undone.
function afterDeploy(base: Base, row: WorkloadRow, judgement: Judgement & { kind: 'failed' }, context: AssessContext): Assessed {
  const next = moving(base, row, judgement, context);
  const waited = (context.now - Date.parse(row.since ?? '')) / 1000;
  if (waited < context.settings.progressDeadlineSeconds) return next;
  return {
    ...next,
    halt: {
      reason: 'DeployInFlight',
      message: `${workloadName(base.workload)} was changed in mid-move and is not healthy: ${judgement.message}`,
    },
  };
}

function moving(
  base: Base,
  row: WorkloadRow | undefined,
  why: { reason: string; message: string },
  context: AssessContext,
): Assessed {
  const next = { ...rowOf(base.workload, 'Moving', row, context), reason: why.reason, message: why.message };
  return {
    ...base,
    state: 'Moving',
    row: row?.state === 'Moving' && row.template !== undefined ? { ...next, template: row.template } : next,
  };
}

/** A row for a workload; `since` is kept while the state stays the same. */
export function rowOf(
  workload: Workload,
  state: WorkloadState,
  row: WorkloadRow | undefined,
  context: Pick<AssessContext, 'now' | 'attempt'>,
): WorkloadRow {
  const same = row?.state === state;
  return {
    kind: workload.kind,
    name: workload.name,
    uid: workload.uid,
    state,
    attempt: row?.attempt ?? context.attempt,
    since: same && row.since !== undefined ? row.since : new Date(context.now).toISOString(),
    generation: workload.generation,
    template: workload.template,
  };
}
