// Readings: what the target's proxies answer, asked of the pods themselves, bounded in time, size and number. An answer is
// kept for some seconds; losing it costs another question, nothing else. Judges nothing.

import type { ProxyReading } from '../core/observation.ts';
import type { ProxyProbe } from '../mesh/adapter.ts';
import type { AskLimits } from '../mesh/names.ts';
import type { TrimmedPod } from './trimmed.ts';

/** Asks one URL; rejects after the deadline, on a broken answer, and beyond the limit in bytes. */
export type HttpGet = (url: string, limits: AskLimits) => Promise<{ status: number; body: string }>;

/** Asks proxies. */
export interface Readings {
  /** Answers for all of these pods, asked again where the last answer is older than `goodForMs` says. */
  of(
    pods: readonly TrimmedPod[],
    probe: ProxyProbe,
    goodForMs: (pod: TrimmedPod) => number,
  ): Promise<ReadonlyMap<string, ProxyReading>>;
  /** Forgets pods that are no more. */
  retain(namespace: string, pods: readonly TrimmedPod[]): void;
}

interface Kept {
  namespace: string;
  at: number;
  reading: ProxyReading;
}

const limits = { timeoutMs: 3_000, maximumBytes: 16 * 1024 * 1024 };
const atOnce = 64;

/** Readings through a way to ask a URL. */
export function createReadings(get: HttpGet, monotonicMs: () => number): Readings {
  const kept = new Map<string, Kept>();
  return {
    async of(pods, probe, goodForMs) {
      const old = pods.filter((pod) => monotonicMs() - (kept.get(pod.uid)?.at ?? -Infinity) > goodForMs(pod));
      await inBatches(old, async (pod) => {
        const reading = await ask(get, pod, probe);
        kept.set(pod.uid, { namespace: pod.namespace, at: monotonicMs(), reading });
      });
      return new Map(pods.flatMap((pod) => entryOf(pod.uid, kept)));
    },
    retain(namespace, pods) {
      const alive = new Set(pods.map((pod) => pod.uid));
      for (const [uid, entry] of kept) if (entry.namespace === namespace && !alive.has(uid)) kept.delete(uid);
    },
  };
}

function entryOf(uid: string, kept: ReadonlyMap<string, Kept>): [string, ProxyReading][] {
  const entry = kept.get(uid);
  return entry === undefined ? [] : [[uid, entry.reading]];
}

async function inBatches<T>(items: readonly T[], run: (item: T) => Promise<void>): Promise<void> {
  const waiting = items.values();
  const worker = async (): Promise<void> => {
    for (const item of waiting) await run(item);
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, worker));
}

async function ask(get: HttpGet, pod: TrimmedPod, probe: ProxyProbe): Promise<ProxyReading> {
  if (pod.address === undefined) return { kind: 'unreachable', reason: 'the pod has no address yet' };
  const host = pod.address.includes(':') ? `[${pod.address}]` : pod.address;
  const base = `http://${host}:${probe.port}`;
  try {
    const [ready, metrics] = await Promise.all([
      get(`${base}${probe.readyPath}`, limits),
      get(`${base}${probe.metricsPath}`, limits),
    ]);
    if (metrics.status !== 200) return { kind: 'unreachable', reason: `its metrics answer ${metrics.status}` };
    return probe.read(ready, metrics.body);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { kind: 'unreachable', reason: `port ${probe.port} does not answer: ${message}` };
  }
}
