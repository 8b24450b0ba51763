// The parts of a MeshMigration's status. Imports nothing.

/** Namespaces by state. */
export interface NamespaceCounts {
  /** All members of all waves. @asType integer @format int32 @minimum 0 */
  total: number;
  /** Not started. @asType integer @format int32 @minimum 0 */
  pending: number;
  /** Between Preflight and the end of Soak, or going back. @asType integer @format int32 @minimum 0 */
  inFlight: number;
  /** Wholly in the target. @asType integer @format int32 @minimum 0 */
  migrated: number;
  /** In the target but for listed exceptions. @asType integer @format int32 @minimum 0 */
  partiallyMigrated: number;
  /** Back in the source by request. @asType integer @format int32 @minimum 0 */
  rolledBack: number;
  /** Halted, or back in the source after a failure. @asType integer @format int32 @minimum 0 */
  failed: number;
  /** Waiting for a person in Preflight or Prepare. @asType integer @format int32 @minimum 0 */
  blocked: number;
}

/** Workloads by state. */
export interface WorkloadCounts {
  /** All workloads that count; Jobs never do. @asType integer @format int32 @minimum 0 */
  total: number;
  /** Not written yet. @asType integer @format int32 @minimum 0 */
  pending: number;
  /** Written, not judged yet. @asType integer @format int32 @minimum 0 */
  moving: number;
  /** In the target, every pod judged. @asType integer @format int32 @minimum 0 */
  verified: number;
  /** Switched, but without a pod to judge. @asType integer @format int32 @minimum 0 */
  armed: number;
  /** Failed and not (yet) restored. @asType integer @format int32 @minimum 0 */
  failed: number;
  /** Back in the source. @asType integer @format int32 @minimum 0 */
  restored: number;
  /** Changed by somebody else in a way that contradicts the move. @asType integer @format int32 @minimum 0 */
  drifted: number;
  /** Not moved, with a reason. @asType integer @format int32 @minimum 0 */
  listed: number;
}

/** Progress of one wave. */
export interface WaveStatus {
  /** Name of the wave. @maxLength 63 */
  name: string;
  /** How many namespaces of the wave are in which state. */
  namespaces: NamespaceCounts;
  /** When the wave started. @format date-time */
  startTime?: string;
  /** When every member had come to an end. @format date-time */
  completionTime?: string;
  /** Members without a record of this migration: another migration holds theirs, or the namespace is another one by now. @maxItems 1000 @x-kubernetes-list-type set */
  unrecorded?: MemberName[];
}

/** Name of a namespace. @maxLength 63 */
export type MemberName = string;

/** One thing that went wrong, and what to do. */
export interface Failure {
  /** The namespace it happened in; absent when it concerns the whole migration. @maxLength 63 */
  namespace?: string;
  /** The workload, as in Deployment/ledger. @maxLength 300 */
  workload?: string;
  /** One CamelCase word that programs can act on. @maxLength 256 */
  reason: string;
  /** What happened. @maxLength 1024 */
  message: string;
  /** What a person can do about it. @maxLength 1024 */
  remedy: string;
}
