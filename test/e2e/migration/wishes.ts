// What a test asks of the operator and how it sees that it has been done, all through the API as people do it.
import { until } from '../../cluster/readiness.ts';
import { INJECTOR, LINKERD2_NAMESPACE } from '../meshes/linkerd2.ts';
import { apply, kubectl } from '../kubectl.ts';
import type { RealCluster } from '../node/real-cluster.ts';
import { migration, NAMESPACES } from './application.ts';
import { seen, told } from './load.ts';

/** Name of the migration. */
export const NAME = 'e2e';
const WAY_LIMIT = 280_000;

/** Asks for one end or the other; makes the migration if there is none. */
export async function wish(cluster: RealCluster, desiredState: 'Migrated' | 'RolledBack'): Promise<void> {
  const there = await kubectl(cluster, ['get', 'meshmigration', NAME, '--ignore-not-found', '-o', 'name']);
  if (there === '') await apply(cluster, [migration(NAME)]);
  else await kubectl(cluster, ['patch', 'meshmigration', NAME, '--type=merge', '-p', JSON.stringify({ spec: { desiredState } })]);
}

/** Brings everything back to where it was before any migration. */
export async function startOver(cluster: RealCluster): Promise<void> {
  if ((await kubectl(cluster, ['get', 'meshmigration', NAME, '--ignore-not-found', '-o', 'name'])) === '') return;
  await wish(cluster, 'RolledBack');
  await reached(cluster, 'RolledBack');
}

/** The steps of the application's namespaces, as `namespace step`. */
export async function steps(cluster: RealCluster): Promise<string[]> {
  const path = 'jsonpath={range .items[*]}{.metadata.name} {.status.step}{"\\n"}{end}';
  const lines = (await kubectl(cluster, ['get', 'namespacemigrations', '-o', path])).trim().split('\n').sort();
  return lines.filter((line) => NAMESPACES.some((namespace) => line.startsWith(`${namespace} `)));
}

/**
 * Resolves when all namespaces are at that step. Throws with their messages, and with calls that were lost, when they are not in
 * time, and at once where one goes back that shall not.
 */
export async function reached(cluster: RealCluster, step: string): Promise<void> {
  const wanted = NAMESPACES.map((namespace) => `${namespace} ${step}`).join();
  try {
    await until(`all namespaces are ${step}`, WAY_LIMIT, async () => {
      const now = await steps(cluster);
      if (step === 'Migrated' && now.some((each) => each.endsWith(' Restore'))) throw new Error(now.join());
      return now.join() === wanted;
    });
  } catch (error) {
    const path = 'jsonpath={range .items[*]}{.status}{"\\n"}{end}';
    const status = await kubectl(cluster, ['get', 'namespacemigrations', '-o', path]);
    const lost = told((await seen(cluster)).failures).slice(0, 20);
    throw new Error(`Not all namespaces are ${step}:\n${status}\nCalls lost until then: ${lost.join('\n')}`, { cause: error });
  }
}

/** Resolves when a pod of any of the namespaces carries the keys: the move is on its way. */
export async function underWay(cluster: RealCluster): Promise<void> {
  await until('a template carries the keys', WAY_LIMIT, async () => {
    const path = 'jsonpath={.items[*].spec.template.metadata.annotations.meshmigration\\.io/to}';
    return (await kubectl(cluster, ['get', 'deployments,statefulsets,daemonsets', '-A', '-o', path])).includes('linkerd2');
  });
}

/** Resolves when a namespace is on its way back. */
export async function goingBack(cluster: RealCluster): Promise<void> {
  await until('a namespace goes back', WAY_LIMIT, async () => (await steps(cluster)).some((step) => step.endsWith(' Restore')));
}

/** How many pods are in which mesh. */
export interface Pods {
  /** With the proxy of the target. */
  readonly joined: number;
  /** Without it. */
  readonly apart: number;
  /** Those of them that have lost the source as well. */
  readonly bare: number;
}

/** Pods of the namespaces, those on their way out and those of Jobs left aside. */
export async function pods(cluster: RealCluster): Promise<Pods> {
  const path =
    'jsonpath={range .items[?(@.status.phase=="Running")]}{.metadata.namespace} {.metadata.deletionTimestamp}|{.spec.initContainers[*].name} {.spec.containers[*].env[*].name} {.metadata.ownerReferences[0].kind}{"\\n"}{end}';
  const lines = (await kubectl(cluster, ['get', 'pods', '-A', '-o', path])).trim().split('\n');
  const ours = lines.filter(
    (line) => NAMESPACES.some((namespace) => line.startsWith(`${namespace} |`)) && !line.endsWith(' Job'),
  );
  const apart = ours.filter((line) => !line.includes('linkerd-proxy'));
  const bare = apart.filter((line) => !line.includes('http_proxy'));
  return { joined: ours.length - apart.length, apart: apart.length, bare: bare.length };
}

/** Takes the injector away, or brings it back, and resolves when that is so. */
export async function scaleInjector(cluster: RealCluster, replicas: 0 | 1): Promise<void> {
  const deployment = `deployment/${INJECTOR}`;
  await kubectl(cluster, ['scale', '-n', LINKERD2_NAMESPACE, deployment, `--replicas=${String(replicas)}`]);
  if (replicas === 1) await kubectl(cluster, ['rollout', 'status', '-n', LINKERD2_NAMESPACE, deployment, '--timeout=120s']);
  else {
    const selector = 'linkerd.io/control-plane-component=proxy-injector';
    await kubectl(cluster, ['wait', '-n', LINKERD2_NAMESPACE, '--for=delete', 'pod', '-l', selector, '--timeout=120s']);
  }
}
