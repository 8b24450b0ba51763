// How closely the world must be looked at before a decision counts. Watches are enough to wait on; what is about to be
// concluded or written is decided once more on live reads. Pure.

import type { NamespaceMigrationStatus, Step } from '../../api/v1alpha1/namespace-migration.ts';
import type { NamespaceDecision } from '../decision.ts';

/** What must be read live. */
export interface Closeness {
  /** A verdict on pods is about to be concluded, or their keys are about to be taken away. */
  pods: boolean;
  /** The namespace is about to be committed, to turn round or to end, or a workload to be called drifted: the namespace itself and all workloads. */
  workloads: boolean;
}

const listed: readonly Step[] = ['Commit', 'Soak', 'Migrated', 'PartiallyMigrated', 'Restore', 'RolledBack', 'Halted'];

/** What a decision that was made on watches must still be checked against. */
export function closenessOf(before: NamespaceMigrationStatus, { outcome, status }: NamespaceDecision): Closeness {
  const grew = (state: 'verified' | 'failed' | 'restored' | 'drifted'): boolean =>
    (status.counts?.[state] ?? 0) > (before.counts?.[state] ?? 0);
  const workloads = grew('drifted') || (before.step !== status.step && listed.includes(status.step ?? 'Pending'));
  const restoring = outcome.kind === 'act' && status.step === 'Restore';
  return { pods: workloads || restoring || grew('verified') || grew('failed') || grew('restored'), workloads };
}
