// Conditions by kstatus: Ready always; Reconciling and Stalled only while true, never both; Succeeded Unknown while it
// runs. A transition time moves only when the status changes. Pure.

import { few } from '../few.ts';
import type { Condition } from '../../api/v1alpha1/condition.ts';
import type { NamespaceCounts } from '../../api/v1alpha1/mesh-migration-status.ts';
import { isSettled, isStatusRefused } from './census.ts';
import type { Member } from './membership.ts';
import { withDetail } from './first-failure.ts';
import type { Reason } from '../reasons.ts';
import { reasons } from '../reasons.ts';
import type { MigrationObservation } from './observation.ts';
import type { StatusInput } from './status.ts';

/** Where the whole migration stands. */
export interface Standing {
  kind: 'running' | 'suspended' | 'stalled' | 'good';
  reason: Reason;
  message: string;
  /** The first failure, in words. */
  detail?: string | undefined;
  succeeded: Condition['status'];
  /** Nothing will happen by itself any more. */
  ended: boolean;
}

/** Where the whole migration stands. */
export function standingOf(input: StatusInput, counts: NamespaceCounts): Standing {
  const { problem, progress, back } = input;
  if (problem !== undefined) return stalled(problem.reason, problem.message, 'Unknown');
  const refused = input.membership.waves.flatMap((w) => w.members).filter(isStatusRefused);
  if (refused.length > 0) return stalled('StatusRefused', refusedText(refused), 'Unknown');
  switch (progress.kind) {
    case 'paused':
      return suspended('Paused', 'paused; what is in flight comes to its end');
    case 'awaitingApproval':
      return suspended('AwaitingApproval', `wave ${String(progress.awaiting)} waits for approval`);
    case 'budgetSpent':
      return budgetSpent(input, counts);
    case 'complete':
      return back ? backAtEnd(counts) : atEnd(counts);
    case 'moving':
    case 'stopped':
      return running(input, waveText(input));
  }
}

function refusedText(members: readonly Member[]): string {
  const names = members.map(({ name }) => name);
  return `the API server refuses the status of ${few(names, 3)}; nothing goes on there`;
}

function budgetSpent(input: StatusInput, counts: NamespaceCounts): Standing {
  if (counts.inFlight > 0) return running(input, 'more namespaces failed than allowed; what is in flight comes to its end');
  return stalled('FailureBudgetSpent', reasons.FailureBudgetSpent.meaning, 'False');
}

function waveText(input: StatusInput): string {
  if (input.back) return 'going back';
  const wave = input.membership.waves.find((w) => !w.fixed || !w.members.every(isSettled));
  return wave === undefined ? 'moving' : `moving wave ${wave.wave.name}`;
}

function atEnd(counts: NamespaceCounts): Standing {
  if (counts.inFlight + counts.pending > 0)
    return { kind: 'running', reason: 'InProgress', message: 'moving', succeeded: 'Unknown', ended: false };
  if (counts.failed > 0) return stalled('Failed', reasons.Failed.meaning, 'False');
  if (counts.blocked > 0) return stalled('Blocked', reasons.Blocked.meaning, 'Unknown');
  if (counts.partiallyMigrated > 0) return stalled('PartiallyMigrated', reasons.PartiallyMigrated.meaning, 'False');
  if (counts.total === 0) return stalled('NothingSelected', reasons.NothingSelected.meaning, 'Unknown');
  const message =
    counts.rolledBack > 0 ? 'migrated, but for namespaces that were rolled back by request' : 'migrated and verified';
  return { kind: 'good', reason: 'Migrated', message, succeeded: 'True', ended: true };
}

function backAtEnd(counts: NamespaceCounts): Standing {
  if (counts.failed > 0) return stalled('Failed', 'some namespaces did not come back', 'False');
  return { kind: 'good', reason: 'RolledBack', message: 'rolled back by request', succeeded: 'True', ended: true };
}

function running(input: StatusInput, message: string): Standing {
  const awaiting = awaitingSource(input);
  if (awaiting !== undefined) return awaiting;
  return { kind: 'running', reason: input.back ? 'Restoring' : 'InProgress', message, succeeded: 'Unknown', ended: false };
}

function awaitingSource({ progress, back, o: { cluster } }: StatusInput): Standing | undefined {
  if (!back || progress.awaitsSource !== true || cluster.source.kind === 'pass') return undefined;
  const message = `nothing more goes back until the source mesh is seen to work: ${cluster.source.message}`;
  return { kind: 'running', reason: 'SourceNotHealthy', message, succeeded: 'Unknown', ended: false };
}

function suspended(reason: Reason, message: string): Standing {
  return { kind: 'suspended', reason, message, succeeded: 'Unknown', ended: false };
}

function stalled(reason: Reason, message: string, succeeded: Condition['status']): Standing {
  return { kind: 'stalled', reason, message, succeeded, ended: false };
}

type Looked = Pick<MigrationObservation, 'migration' | 'sourceInUse'>;

/** The conditions for where the migration stands. */
export function conditionsFor(standing: Standing, o: Looked, now: number): Condition[] {
  const { kind, reason } = standing;
  const message = withDetail(standing.message, standing.detail);
  const wanted: Pick<Condition, 'type' | 'status' | 'reason' | 'message'>[] = [
    { type: 'Ready', status: kind === 'good' ? 'True' : 'False', reason, message },
  ];
  if (kind === 'running') wanted.push({ type: 'Reconciling', status: 'True', reason, message });
  if (kind === 'stalled') wanted.push({ type: 'Stalled', status: 'True', reason, message });
  wanted.push({ type: 'Succeeded', status: standing.succeeded, reason, message }, { type: 'SourceInUse', ...o.sourceInUse });
  return wanted.map((condition) => stamped(condition, o, now));
}

function stamped(condition: Pick<Condition, 'type' | 'status' | 'reason' | 'message'>, o: Looked, now: number): Condition {
  const before = o.migration.status?.conditions?.find((c) => c.type === condition.type);
  const lastTransitionTime = before?.status === condition.status ? before.lastTransitionTime : new Date(now).toISOString();
  return {
    ...condition,
    message: condition.message.slice(0, 8192),
    observedGeneration: o.migration.metadata.generation,
    lastTransitionTime,
  };
}
