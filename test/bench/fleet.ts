// The workloads that both sides of the benchmark roll: as many namespaces, Deployments and pods as asked for, all users of
// Linkerd 1. It creates them and puts them back; it measures nothing.
import type { KubeClient } from '../../src/kube/client.ts';
import { DEPLOYMENT, NAMESPACE } from '../../src/kube/resource-kind.ts';
import { MESH_MIGRATION, NAMESPACE_MIGRATION } from '../../src/controller/kinds.ts';
import { createAll } from '../support/api-objects.ts';
import { until } from '../support/until.ts';
import { deployment, namespace } from '../support/workloads.ts';

/** How large a fleet is. */
export interface FleetSize {
  readonly namespaces: number;
  readonly workloadsPerNamespace: number;
  readonly podsPerWorkload: number;
}

/** One Deployment of the fleet. */
export interface Place {
  readonly namespace: string;
  readonly name: string;
}

const label = { 'bench.test/fleet': 'yes' };
const two = (n: number): string => String(n + 1).padStart(2, '0');

/** Names of the namespaces, in the order in which both sides go through them. */
export function namespacesOf(size: FleetSize): string[] {
  return Array.from({ length: size.namespaces }, (_, i) => `bench-${two(i)}`);
}

/** Every Deployment, in the order in which both sides go through them. */
export function placesOf(size: FleetSize): Place[] {
  return namespacesOf(size).flatMap((ns) =>
    Array.from({ length: size.workloadsPerNamespace }, (_, i) => ({ namespace: ns, name: `app-${two(i)}` })),
  );
}

/** Creates the fleet and waits until every pod is available. */
export async function createFleet(client: KubeClient, size: FleetSize): Promise<void> {
  await createAll(
    client,
    namespacesOf(size).map((name) => namespace(name, { labels: label })),
  );
  const manifests = placesOf(size).map((place, i) =>
    deployment({ ...place, replicas: size.podsPerWorkload, annotations: { 'fake-node.test/ready-after': readyAfter(i) } }),
  );
  await Promise.all(
    Array.from({ length: 8 }, (_, lane) =>
      createAll(
        client,
        manifests.filter((_m, i) => i % 8 === lane),
      ),
    ),
  );
  await settled(client, size);
}

// Pods that are ready at once would measure how fast two cores are, and slow ones would hide what lies between two rollouts; these
// take 0.4 to 1 s, each Deployment its own time.
function readyAfter(i: number): string {
  return `${400 + ((i * 977) % 600)}ms`;
}

/** Takes migrations, records and every key of theirs away, rolls all at once, and waits for every pod. */
export async function resetFleet(client: KubeClient, size: FleetSize): Promise<void> {
  for (const kind of [MESH_MIGRATION, NAMESPACE_MIGRATION]) {
    const { items } = await client.list(kind);
    await Promise.all(items.map(({ metadata }) => client.delete(kind, { name: metadata.name })));
  }
  const gone = (...keys: string[]): Record<string, null> => Object.fromEntries(keys.map((key) => [key, null]));
  const moved = ['meshmigration.io/to', 'meshmigration.io/from'];
  const unmarked = {
    metadata: { labels: gone(...moved, 'meshmigration.io/moving'), annotations: gone('linkerd.io/inject') },
  };
  await Promise.all(namespacesOf(size).map((name) => client.mergePatch(NAMESPACE, { name }, unmarked)));
  const annotations = gone(...moved, 'meshmigration.io/cutover', 'kubectl.kubernetes.io/restartedAt');
  const unkeyed = { spec: { template: { metadata: { annotations } } } };
  await Promise.all(placesOf(size).map((place) => client.mergePatch(DEPLOYMENT, place, unkeyed)));
  await settled(client, size);
}

/** Waits until every Deployment of the fleet has rolled out. */
export async function settled(client: KubeClient, size: FleetSize): Promise<void> {
  const look = async (): Promise<boolean> => {
    const lists = await Promise.all(namespacesOf(size).map((ns) => client.list(DEPLOYMENT, { namespace: ns })));
    const found = lists.flatMap((list) => list.items);
    return found.length === size.namespaces * size.workloadsPerNamespace && found.every(isRolledOut);
  };
  await until(look, { what: 'every workload of the fleet is rolled out', timeoutMs: 300_000, everyMs: 500 });
}

/** What a Deployment says of its rollout. */
export interface RolloutFields {
  readonly metadata: { readonly generation?: number | undefined };
  readonly spec?: { readonly replicas?: number };
  readonly status?: {
    readonly observedGeneration?: number;
    readonly replicas?: number;
    readonly updatedReplicas?: number;
    readonly availableReplicas?: number;
  };
}

const nothing = { observedGeneration: 0, replicas: 0, updatedReplicas: 0, availableReplicas: 0 };

/** The Deployment's newest template is rolled out, as `kubectl rollout status` sees it. */
export function isRolledOut({ metadata, spec = {}, status }: RolloutFields): boolean {
  const { observedGeneration, replicas, updatedReplicas, availableReplicas } = { ...nothing, ...status };
  if (observedGeneration < (metadata.generation ?? 0)) return false;
  return updatedReplicas >= (spec.replicas ?? 1) && replicas === updatedReplicas && availableReplicas >= updatedReplicas;
}
