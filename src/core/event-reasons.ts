// Every reason of the events that the operator emits beside the reasons of a status. docs/reasons.md lists them.

/** What happened, by the event's reason. Events are on the Namespace, unless said otherwise. */
export const eventReasons = {
  WaveStarted: 'A wave started, with so many namespaces (on the MeshMigration).',
  WaveCompleted: 'Every namespace of a wave came to an end, or is back in the source (on the MeshMigration).',
  PreflightStarted: 'The namespace got its place; what would stop its move is looked for.',
  PreflightFailed: 'The namespace is blocked; the note says by what.',
  CutoverStarted: 'Workloads of the namespace begin to move.',
  SoakStarted: 'Everything is moved, and is watched until the soak is over.',
  NamespaceMigrated: 'Every workload is in the target mesh.',
  NamespacePartiallyMigrated: 'The namespace came to its end with exceptions.',
  RollbackStarted: 'The namespace goes back; the note says why.',
  RollbackCompleted: 'Every workload of the namespace is back in the source mesh.',
  NamespaceHalted: 'The namespace stops until a person acts; the note says why.',
  WorkloadVerified: 'Every pod of the workload was verified in the target mesh (on the workload).',
  WorkloadArmed: 'The template is switched, and there is no pod to judge yet (on the workload).',
  WorkloadFailed: 'The workload failed in the target mesh (on the workload).',
  WorkloadRestored: 'The workload is back in the source mesh (on the workload).',
  WorkloadDrifted: 'Somebody took the operator’s keys away, or brought them back (on the workload).',
  WorkloadListed: 'The workload is left alone, with the reason (on the workload).',
} as const satisfies Record<string, string>;

/** A reason that is listed above. */
export type EventReason = keyof typeof eventReasons;
