// What the reconciler of a whole migration sees, as plain values.

import type { MeshMigration } from '../../api/v1alpha1/mesh-migration.ts';
import type { NamespaceMigration } from '../../api/v1alpha1/namespace-migration.ts';
import type { ClusterFacts } from '../observation.ts';

/** A namespace as far as membership needs it. */
export interface NamespaceSummary {
  name: string;
  uid: string;
  labels: Readonly<Record<string, string>>;
  annotations: Readonly<Record<string, string>>;
  deleting: boolean;
}

/** A record that the API server refused. */
export interface RefusedRecord {
  /** What it said. */
  message: string;
  /** It is time to try again, or the namespace has changed since. */
  tryAgain: boolean;
}

/** What the reconciler of a whole migration sees. */
export interface MigrationObservation {
  migration: MeshMigration;
  /** Every record of the cluster, whosever it is. */
  records: readonly NamespaceMigration[];
  namespaces: readonly NamespaceSummary[];
  /** Records that the API server refused, by namespace. */
  refusedRecords?: ReadonlyMap<string, RefusedRecord>;
  /** UIDs of all MeshMigrations that exist. */
  migrations: ReadonlySet<string>;
  /** Tells namespaces that the operator never touches. */
  isExcluded: (namespace: string) => boolean;
  /** Tells those of them in which something only looks like a mesh that no person named; absent where there is none. */
  isAssumed?: (namespace: string) => boolean;
  /** Keys of a namespace whose originals a record keeps. */
  originalKeys: { labels: readonly string[]; annotations: readonly string[] };
  cluster: ClusterFacts;
  /** Whether the source is still used. */
  sourceInUse: { status: 'True' | 'False' | 'Unknown'; reason: string; message: string };
}
