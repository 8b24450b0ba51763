// The demo's application: an online shop whose workloads of all kinds call each other through Linkerd 1 on their node.
// Plain manifests; nothing is created here.
import type { Manifest } from '../../src/kube/object.ts';
import { cronJob, daemonSet, deployment, namespace, service, statefulSet } from '../support/workloads.ts';
import type { WorkloadOptions } from '../support/workloads.ts';

/** The workload whose proxy never gets ready, and where it is. */
export const BROKEN = { namespace: 'payments', kind: 'Deployment', name: 'ledger' } as const;

/** Nodes of the demo's cluster: a DaemonSet has a pod on each. */
export const NODES = 4;

type Kind = 'Deployment' | 'StatefulSet' | 'DaemonSet' | 'CronJob';
type Extra = Omit<WorkloadOptions, 'name' | 'namespace' | 'replicas'> & { readonly accept?: string };
type Entry = readonly [kind: Kind, name: string, replicas: number, extra?: Extra];

const shop: Readonly<Record<string, readonly Entry[]>> = {
  sandbox: [
    ['Deployment', 'echo', 2],
    ['CronJob', 'probe', 0],
  ],
  catalog: [
    ['Deployment', 'products', 8],
    ['Deployment', 'prices', 6],
    ['Deployment', 'search', 8],
    ['StatefulSet', 'index', 3],
  ],
  cart: [
    ['Deployment', 'cart', 8],
    ['StatefulSet', 'sessions', 3],
    ['CronJob', 'cleanup', 0],
  ],
  checkout: [
    ['Deployment', 'checkout', 8],
    ['Deployment', 'coupons', 4],
    ['Deployment', 'mailer', 4],
  ],
  payments: [
    ['Deployment', 'payments', 6],
    [BROKEN.kind, BROKEN.name, 3, { proxy: 'never-ready' }],
    ['Deployment', 'risk', 4],
    ['CronJob', 'settlements', 0],
  ],
  shipping: [
    ['Deployment', 'shipping', 6],
    ['Deployment', 'tracking', 6],
    ['StatefulSet', 'labels', 3, { spec: { podManagementPolicy: 'Parallel' } }],
  ],
  reporting: [
    ['Deployment', 'reports', 4],
    ['DaemonSet', 'collector', NODES],
    ['StatefulSet', 'warehouse', 3],
    ['CronJob', 'nightly', 0],
  ],
  edge: [
    ['Deployment', 'gateway', 8],
    ['DaemonSet', 'metrics-agent', NODES],
    ['DaemonSet', 'node-agent', NODES, { podSpec: { hostNetwork: true }, accept: 'it needs the host’s network' }],
  ],
};

/** Namespaces of the application, in alphabetical order. */
export const NAMESPACES: readonly string[] = Object.keys(shop).toSorted();

/** Number of workloads, and of the pods that they have when all run. */
export const SIZE = {
  workloads: Object.values(shop).flat().length,
  pods: Object.values(shop)
    .flat()
    .reduce((sum, [, , replicas]) => sum + replicas, 0),
};

/** Number of workloads of a namespace. */
export function workloadsIn(name: string): number {
  return shop[name]?.length ?? 0;
}

/** Everything, namespaces first. */
export function application(): Manifest[] {
  const namespaces = NAMESPACES.map((name) =>
    namespace(name, name === 'edge' ? { labels: { 'example.com/moves': 'last' } } : {}),
  );
  const rest = NAMESPACES.flatMap((name) => (shop[name] ?? []).flatMap((entry) => objectsOf(name, entry)));
  return [...namespaces, ...rest];
}

function objectsOf(inNamespace: string, [kind, name, replicas, extra = {}]: Entry): Manifest[] {
  const { accept, ...more } = extra;
  const options: WorkloadOptions = { name, namespace: inNamespace, replicas, ...more };
  const workload = accepted(build(kind, options), accept);
  return kind === 'CronJob'
    ? [workload]
    : [service({ name, namespace: inNamespace, headless: kind === 'StatefulSet' }), workload];
}

function build(kind: Kind, options: WorkloadOptions): Manifest {
  switch (kind) {
    case 'Deployment':
      return deployment(options);
    case 'StatefulSet':
      return statefulSet(options);
    case 'DaemonSet':
      return daemonSet(options);
    case 'CronJob':
      return cronJob(options);
  }
}

function accepted(workload: Manifest, why: string | undefined): Manifest {
  if (why === undefined) return workload;
  return { ...workload, metadata: { ...workload.metadata, annotations: { 'meshmigration.io/accept': why } } };
}
