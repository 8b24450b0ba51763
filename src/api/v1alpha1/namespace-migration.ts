// NamespaceMigration, the operator's record of one namespace: lock, stored membership, originals, and intent.
// Keys on templates and pods are the truth; this object only remembers. Imports nothing outside this folder.

import type { MeshName } from './group.ts';
import type { WorkloadCounts } from './mesh-migration-status.ts';

/**
 * NamespaceMigration is the record of one namespace's move. Only the operator creates it; its name is the namespace's, so that two migrations can't take one namespace.
 * @x-kubernetes-validations [{"rule": "self.metadata.name.size() <= 63 && !self.metadata.name.contains('.')", "messageExpression": "self.metadata.name + ' can not be a namespace; a NamespaceMigration has the name of its namespace, at most 63 characters without dots'"}]
 */
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

/** Which move the namespace belongs to, and what a rollback restores. */
export interface NamespaceMigrationSpec {
  /** The MeshMigration that this record belongs to. */
  migrationRef: MigrationRef;
  /** The mesh that the workloads leave: Linkerd1, Linkerd2 or None. Immutable. @x-kubernetes-validations [{"rule": "self == oldSelf", "messageExpression": "'source is ' + oldSelf + ' and can not become ' + self + '; it says which mesh a rollback goes back to'"}] */
  source: MeshName;
  /** The mesh that the workloads join: Linkerd1, Linkerd2 or None. Immutable. @x-kubernetes-validations [{"rule": "self == oldSelf", "messageExpression": "'target is ' + oldSelf + ' and can not become ' + self + '; it says which mesh the keys on the workloads stand for'"}] */
  target: MeshName;
  /** UID of the namespace; a recreated namespace gets a record of its own. Immutable. @minLength 1 @maxLength 63 @x-kubernetes-validations [{"rule": "self == oldSelf", "messageExpression": "'namespaceUID is ' + oldSelf + ' and can not become ' + self + '; delete this record and let the operator create another'"}] */
  namespaceUID: string;
  /** Name of the MeshMigration's wave that the namespace is a member of. @minLength 1 @maxLength 63 */
  wave: string;
  /** Set by people only. RolledBack brings this one namespace back to the source; Migrated, or absent, leaves it to the MeshMigration. RolledBack wins, wherever it stands. */
  desiredState?: 'Migrated' | 'RolledBack';
  /** What the namespace's labels and annotations were before the first write; a rollback restores them. Immutable. @x-kubernetes-validations [{"rule": "self == oldSelf", "message": "originals can't be changed: they are what a rollback restores"}] */
  originals: Originals;
}

/** Reference to a MeshMigration. */
export interface MigrationRef {
  /** Name of the MeshMigration. @minLength 1 @maxLength 253 */
  name: string;
  /** UID of the MeshMigration; another one under the same name adopts the record. @minLength 1 @maxLength 63 */
  uid: string;
}

/** Keys of the namespace before the first write. */
export interface Originals {
  /** Labels of the namespace that the move writes, as they were. @maxItems 32 @x-kubernetes-list-type map @x-kubernetes-list-map-keys ["key"] */
  labels?: OriginalKey[];
  /** Annotations of the namespace that the move writes, as they were. @maxItems 32 @x-kubernetes-list-type map @x-kubernetes-list-map-keys ["key"] */
  annotations?: OriginalKey[];
}

/**
 * One key and what it was; absent is not the same as empty.
 * @x-kubernetes-validations [{"rule": "self.present == has(self.value)", "messageExpression": "self.key + (self.present ? ' is present and needs a value, perhaps an empty one' : ' is absent and has no value; remove it')"}]
 */
export interface OriginalKey {
  /** The label's or annotation's key. @minLength 1 @maxLength 317 */
  key: string;
  /** True: the key was there. False: it was absent, and a rollback removes it. */
  present: boolean;
  /** The key's value, perhaps empty; only with present: true. @maxLength 4096 */
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

/** What is, as the operator last saw it, and what it set out to do. The keys on the workloads are the truth. */
export interface NamespaceMigrationStatus {
  /** Generation of the spec that this status speaks of. @asType integer @format int64 @minimum -1 */
  observedGeneration?: number;
  /** Where the namespace stands. */
  step?: Step;
  /** Number of the try, from 1; a retry is the next number and starts at Preflight. @asType integer @format int32 @minimum 1 */
  attempt?: number;
  /** When the step began. @format date-time */
  stepTime?: string;
  /** One CamelCase word on why the namespace stands where it stands. @maxLength 256 */
  reason?: string;
  /** The reason as a sentence for people. @maxLength 4096 */
  message?: string;
  /** What a person can do about it. @maxLength 1024 */
  remedy?: string;
  /** What the API server said when it refused the operator's newest status; the rest is from before. Absent otherwise. @maxLength 1024 */
  refusedStatus?: string;
  /** True while a person must act before the namespace can go on (Preflight, Prepare, or held). */
  blocked?: boolean;
  /** Why the namespace goes or went back: Request (a person asked for it) or Failure (a workload failed). */
  restoreCause?: 'Request' | 'Failure';
  /** True once a workload of this namespace has failed in this attempt. */
  failed?: boolean;
  /** True while the namespace itself carries the target's default, so that new pods join it. */
  committed?: boolean;
  /** When the target was found unable or, on the way back, the source; deadlines stand still from then on. @format date-time */
  clockStoppedTime?: string;
  /** How many workloads are in which state; exact, also where rows are left out. */
  counts?: WorkloadCounts;
  /** Verified of all workloads, as in 7/9. @maxLength 32 */
  progress?: string;
  /** Workloads that are Moving, Armed, Failed, Restored, Drifted or Listed. @maxItems 300 @x-kubernetes-list-type atomic */
  workloads?: WorkloadRow[];
  /** Every workload that carries the operator's keys or is about to: the first 8 characters of its uid and, once it was verified, a dash and the fingerprint of the template that was; tells drift from news, and a deploy from a failure. Also what is kept of workloads that failed, went back or were refused and have no room in workloads: uid, state, attempt, template and reason, with colons between; and which workloads come next: uid, Next, attempt, template and generation. @maxItems 5000 @x-kubernetes-list-type set */
  keyed?: LedgerEntry[];
  /** What was made in the target for callers of this namespace, here and in others; nothing else is ever taken away. @maxItems 2000 @x-kubernetes-list-type atomic */
  names?: MadeName[];
  /** What preflight found that does not stop the move. @maxItems 50 @x-kubernetes-list-type atomic */
  warnings?: Warning[];
  /** The value of the annotation meshmigration.io/retry-at that was last acted on; both, with "and" between, where this object and its MeshMigration have one. @maxLength 253 */
  lastHandledRetryAt?: string;
}

/** First 8 characters of a uid; once verified, a dash and a template's fingerprint; or what is kept of a row or planned, with colons between. @maxLength 128 */
export type LedgerEntry = string;

/** One workload that is not simply pending or verified. */
export interface WorkloadRow {
  /** Kind of the workload, for example Deployment. @maxLength 63 */
  kind: string;
  /** Name of the workload. @maxLength 253 */
  name: string;
  /** UID of the workload. @maxLength 63 */
  uid: string;
  /** Where the workload stands. */
  state: WorkloadState;
  /** Number of the try in the workload's cutover key, from 1. @asType integer @format int32 @minimum 1 */
  attempt?: number;
  /** When it came to this state; deadlines run from here. @format date-time */
  since?: string;
  /** metadata.generation when the write was planned; absent once the write was seen. @asType integer @format int64 @minimum 0 */
  generation?: number;
  /** Fingerprint of the pod template without our keys when the write was planned, or when it failed; another one is a deploy. @maxLength 16 */
  template?: string;
  /** One CamelCase word on why the workload stands there. @maxLength 256 */
  reason?: string;
  /** The reason as a sentence for people. @maxLength 1024 */
  message?: string;
  /** What a person can do about it. @maxLength 1024 */
  remedy?: string;
  /** The reason a person gave for accepting this exception. @maxLength 256 */
  accepted?: string;
}

/** One object that was made, or has entries that were, for callers of the namespace. */
export interface MadeName {
  /** Kind of the object, for example Service. @maxLength 63 */
  kind: string;
  /** Where it is. @maxLength 63 */
  namespace: string;
  /** Name of the object. @maxLength 253 */
  name: string;
  /** UID of the object; absent until it was seen. @maxLength 63 */
  uid?: string;
  /** True where only entries of it were made: the object is somebody else's. */
  partly?: boolean;
}

/** What preflight found that does not stop the move. */
export interface Warning {
  /** The workload, as in Deployment/ledger; absent when it concerns the namespace. @maxLength 300 */
  workload?: string;
  /** One CamelCase word that programs can act on. @maxLength 256 */
  reason: string;
  /** What was found, as a sentence for people. @maxLength 1024 */
  message: string;
}
