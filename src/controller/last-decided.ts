// What was decided in a namespace and no status tells of yet: it says whose proxies still wait for a verdict. Losing it costs
// questions to proxies. Nothing is decided by it.

import type { NamespaceMigration, NamespaceMigrationStatus } from '../api/v1alpha1/namespace-migration.ts';
import type { Reported } from './report.ts';

/** The last decisions that are not stored yet, by record. */
export interface LastDecided {
  /** The status that was decided on last. */
  of(record: NamespaceMigration): NamespaceMigrationStatus;
  keep(record: NamespaceMigration, status: NamespaceMigrationStatus): void;
  /** Kept where it is stored later. */
  reported(record: NamespaceMigration, status: NamespaceMigrationStatus, reported: Reported): void;
  forget(name: string): void;
}

/** Everything that was decided is stored. */
export function createLastDecided(): LastDecided {
  const held = new Map<string, { version: string; status: NamespaceMigrationStatus }>();
  const keep: LastDecided['keep'] = ({ metadata: { name, resourceVersion } }, status) =>
    void held.set(name, { version: resourceVersion, status });
  return {
    of({ metadata: { name, resourceVersion }, status = {} }) {
      const last = held.get(name);
      // Whoever wrote the record since has said what there was to say.
      return last?.version === resourceVersion ? last.status : status;
    },
    keep,
    reported(record, status, { kind }) {
      if (kind === 'later') keep(record, status);
      else held.delete(record.metadata.name);
    },
    forget: (name) => void held.delete(name),
  };
}
