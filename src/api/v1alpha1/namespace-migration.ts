// NamespaceMigration, the operator's record of one namespace: lock, stored membership, originals, and intent.
// Keys on templates and pods are the truth; this object only remembers. Imports nothing outside this folder.

import type { MeshName } from './group.ts';
import type { WorkloadCounts } from './mesh-migration-status.ts';

/** NamespaceMigration is the record of one namespace's move. The operator creates it; its name is the namespace's. */
export interface NamespaceMigration {
  apiVersion: string;
  kind: string;
  metadata: {
    name: string;
    uid: string;
    generation: number;
    resourceVersion: string;
    annotations?: Record<string, string>;
    deletionTimestamp?: string;
  };
  spec: NamespaceMigrationSpec;
  status?: NamespaceMigrationStatus;
}

/** What was promised for this namespace. */
export interface NamespaceMigrationSpec {
  /** The MeshMigration that this record belongs to. */
  migrationRef: MigrationRef;
  /** The mesh to leave. @x-kubernetes-validations [{"rule": "self == oldSelf", "message": "source is immutable"}] */
  source: MeshName;
  /** The mesh to join. @x-kubernetes-validations [{"rule": "self == oldSelf", "message": "target is immutable"}] */
  target: MeshName;
  /** UID of the namespace; a recreated namespace gets a record of its own. @maxLength 63 @x-kubernetes-validations [{"rule": "self == oldSelf", "message": "namespaceUID is immutable"}] */
  namespaceUID: string;
  /** Name of the wave. @maxLength 63 */
  wave: string;
  /** Set by people only: RolledBack brings this one namespace back. RolledBack here or on the MeshMigration wins. */
  desiredState?: 'Migrated' | 'RolledBack';
  /** What the namespace's keys were before the first write. @x-kubernetes-validations [{"rule": "self == oldSelf", "message": "originals are immutable: they are what a rollback restores"}] */
  originals: Originals;
}

/** Reference to a MeshMigration. */
export interface MigrationRef {
  /** Its name. @minLength 1 @maxLength 253 */
  name: string;
  /** Its uid. @minLength 1 @maxLength 63 */
  uid: string;
}

/** Keys of the namespace before the first write. */
export interface Originals {
  /** Labels. @maxItems 32 @x-kubernetes-list-type map @x-kubernetes-list-map-keys ["key"] */
  labels?: OriginalKey[];
  /** Annotations. @maxItems 32 @x-kubernetes-list-type map @x-kubernetes-list-map-keys ["key"] */
  annotations?: OriginalKey[];
}

/** One key and what it was; absent is not the same as empty. */
export interface OriginalKey {
  /** The key. @minLength 1 @maxLength 317 */
  key: string;
  /** Whether the key was there. */
  present: boolean;
  /** Its value, where it was there. @maxLength 4096 */
  value?: string;
}

/** Where a namespace stands. */
export type Step =
  | 'Pending'
  | 'Preflight'
  | 'Prepare'
  | 'Cutover'
  | 'Commit'
  | 'Soak'
  | 'Migrated'
  | 'PartiallyMigrated'
  | 'Restore'
  | 'RolledBack'
  | 'Halted';

/** Where a workload stands. */
export type WorkloadState = 'Pending' | 'Moving' | 'Verified' | 'Armed' | 'Failed' | 'Restored' | 'Drifted' | 'Listed';

/** What is, and what was meant. */
export interface NamespaceMigrationStatus {
  /** Generation of the spec that this status speaks of. @asType integer @format int64 @minimum -1 */
  observedGeneration?: number;
  /** Where the namespace stands. */
  step?: Step;
  /** Counts tries; a retry is the next number and starts at Preflight. @asType integer @format int32 @minimum 1 */
  attempt?: number;
  /** When the step began. @format date-time */
  stepTime?: string;
  /** One CamelCase word on why the namespace stands where it stands. @maxLength 256 */
  reason?: string;
  /** The same as a sentence. @maxLength 4096 */
  message?: string;
  /** What a person can do about it. @maxLength 1024 */
  remedy?: string;
  /** True while a person must act before the namespace can go on (Preflight, Prepare, or held). */
  blocked?: boolean;
  /** Why the namespace goes or went back. */
  restoreCause?: 'Request' | 'Failure';
  /** True once a workload of this namespace has failed in this attempt. */
  failed?: boolean;
  /** True while the namespace itself carries the target's default. */
  committed?: boolean;
  /** When the target was found unable; deadlines stand still from then on. @format date-time */
  clockStoppedTime?: string;
  /** Workloads by state, exact. */
  counts?: WorkloadCounts;
  /** Verified of all workloads, as in 7/9. @maxLength 32 */
  progress?: string;
  /** Workloads that are Moving, Armed, Failed, Restored, Drifted or Listed. @maxItems 300 @x-kubernetes-list-type atomic */
  workloads?: WorkloadRow[];
  /** First 8 characters of the uid of every workload that was written in this record's life; tells drift from news. @maxItems 5000 @x-kubernetes-list-type set */
  keyed?: UidPrefix[];
  /** What preflight found that does not stop the move. @maxItems 50 @x-kubernetes-list-type atomic */
  warnings?: Warning[];
  /** The value of the annotation meshmigration.io/retry-at that was last acted on. @maxLength 253 */
  lastHandledRetryAt?: string;
}

/** First 8 characters of a uid. @maxLength 8 */
export type UidPrefix = string;

/** One workload that is not simply pending or verified. */
export interface WorkloadRow {
  /** Kind of the workload. @maxLength 63 */
  kind: string;
  /** Name of the workload. @maxLength 253 */
  name: string;
  /** UID of the workload. @maxLength 63 */
  uid: string;
  /** Where it stands. */
  state: WorkloadState;
  /** The attempt in its key. @asType integer @format int32 @minimum 1 */
  attempt?: number;
  /** When it came to this state; deadlines run from here. @format date-time */
  since?: string;
  /** metadata.generation when the write was planned. @asType integer @format int64 @minimum 0 */
  generation?: number;
  /** Fingerprint of the pod template without our keys when the write was planned; another one is a deploy. @maxLength 16 */
  template?: string;
  /** One CamelCase word on why. @maxLength 256 */
  reason?: string;
  /** The same as a sentence. @maxLength 1024 */
  message?: string;
  /** What a person can do about it. @maxLength 1024 */
  remedy?: string;
  /** The reason a person gave for accepting this exception. @maxLength 256 */
  accepted?: string;
}

/** What preflight found that does not stop the move. */
export interface Warning {
  /** The workload, as in Deployment/ledger; absent when it concerns the namespace. @maxLength 300 */
  workload?: string;
  /** One CamelCase word. @maxLength 256 */
  reason: string;
  /** A sentence. @maxLength 1024 */
  message: string;
}
