// A Kubernetes cluster with real nodes, as children of this process, in the namespaces that inside.ts makes. What runs on
// it is not its business.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { buildPrograms } from '../../cluster/build.ts';
import { kubeconfigOf, pki } from '../../cluster/components.ts';
import { CLUSTER_PROGRAMS, NODE_PROGRAMS } from '../../cluster/programs.ts';
import { at, until } from '../../cluster/readiness.ts';
import { writeImages } from '../images/program.ts';
import { startControlPlane, type ControlPlane } from './control-plane.ts';
import { namesObjects } from './names.ts';
import { hideHostFolders, layNetwork, placeOf } from './network.ts';
import { startNode, type RealNode } from './node.ts';
import { layoutOf } from './node-files.ts';
import { cgroupOf, folderOfRun } from './run-place.ts';
import { systemPrograms } from './system-programs.ts';

const START_LIMIT = 60_000;
const API_PORT = 6443;

/** A cluster with real nodes. */
export interface RealCluster {
  /** Path of the administrator's kubeconfig. */
  readonly kubeconfig: string;
  /** The folder with logs/, pki/ and the audit log; removed when the run ends. */
  readonly dir: string;
  /** JSON lines, one audit.k8s.io/v1 Event per finished request. */
  readonly auditLogFile: string;
  /** Paths of the programs by name, `kubectl` among them. */
  readonly binaries: Readonly<Record<string, string>>;
  readonly controlPlane: ControlPlane;
  readonly nodes: readonly RealNode[];
  /** Milliseconds from the first process to nodes that are Ready and names that are answered. */
  readonly readyAfter: number;
  /** Ends all processes; may be called again. What is left goes with the run. */
  readonly stop: () => Promise<void>;
}

/** Starts a cluster with one node or more. One run has one cluster. Throws with the end of a failed program's log. */
export async function startRealCluster(nodes: 1 | 2): Promise<RealCluster> {
  const run = folderOfRun();
  const binaries = await buildPrograms([...CLUSTER_PROGRAMS, ...NODE_PROGRAMS]);
  const system = await systemPrograms();
  const started = performance.now();
  const places = Array.from({ length: nodes }, (_, index) => placeOf(index + 1));
  await hideHostFolders();
  await layNetwork(places);
  const dir = join(run, 'cluster');
  await mkdir(dir);
  const images = writeImages(run);
  const controlPlane = await startControlPlane({ dir, apiPort: API_PORT, podCidr: '', binaries }, places);
  const parts = { binaries, ...system, logFolder: join(dir, 'logs') };
  const archives = await images;
  const real = await Promise.all(
    places.map(async (place) => {
      const node = await startNode({
        ...parts,
        ...(await identities(controlPlane, place.name)),
        node: layoutOf(place, cgroupOf(run)),
      });
      await node.load(archives);
      return node;
    }),
  );
  // A kubelet that starts while another node unpacks images stumbles over the mounts that come and go.
  for (const node of real) node.join();
  const stop = async (): Promise<void> => {
    await Promise.all(real.map((node) => node.stop()));
    await controlPlane.stop();
  };
  try {
    const failures = [...controlPlane.failures(), ...real.flatMap((node) => node.failures())];
    for (const [path, body] of namesObjects(places)) await create(controlPlane, path, body);
    await Promise.race([
      until('nodes are Ready and names answered', START_LIMIT, () => isReady(controlPlane, nodes)),
      ...failures,
    ]);
  } catch (error) {
    await stop();
    throw error;
  }
  const kubeconfig = kubeconfigOf(controlPlane.layout, 'admin');
  const readyAfter = Math.round(performance.now() - started);
  return { kubeconfig, dir, auditLogFile: join(dir, 'audit.log'), binaries, controlPlane, nodes: real, readyAfter, stop };
}

async function identities(
  plane: ControlPlane,
  name: string,
): Promise<{ kubeletKubeconfig: string; proxyKubeconfig: string; clientCaFile: string }> {
  return {
    kubeletKubeconfig: await plane.kubeconfigFor(name, `system:node:${name}`, ['system:nodes']),
    proxyKubeconfig: await plane.kubeconfigFor(`${name}-proxy`, 'system:kube-proxy'),
    clientCaFile: pki(plane.layout, 'client-ca.crt'),
  };
}

async function create(plane: ControlPlane, path: string, body: Parameters<ControlPlane['calls']['call']>[2]): Promise<void> {
  const answer = await plane.calls.call('POST', path, body);
  if (answer.status !== 201)
    throw new Error(`POST ${path} was answered ${String(answer.status)}: ${JSON.stringify(answer.body)}`);
}

async function isReady({ calls }: ControlPlane, nodes: number): Promise<boolean> {
  const items = at((await calls.call('GET', '/api/v1/nodes')).body, 'items');
  if (!Array.isArray(items) || items.length < nodes) return false;
  const ready = items.every((node) => {
    const conditions = at(at(node, 'status'), 'conditions');
    return Array.isArray(conditions) && conditions.some((c) => at(c, 'type') === 'Ready' && at(c, 'status') === 'True');
  });
  if (!ready) return false;
  const names = await calls.call('GET', '/apis/apps/v1/namespaces/kube-system/deployments/coredns');
  return at(at(names.body, 'status'), 'readyReplicas') === 1;
}
