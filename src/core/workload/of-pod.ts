// Which workload a pod belongs to, by the pod's metadata alone. Pure.

/** The metadata that tells it. */
export interface PodMetadata {
  labels?: Readonly<Record<string, string>>;
  ownerReferences?: readonly { kind: string; name: string; controller?: boolean }[];
}

/** The pod belongs to a Job, whoever made that. */
export function isJobPod({ ownerReferences = [] }: PodMetadata): boolean {
  return ownerReferences.some((owner) => owner.controller === true && owner.kind === 'Job');
}

// Deployment pods name their ReplicaSet, which is the Deployment's name, a dash and the hash that is also a label;
// CronJob pods name their Job, which is the CronJob's name, a dash and the minute or second of the schedule: eight digits and more.
/** Kind/name of the workload that a pod belongs to; its own controller where that is none of the kinds with a template of ours. */
export function workloadOfPod({ metadata }: { metadata: PodMetadata }): string | undefined {
  const owner = metadata.ownerReferences?.find((o) => o.controller === true);
  if (owner === undefined) return undefined;
  const hash = metadata.labels?.['pod-template-hash'];
  if (owner.kind === 'ReplicaSet' && hash !== undefined && owner.name.endsWith(`-${hash}`)) {
    return `Deployment/${owner.name.slice(0, -hash.length - 1)}`;
  }
  const run = owner.kind === 'Job' ? /^(.+)-\d{8,}$/.exec(owner.name)?.[1] : undefined;
  return run === undefined ? `${owner.kind}/${owner.name}` : `CronJob/${run}`;
}
