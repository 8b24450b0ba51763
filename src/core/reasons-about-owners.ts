// Reasons about pods and workloads that no workload of ours owns, a part of the registry in reasons.ts.

/** A part of all reasons. */
export const reasonsAboutOwners = {
  OwnedByController: {
    meaning: 'Another controller owns the workload and would revert the change.',
    remedy: 'Move it through its owner, or accept with meshmigration.io/accept.',
  },
  BarePod: {
    meaning: 'A pod without a controller can’t be restarted safely.',
    remedy: 'Let a controller make it, delete it, or accept it with the annotation meshmigration.io/accept on the pod.',
  },
  WorkloadGone: {
    meaning: 'A workload was deleted, and its pods are still there.',
    remedy: 'Wait until the pods end, or delete them where the workload was deleted without them (--cascade=orphan).',
  },
} as const;
