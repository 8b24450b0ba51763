// A cluster with both meshes, the product as its users install it and the application with its callers: where migrations
// under load are played. It starts no migration.
import { until } from '../../cluster/readiness.ts';
import { issueCertificate } from '../../support/certificate.ts';
import { installGatewayApi } from '../../support/gateway-api.ts';
import { writeNodeImages } from '../images/node-images.ts';
import { apply, kubectl } from '../kubectl.ts';
import { givenMeshes } from '../meshes/given.ts';
import { linkerd1Objects, LINKERD1_NAMESPACE } from '../meshes/linkerd1.ts';
import { INJECTOR_HOST, injectorWebhook, linkerd2Objects, LINKERD2_NAMESPACE } from '../meshes/linkerd2.ts';
import { startRealCluster, type RealCluster } from '../node/real-cluster.ts';
import { folderOfRun } from '../node/run-place.ts';
import { application, callers, DENTRIES, LOAD, NAMESPACES } from './application.ts';
import { CONTROL, startRestarting } from './control.ts';
import { startLooking } from './mesh-states.ts';
import { installProduct } from './product.ts';

let shared: Promise<RealCluster> | undefined;

/**
 * Resolves when all workloads are ready and the callers call. Suites of one run share one stage; `ending.ts` takes it down.
 * @param install how the product gets there
 */
export async function setStage(install = installProduct): Promise<RealCluster> {
  shared ??= start(install);
  return await shared;
}

/** The stage, where one was set. */
export function stageIfSet(): Promise<RealCluster> | undefined {
  return shared;
}

async function start(install: typeof installProduct): Promise<RealCluster> {
  const images = writeNodeImages(folderOfRun());
  const cluster = await startRealCluster(2);
  try {
    const archives = await images;
    await Promise.all(cluster.nodes.map((node) => node.load(archives)));
    await installGatewayApi(cluster);
    await installMeshes(cluster);
    await install(cluster);
    await apply(cluster, application());
    await Promise.all([...NAMESPACES, CONTROL, 'meshmigration-system'].map((namespace) => isReady(cluster, namespace)));
    await apply(cluster, callers());
    await isReady(cluster, LOAD);
    startLooking(cluster);
    startRestarting(cluster);
    return cluster;
  } catch (error) {
    await cluster.stop();
    throw error;
  }
}

async function installMeshes(cluster: RealCluster): Promise<void> {
  const given = givenMeshes();
  if (given === undefined) await installStandIns(cluster);
  else for (const file of given.manifests) await kubectl(cluster, ['apply', '--server-side', '-f', file]);
  await Promise.all([LINKERD1_NAMESPACE, LINKERD2_NAMESPACE].map((namespace) => isReady(cluster, namespace)));
  await injectorActs(cluster);
}

async function installStandIns(cluster: RealCluster): Promise<void> {
  const certificate = issueCertificate({ dnsNames: [INJECTOR_HOST], addresses: [], now: new Date() });
  await apply(cluster, [...linkerd1Objects(DENTRIES), ...linkerd2Objects(certificate)]);
  await Promise.all([LINKERD1_NAMESPACE, LINKERD2_NAMESPACE].map((namespace) => isReady(cluster, namespace)));
  await apply(cluster, [injectorWebhook(certificate.caPem)]);
}

async function injectorActs(cluster: RealCluster): Promise<void> {
  await until('the injector acts', 60_000, async () => {
    const pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'asked', annotations: { 'linkerd.io/inject': 'enabled' } },
      spec: { containers: [{ name: 'app', image: 'app' }] },
    };
    const names = await kubectl(
      cluster,
      ['create', '--dry-run=server', '-o', 'jsonpath={.spec.initContainers[*].name}', '-f', '-'],
      pod,
    );
    return names.includes('linkerd-proxy');
  });
}

/** Resolves when all workloads of a namespace have rolled out. */
export async function isReady(cluster: RealCluster, namespace: string): Promise<void> {
  for (const name of await workloads(cluster, namespace))
    await kubectl(cluster, ['rollout', 'status', '-n', namespace, name, '--timeout=180s']);
}

/** Names of the workloads that run in a namespace all the time, with their kinds. */
export async function workloads(cluster: RealCluster, namespace: string): Promise<readonly string[]> {
  const kinds = 'deployment,statefulset,daemonset';
  return (await kubectl(cluster, ['get', kinds, '-n', namespace, '-o', 'name'])).trim().split('\n');
}
