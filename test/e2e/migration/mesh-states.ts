// In which mesh the pods are, second by second, so that a failed call can be told with the state of both of its ends at its
// time. It reads pods only, and knows meshes by what pods show: the proxy's container, or the variable that names Linkerd 1.
import { at } from '../../cluster/readiness.ts';
import type { Json } from '../../cluster/admin-calls.ts';
import type { RealCluster } from '../node/real-cluster.ts';

const EVERY_MILLISECONDS = 2_000;
/** Names that only the dtab knows, and whose pods they lead to. */
const BY_DTAB: Readonly<Record<string, string>> = { ledger: 'ledger-v1.billing' };

interface Pod {
  readonly name: string;
  /** `app.namespace`, as callers write it. */
  readonly service: string;
  readonly mesh: string;
}

interface Look {
  readonly time: number;
  readonly pods: readonly Pod[];
}

const looks: Look[] = [];
let timer: NodeJS.Timeout | undefined;

/** Begins to look. It ends with stopLooking, or with the process. */
export function startLooking(cluster: RealCluster): void {
  timer ??= setInterval(() => {
    // A look that fails, such as when the API server is away, is one that is missing.
    look(cluster).then(
      (pods) => looks.push({ time: Date.now(), pods }),
      () => undefined,
    );
  }, EVERY_MILLISECONDS).unref();
}

/** Ends to look. */
export function stopLooking(): void {
  clearInterval(timer);
}

/** The mesh of a pod at a time (RFC 3339), or `unknown`. */
export function meshOfPod(name: string, time: string): string {
  return lookBefore(time)?.pods.find((pod) => pod.name === name)?.mesh ?? 'unknown';
}

/** The meshes of the pods that a target leads to at a time, such as `1 Linkerd1, 1 Linkerd2`, or `unknown`. */
export function meshesOfTarget(target: string, time: string): string {
  const host = target.replace(/^(http:\/\/|tcp:)/, '').replace(/[:/].*$/, '');
  const service = BY_DTAB[host] ?? host;
  const counts = new Map<string, number>();
  for (const pod of lookBefore(time)?.pods ?? []) {
    if (pod.service === service) counts.set(pod.mesh, (counts.get(pod.mesh) ?? 0) + 1);
  }
  return [...counts].map(([mesh, count]) => `${String(count)} ${mesh}`).join(', ') || 'unknown';
}

function lookBefore(time: string): Look | undefined {
  return looks.findLast((each) => each.time <= Date.parse(time));
}

async function look({ controlPlane }: RealCluster): Promise<Pod[]> {
  const { body } = await controlPlane.calls.call('GET', '/api/v1/pods');
  return list(at(body, 'items')).map((pod) => {
    const metadata = at(pod, 'metadata');
    const app = text(at(at(metadata, 'labels'), 'app'));
    return {
      name: text(at(metadata, 'name')),
      service: `${app}.${text(at(metadata, 'namespace'))}`,
      mesh: meshOf(at(pod, 'spec')),
    };
  });
}

function meshOf(spec: Json): string {
  const containers = [...list(at(spec, 'initContainers')), ...list(at(spec, 'containers'))];
  const joined = containers.some((container) => at(container, 'name') === 'linkerd-proxy');
  const stayed = containers.some((container) => list(at(container, 'env')).some((entry) => at(entry, 'name') === 'http_proxy'));
  if (joined) return stayed ? 'both' : 'Linkerd2';
  return stayed ? 'Linkerd1' : 'None';
}

const list = (value: Json): readonly Json[] => (Array.isArray(value) ? value : []);
const text = (value: Json): string => (typeof value === 'string' ? value : '');
