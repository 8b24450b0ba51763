// The operator's two replicas: which of them leads, since when, and what can happen to its process.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { until } from '../../cluster/readiness.ts';
import { kubectl } from '../kubectl.ts';
import type { RealCluster } from '../node/real-cluster.ts';

const OPERATOR = 'meshmigration-system';
const TAKEOVER_LIMIT = 60_000;

interface Lease {
  readonly spec: { readonly holderIdentity?: string; readonly renewTime?: string };
}

/** The process that leads. */
export interface Leader {
  readonly pod: string;
  readonly pid: number;
}

async function lease(cluster: RealCluster): Promise<Lease['spec']> {
  const text = await kubectl(cluster, ['get', 'lease', '-n', OPERATOR, 'meshmigration', '-o', 'json']);
  return (JSON.parse(text) as Lease).spec;
}

/** The process that leads now. */
export async function leader(cluster: RealCluster): Promise<Leader> {
  const pod = (await lease(cluster)).holderIdentity ?? '';
  const processes = readdirSync('/proc').filter((entry) => /^\d+$/.test(entry) && isOperatorOf(entry, pod));
  if (processes.length !== 1) throw new Error(`${String(processes.length)} processes are the operator of "${pod}".`);
  return { pod, pid: Number(processes[0]) };
}

/**
 * Waits until another pod than the former leader's leads.
 * @param since when the former one stopped leading, in milliseconds since the epoch
 * @returns milliseconds from that moment until the lease was written
 */
export async function takeover(cluster: RealCluster, since: number, but: string): Promise<number> {
  let takenAt = Number.NaN;
  await until('somebody leads', TAKEOVER_LIMIT, async () => {
    const { holderIdentity = '', renewTime = '' } = await lease(cluster);
    takenAt = Date.parse(renewTime);
    return holderIdentity !== '' && holderIdentity !== but && takenAt > since;
  });
  return takenAt - since;
}

/** Kills a process and returns when that was, in milliseconds since the epoch. */
export function killed(pid: number): Promise<number> {
  const since = Date.now();
  process.kill(pid, 'SIGKILL');
  return Promise.resolve(since);
}

/** Ends a process in good order and returns when it was gone, in milliseconds since the epoch. */
export async function endInGoodOrder(pid: number): Promise<number> {
  process.kill(pid, 'SIGTERM');
  await until('the process is gone', TAKEOVER_LIMIT, () => Promise.resolve(!existsSync(`/proc/${pid}`)));
  return Date.now();
}

/**
 * Ends the process that leads, on a node that starts nothing until another pod leads: else its own pod may lead again.
 * @returns milliseconds from its end until the lease was taken
 */
export async function takeoverAfter(cluster: RealCluster, end: (pid: number) => Promise<number>): Promise<number> {
  const { pod, pid } = await leader(cluster);
  const name = await kubectl(cluster, ['get', 'pod', '-n', OPERATOR, pod, '-o', 'jsonpath={.spec.nodeName}']);
  const node = cluster.nodes.find((each) => each.name === name);
  if (node === undefined) throw new Error(`The leader ${pod} is on the node "${name}", which is none of this cluster.`);
  node.signalKubelet('SIGSTOP');
  try {
    return await takeover(cluster, await end(pid), pod);
  } finally {
    node.signalKubelet('SIGCONT');
  }
}

/** How often the container of an operator's pod was started anew. */
export async function restarts(cluster: RealCluster, pod: string): Promise<number> {
  return Number(
    await kubectl(cluster, ['get', 'pod', '-n', OPERATOR, pod, '-o', 'jsonpath={.status.containerStatuses[0].restartCount}']),
  );
}

/** Rolls the operator's own Deployment and waits for it. */
export async function rollOperator(cluster: RealCluster): Promise<void> {
  await kubectl(cluster, ['rollout', 'restart', '-n', OPERATOR, 'deployment/meshmigration']);
  await kubectl(cluster, ['rollout', 'status', '-n', OPERATOR, 'deployment/meshmigration', '--timeout=120s']);
}

function isOperatorOf(pid: string, pod: string): boolean {
  try {
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
    return command.includes('/app/operator.js') && readFileSync(`/proc/${pid}/environ`, 'utf8').includes(`POD_NAME=${pod}\0`);
  } catch {
    return false;
  }
}
