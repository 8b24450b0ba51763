// What this process remembers of its last writes in each namespace: what was refused, and what the status does not tell yet.
// Losing it is harmless. It decides nothing.

import type { NamespaceMigration } from '../api/v1alpha1/namespace-migration.ts';
import type { NamespaceObservation } from '../core/observation.ts';

/** The last writes in one namespace, as decide wants to know them. */
export type LastWrites = Pick<NamespaceObservation, 'refusals' | 'writtenSince' | 'namesTried'>;

/** Nothing was written. */
export const nothingWritten: LastWrites = { refusals: new Map(), writtenSince: new Set() };

/** The last writes in every namespace. */
export interface LastWritesByNamespace {
  of(record: NamespaceMigration): LastWrites;
  keep(record: NamespaceMigration, writes: LastWrites): void;
  forget(name: string): void;
}

/** An empty memory. */
export function rememberWrites(): LastWritesByNamespace {
  const held = new Map<string, { version: string; writes: LastWrites }>();
  return {
    of({ metadata: { name, resourceVersion } }) {
      const last = held.get(name);
      if (last === undefined) return nothingWritten;
      // Whoever wrote the record since has said what there was to say, or has led the namespace on.
      const { writtenSince } = last.version === resourceVersion ? last.writes : nothingWritten;
      return { ...last.writes, writtenSince };
    },
    keep({ metadata: { name, resourceVersion } }, writes) {
      held.set(name, { version: resourceVersion, writes });
    },
    forget(name) {
      held.delete(name);
    },
  };
}
