// What the two meshes of a migration say together, for whoever observes: the controller from watches, a plan from lists or files. Pure.

import { keys } from '../api/v1alpha1/group.ts';
import type { MeshMigrationSpec } from '../api/v1alpha1/mesh-migration.ts';
import type { Finding } from '../core/finding.ts';
import type { MigrationObservation } from '../core/migration/observation.ts';
import type { NamespaceObservation, Pod } from '../core/observation.ts';
import type { KubeObjectLike, LivePod, MeshAdapter, PreflightFacts, Role, WorkloadForPreflight } from './adapter.ts';

/** The adapters of a migration. */
export type BothMeshes = Readonly<Record<Role, MeshAdapter>>;

const roles = ['source', 'target'] as const;

/** What makes the target the default of a namespace, and settings of the source that the namespace must carry. */
export function namespaceDefaultOf(
  { source, target }: BothMeshes,
  spec: MeshMigrationSpec,
): NamespaceObservation['namespaceDefault'] {
  const { labels, annotations } = target.namespaceDefault;
  return { labels, annotations: { ...annotations, ...source.settings(spec, {}) } };
}

/** Keys of a namespace whose values are noted before the move: those that it may write. */
export function originalKeysOf(both: BothMeshes, spec: MeshMigrationSpec): MigrationObservation['originalKeys'] {
  const { labels, annotations } = namespaceDefaultOf(both, spec);
  return { labels: [...Object.keys(labels), keys.to, keys.from], annotations: Object.keys(annotations) };
}

/** What both find about a workload. */
export function workloadFindingsOf(
  both: BothMeshes,
  workload: WorkloadForPreflight,
  facts: Readonly<Record<Role, PreflightFacts>>,
  spec: MeshMigrationSpec,
): Finding[] {
  return roles.flatMap((role) => both[role].workloadFindings(workload, facts[role], spec, role));
}

/** A Job's pod that is judged, and where it runs. */
export interface JobPod {
  name: string;
  namespace: { readonly name: string } & WorkloadForPreflight['namespaceKeys'];
  pod: LivePod;
}

/** What the target says of a Job, told by one of its pods. */
export function jobFindingsOf(
  { target }: BothMeshes,
  { name, namespace, pod }: JobPod,
  facts: Readonly<Record<Role, PreflightFacts>>,
): Pick<Pod, 'exception' | 'endless'> {
  const namespaceKeys = { labels: namespace.labels, annotations: namespace.annotations };
  const job = { kind: 'Job', name, namespace: namespace.name, namespaceKeys, template: pod };
  const exception = target.jobs?.exception(job, facts.target);
  const endless = target.jobs?.endless(pod);
  return { ...(exception !== undefined && { exception }), ...(endless !== undefined && { endless }) };
}

/** What both find about a namespace. */
export function namespaceFindingsOf(
  both: BothMeshes,
  namespace: KubeObjectLike,
  facts: Readonly<Record<Role, PreflightFacts>>,
): Finding[] {
  return roles.flatMap((role) => both[role].namespaceFindings(namespace, facts[role], role));
}
