// How closely the world must be looked at before a decision counts. Watches are enough to wait on; what is about to be
// concluded or written is decided once more on live reads. Pure.

import type { WorkloadCounts } from '../../api/v1alpha1/mesh-migration-status.ts';
import type { NamespaceMigrationStatus, Step } from '../../api/v1alpha1/namespace-migration.ts';
import type { NamespaceDecision } from '../decision.ts';

/** What must be read live. */
export interface Closeness {
  /**
   * A workload is about to count as failed or restored, or keys are about to be taken away. That one is verified may come from
   * watches: it only begins the next, and is looked at live before the commit.
   */
  pods: boolean;
  /**
   * The namespace itself and all its workloads: it is about to be committed, to turn round or to end; a pod is about to be
   * evicted or names to be taken away; or a workload seems to have drifted or fallen back, which a watch that lags behind the record looks like.
   */
  workloads: boolean;
}

const decisive: readonly Step[] = ['Commit', 'Soak', 'Migrated', 'PartiallyMigrated', 'Restore', 'RolledBack', 'Halted'];

/** What a decision that was made on watches must still be checked against. */
export function closenessOf(before: NamespaceMigrationStatus, { outcome, status }: NamespaceDecision): Closeness {
  const gained = (state: keyof WorkloadCounts): number => (status.counts?.[state] ?? 0) - (before.counts?.[state] ?? 0);
  const turns = before.step !== status.step && decisive.includes(status.step ?? 'Pending');
  const takesAway = outcome.kind === 'act' && outcome.actions.some(({ kind }) => kind === 'evictPod' || kind === 'removeNames');
  const forgetsNames = before.names !== undefined && status.names === undefined;
  const fellBack = [gained('drifted') > 0, gained('verified') < 0, gained('restored') < 0].includes(true);
  const concludes = (['failed', 'restored'] as const).some((state) => gained(state) > 0);
  const workloads = turns || takesAway || forgetsNames || fellBack;
  return { pods: workloads || takesBack({ outcome, status }) || concludes, workloads };
}

/** Something is written that leads back into the source: on the way back, or the keys of a workload that failed. */
export function takesBack({ outcome, status }: Pick<NamespaceDecision, 'outcome' | 'status'>): boolean {
  if (outcome.kind !== 'act') return false;
  return status.step === 'Restore' || outcome.actions.some(({ kind }) => kind === 'restoreTemplate');
}

/** Nothing goes back into a source that was not just checked, and no way back is given up without such a check. */
export function restsOnSource(before: NamespaceMigrationStatus, decision: NamespaceDecision): boolean {
  const { counts, step } = decision.status;
  const failed = (counts?.failed ?? 0) > (before.counts?.failed ?? 0);
  return failed || takesBack(decision) || (before.step !== step && (step === 'Restore' || step === 'Halted'));
}

/** Everything that is needed was read live; otherwise it must be read and decided once more. */
export function isCloseEnough(read: Closeness, needed: Closeness): boolean {
  return (read.pods || !needed.pods) && (read.workloads || !needed.workloads);
}

const ended: readonly Step[] = ['Soak', 'Migrated', 'PartiallyMigrated'];

/**
 * The decision only says how the way forward ended, and nothing is written but that: what was read live a moment ago, for the
 * commit, still counts.
 */
export function restsOnCommit(before: NamespaceMigrationStatus, { outcome, status }: NamespaceDecision): boolean {
  return before.step === 'Commit' && outcome.kind !== 'act' && ended.includes(status.step ?? 'Pending');
}
