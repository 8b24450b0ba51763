// What was decided last in each namespace, also while no status tells of it yet: it says whose proxies still wait for a verdict.
// Losing it costs questions to proxies. Nothing is decided by it.

import type { NamespaceMigration, NamespaceMigrationStatus } from '../api/v1alpha1/namespace-migration.ts';

/** The last decisions, by record. */
export interface LastDecided {
  /** The status that was decided on last, and the stored one where nothing was decided yet. */
  of(record: NamespaceMigration): NamespaceMigrationStatus;
  keep(record: NamespaceMigration, status: NamespaceMigrationStatus): void;
  forget(name: string): void;
}

/** Nothing was decided yet. */
export function createLastDecided(): LastDecided {
  const held = new Map<string, { uid: string; status: NamespaceMigrationStatus }>();
  return {
    of({ metadata: { name, uid }, status = {} }) {
      const last = held.get(name);
      return last?.uid === uid ? last.status : status;
    },
    keep: ({ metadata: { name, uid } }, status) => void held.set(name, { uid, status }),
    forget: (name) => void held.delete(name),
  };
}
