/**
 * Stand-in for Linkerd 2: how one proxy behaves, and the traffic that it has seen by now. Time comes from the caller.
 */
import type { Pod } from '../pod.ts';
import type { Batches, TrafficKind } from './growth.ts';
import { batchSize, noBatches, trafficKinds } from './growth.ts';

/** The annotation (or label) of a pod that says how its proxy behaves; `healthy` without it. */
export const behaviourKey = 'standin.test/proxy';
/** The annotation that says how many calls per second reach the pod. */
export const rateKey = 'standin.test/requests-per-second';

/**
 * - `healthy` ready, calls are answered
 * - `failing` ready, two thirds of the calls end in 5xx
 * - `silent` ready, only the kubelet calls
 * - `never-ready` `/ready` answers 503; with fake nodes, name the container in `fake-node.test/broken-container` as well
 * - `hanging` ready, calls come in and are never answered
 * - `resetting` as healthy, and the pod's own calls to a port that its Service does not define are reset
 * - `unconnected` as healthy, and the pod's own calls of a Service without endpoints find no connection
 * - `refusing` as healthy, and a policy refuses callers that are not in the mesh
 * - `tcp` ready, callers in the mesh open sessions that are no HTTP, and are answered
 * - `unreachable` the admin port closes every connection
 */
export const behaviours = [
  'healthy',
  'failing',
  'silent',
  'never-ready',
  'hanging',
  'resetting',
  'unconnected',
  'refusing',
  'tcp',
  'unreachable',
] as const;
export type Behaviour = (typeof behaviours)[number];

/** Calls per second when nothing else is said. */
export const defaultRate = 20;

const traffic: Record<Behaviour, readonly TrafficKind[]> = {
  healthy: ['success'],
  failing: ['failure'],
  silent: [],
  'never-ready': [],
  hanging: ['stuck'],
  resetting: ['success', 'resets'],
  unconnected: ['success', 'unconnected'],
  refusing: ['success', 'refused'],
  tcp: ['sessions'],
  unreachable: ['success'],
};

/** What the pod itself asks for. A behaviour that does not exist is an error that names the pod and the choices. */
export function behaviourOf(pod: Pod): Behaviour {
  const { annotations = {}, labels = {}, name, namespace } = pod.metadata;
  const asked = annotations[behaviourKey] ?? labels[behaviourKey];
  if (asked === undefined) {
    return annotations['fake-node.test/broken-container'] === 'linkerd-proxy' ? 'never-ready' : 'healthy';
  }
  const found = behaviours.find((behaviour) => behaviour === asked);
  if (found !== undefined) return found;
  throw new Error(`${behaviourKey} of pod ${namespace ?? ''}/${name ?? ''} is "${asked}"; use one of ${behaviours.join(', ')}`);
}

/** Calls per second that the pod asks for. */
export function rateOf(pod: Pod): number {
  const asked = Number(pod.metadata.annotations?.[rateKey]);
  return Number.isFinite(asked) ? asked : defaultRate;
}

/** A proxy's life so far: since when it runs, until when its traffic is counted (milliseconds since 1970), and the traffic. */
export interface ProxyLife {
  readonly startedAtMs: number;
  readonly countedAtMs: number;
  readonly seen: Batches;
}

/** A proxy that starts now. */
export function newLife(nowMs: number): ProxyLife {
  return { startedAtMs: nowMs, countedAtMs: nowMs, seen: noBatches };
}

/** The life with the traffic of the time since it was last counted. */
export function live(life: ProxyLife, behaviour: Behaviour, requestsPerSecond: number, nowMs: number): ProxyLife {
  const seconds = Math.max(0, nowMs - life.countedAtMs) / 1000;
  const seen = { ...life.seen, probes: life.seen.probes + (seconds * probesPerSecond) / batchSize.probes };
  for (const kind of trafficKinds.filter((candidate) => traffic[behaviour].includes(candidate))) {
    seen[kind] += (seconds * requestsPerSecond) / batchSize[kind];
  }
  return { ...life, countedAtMs: nowMs, seen };
}

/** Liveness and readiness every ten seconds. */
const probesPerSecond = 0.2;
