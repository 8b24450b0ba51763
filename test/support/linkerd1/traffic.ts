/**
 * Stand-in for Linkerd 1: which names are called through which l5d pods, and what each pod has counted by now. Time comes from the caller.
 */
import type { Pod } from '../pod.ts';
import type { NameCount } from './counters.ts';
import { exceptions } from './counters.ts';

/** Calls to one name, per l5d pod, from now on. */
export interface Calls {
  /** As callers say it: `hello`, `flaky.shop`. */
  readonly name: string;
  /** `outgoing` when absent. */
  readonly router?: string;
  /** Per second and l5d pod; 0 stops them, and the series stay. */
  readonly requestsPerSecond: number;
  /** Of the calls, 0 to 100. */
  readonly failurePercent?: number;
  /** What the name binds to; `#/io.l5d.k8s/<namespace>/http/<service>` of the name when absent, null for an unroutable name. */
  readonly client?: string | null;
  /** Only these l5d pods by name; all when absent. */
  readonly pods?: readonly string[];
}

/** The counters of all l5d pods. */
export interface Traffic {
  /** Starts, changes or stops calls to a name. */
  call(calls: Calls): void;
  /** Counts calls at once, on every l5d pod. */
  add(name: string, counted: { readonly requests: number; readonly failures?: number }, router?: string): void;
  /** As after a long idle time: the calls stop and the series of the name disappear everywhere. */
  vanish(name: string): void;
  /** A new process: the pod's counters start from zero. All pods without a name. */
  restart(pod?: string): void;
  countsOf(pod: Pod): NameCount[];
}

const windowMs = 60_000;

interface Count extends NameCount {
  readonly firstAtMs: number;
}

interface Life {
  countedAtMs: number;
  names: Map<string, Count>;
}

/** Counters for the pods that `pods` lists. */
export function startTraffic(pods: () => Iterable<Pod>, clock: () => number): Traffic {
  const rates = new Map<string, Calls>();
  const lives = new Map<string, Life>();
  const lifeOf = (pod: Pod): Life => {
    const uid = pod.metadata.uid ?? '';
    const life = lives.get(uid) ?? { countedAtMs: clock(), names: new Map<string, Count>() };
    lives.set(uid, life);
    return life;
  };
  const settle = (pod: Pod): Life => {
    const life = lifeOf(pod);
    const seconds = (clock() - life.countedAtMs) / 1000;
    life.countedAtMs = clock();
    for (const calls of rates.values()) {
      if (calls.pods === undefined || calls.pods.includes(pod.metadata.name ?? '')) {
        const requests = seconds * calls.requestsPerSecond;
        grow(life, calls, { requests, failures: (requests * (calls.failurePercent ?? 0)) / 100, nowMs: clock() });
      }
    }
    return life;
  };
  const settleAll = (): Life[] => [...pods()].map(settle);
  return {
    call: (calls) => {
      settleAll();
      rates.set(keyOf(calls), calls);
    },
    add: (name, { requests, failures = 0 }, router = 'outgoing') => {
      const calls = rates.get(keyOf({ name, router })) ?? { name, router, requestsPerSecond: 0 };
      for (const life of settleAll()) grow(life, calls, { requests, failures, nowMs: clock() });
    },
    vanish: (name) => {
      for (const life of settleAll()) for (const [key, count] of life.names) if (count.name === name) life.names.delete(key);
      for (const [key, calls] of rates) if (calls.name === name) rates.delete(key);
    },
    restart: (name) => {
      for (const pod of pods()) {
        if (name === undefined || pod.metadata.name === name) lives.delete(pod.metadata.uid ?? '');
      }
    },
    countsOf: (pod) => [...settle(pod).names.values()],
  };
}

const keyOf = ({ name, router = 'outgoing' }: { readonly name: string; readonly router?: string }): string => `${router} ${name}`;

interface Growth {
  readonly requests: number;
  readonly failures: number;
  readonly nowMs: number;
}

function grow(life: Life, calls: Calls, { requests, failures, nowMs }: Growth): void {
  if (requests === 0) return;
  const known = life.names.get(keyOf(calls)) ?? newCount(calls, nowMs);
  life.names.set(keyOf(calls), {
    ...known,
    requests: known.requests + requests,
    failures: known.failures + failures,
    windowed: nowMs - known.firstAtMs >= windowMs,
  });
}

function newCount(calls: Calls, nowMs: number): Count {
  const client = calls.client === undefined ? boundTo(calls.name) : (calls.client ?? undefined);
  return {
    router: calls.router ?? 'outgoing',
    name: calls.name,
    client,
    requests: 0,
    failures: 0,
    exception: client === undefined ? exceptions.unroutable : exceptions.response,
    firstAtMs: nowMs,
    windowed: false,
  };
}

/** With the usual dtab `service` is in namespace `default`, `service.namespace` says its own. */
function boundTo(name: string): string {
  const [service = name, namespace = 'default'] = name.toLowerCase().split('.');
  return `#/io.l5d.k8s/${namespace}/http/${service}`;
}
