// What the application is like at one moment: every pod template, every live pod's spec, every namespace's keys. Two of them
// are compared; nothing is judged and nothing written.
import { isDeepStrictEqual } from 'node:util';
import type { KubeClient } from '../../src/kube/client.ts';
import type { Unstructured } from '../../src/kube/object.ts';
import { CRON_JOB, DAEMON_SET, DEPLOYMENT, NAMESPACE, POD, REPLICA_SET, STATEFUL_SET } from '../../src/kube/resource-kind.ts';
import type { Pod } from '../support/pod.ts';

/** Parts by name, for example `Deployment payments/ledger`, each with what must be equal. */
export interface Snapshot {
  readonly templates: ReadonlyMap<string, unknown>;
  /** Specs of the live pods of each workload, sorted, without what is another one for every pod. */
  readonly pods: ReadonlyMap<string, readonly string[]>;
  readonly namespaces: ReadonlyMap<string, unknown>;
}

/** The application in these namespaces now. */
export async function takeSnapshot(client: KubeClient, names: readonly string[]): Promise<Snapshot> {
  const inside = ({ metadata }: Unstructured): boolean => names.includes(metadata.namespace ?? '');
  const kinds = [DEPLOYMENT, STATEFUL_SET, DAEMON_SET, CRON_JOB, REPLICA_SET, POD, NAMESPACE];
  const lists = await Promise.all(kinds.map((kind) => client.list(kind)));
  const [deployments = [], statefulSets = [], daemonSets = [], cronJobs = [], replicaSets = [], pods = [], namespaces = []] =
    lists.map(({ items }) => items);
  const workloads = [...deployments, ...statefulSets, ...daemonSets, ...cronJobs].filter(inside);
  const owners = new Map(replicaSets.map((set) => [set.metadata.uid, ownerName(set)]));
  return {
    templates: new Map(workloads.map((workload) => [nameOf(workload), templateOf(workload)])),
    pods: grouped(pods.filter(inside), owners),
    namespaces: new Map(
      namespaces
        .filter(({ metadata }) => names.includes(metadata.name))
        .map(({ metadata }) => [
          `Namespace ${metadata.name}`,
          { labels: metadata.labels ?? {}, annotations: metadata.annotations ?? {} },
        ]),
    ),
  };
}

/** Names of the parts that differ, each with what kind of part it is; empty when all is equal. */
export function differences(before: Snapshot, after: Snapshot): string[] {
  const compared = (what: string, a: ReadonlyMap<string, unknown>, b: ReadonlyMap<string, unknown>): string[] =>
    [...new Set([...a.keys(), ...b.keys()])]
      .filter((name) => !isDeepStrictEqual(a.get(name), b.get(name)))
      .map((name) => `${what} of ${name}`);
  return [
    ...compared('template', before.templates, after.templates),
    ...compared('pods', before.pods, after.pods),
    ...compared('keys', before.namespaces, after.namespaces),
  ];
}

function nameOf({ kind = '', metadata }: Unstructured): string {
  return `${kind} ${metadata.namespace ?? ''}/${metadata.name}`;
}

function ownerName({ metadata }: Unstructured): string | undefined {
  const owner = metadata.ownerReferences?.find(({ controller }) => controller === true);
  return owner && `${owner.kind} ${metadata.namespace ?? ''}/${owner.name}`;
}

interface WithTemplate {
  readonly spec?: { readonly template?: unknown; readonly jobTemplate?: { readonly spec?: { readonly template?: unknown } } };
}

function templateOf(workload: Unstructured): unknown {
  const { spec } = workload as WithTemplate;
  return spec?.template ?? spec?.jobTemplate?.spec?.template;
}

function grouped(pods: readonly Unstructured[], owners: ReadonlyMap<string, string | undefined>): Map<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const pod of pods) {
    const set = pod.metadata.ownerReferences?.find(({ kind }) => kind === 'ReplicaSet');
    const owner = (set === undefined ? undefined : owners.get(set.uid)) ?? ownerName(pod) ?? nameOf(pod);
    groups.set(owner, [...(groups.get(owner) ?? []), comparable(pod as unknown as Pod)]);
  }
  for (const specs of groups.values()) specs.sort();
  return groups;
}

/** The spec without the node's name, which a DaemonSet's pod has in its affinity too, and the name of the token volume. */
function comparable({ spec }: Pod): string {
  const { nodeName, ...rest } = spec;
  const text = JSON.stringify(rest).replaceAll(/kube-api-access-[a-z0-9]{5}/g, 'kube-api-access-');
  return nodeName === undefined ? text : text.replaceAll(`"values":["${nodeName}"]`, '"values":["node"]');
}

/** Live pods of a namespace by the mesh that they are in, as their own specs show it. */
export interface PodsByMesh {
  linkerd1: number;
  linkerd2: number;
  both: number;
  neither: number;
}

/** Counts the pods of each namespace, by what is in them and not by what anybody says of them. */
export function podsByMesh({ pods }: Snapshot): Map<string, PodsByMesh> {
  const counts = new Map<string, PodsByMesh>();
  for (const [owner, specs] of pods) {
    const namespace = /^\w+ ([^/]+)\//.exec(owner)?.[1] ?? '';
    const count = counts.get(namespace) ?? { linkerd1: 0, linkerd2: 0, both: 0, neither: 0 };
    for (const spec of specs) count[meshOf(spec)] += 1;
    counts.set(namespace, count);
  }
  return counts;
}

function meshOf(spec: string): keyof PodsByMesh {
  const one = spec.includes('"name":"http_proxy","value"');
  const two = spec.includes('"name":"linkerd-proxy"');
  if (one && two) return 'both';
  return one ? 'linkerd1' : two ? 'linkerd2' : 'neither';
}
