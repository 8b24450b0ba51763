// Readings: what the target's proxies answer, asked of the pods themselves, bounded in time, size and number. An answer is
// kept for some seconds; losing it costs another question, nothing else. Judges nothing.

import PQueue from 'p-queue';
import type { ProxyReading, ResetHistory } from '../core/observation.ts';
import { followResets } from '../core/workload/undefined-ports.ts';
import type { ProxyProbe } from '../mesh/adapter.ts';
import type { AskLimits } from '../mesh/names.ts';
import type { TrimmedPod } from './trimmed.ts';

/** Asks one URL; rejects after the deadline, on a broken answer, and beyond the limit in bytes. */
export type HttpGet = (url: string, limits: AskLimits) => Promise<{ status: number; body: string }>;

/** A proxy whose answer is wanted. */
export interface Wanted {
  pod: TrimmedPod;
  /** It is asked again, beside, when its last answer is older than so many milliseconds. */
  againAfterMs: number;
  /** Answers older than so many milliseconds are not used. */
  usableMs: number;
  /** An answer that is missing, or too old to be used, is waited for. */
  patient: boolean;
}

/** Asks proxies. */
export interface Readings {
  /** The last answers that can still be used, by the pods' uids; newer ones are asked for beside. */
  of(wanted: readonly Wanted[], probe: ProxyProbe): Promise<ReadonlyMap<string, ProxyReading>>;
  /** Forgets pods of the namespace that are no more. */
  retain(namespace: string, pods: readonly TrimmedPod[]): void;
}

/** What readings are made of. */
export interface ReadingsOptions {
  get: HttpGet;
  monotonicMs: () => number;
  wallMs: () => number;
  /** A proxy of the namespace that a verdict depends on has answered. */
  onAnswer: (namespace: string) => void;
}

interface Counted {
  resets: number;
  history: ResetHistory;
  refused: number;
  /** When fewer were refused last. */
  fewerAt?: number;
}

interface Kept {
  at: number;
  reading: ProxyReading;
  /** Of its last answer that could be used. */
  counted?: Counted;
}

// Pods are anybody's, and the operator has little memory: many are asked whether they are ready, some for a page at once.
const readyLimits = { timeoutMs: 3_000, maximumBytes: 4 * 1024 };
const pageLimits = { timeoutMs: 3_000, maximumBytes: 32 * 1024 * 1024 };
const keptBytes = 2 * 1024 * 1024;
const atOnce = 64;
const pagesAtOnce = 12;

/** Readings through a way to ask a URL. */
export function createReadings(options: ReadingsOptions): Readings {
  const proxies = new Proxies(options);
  return { of: (wanted, probe) => proxies.of(wanted, probe), retain: (namespace, pods) => proxies.retain(namespace, pods) };
}

class Proxies implements Readings {
  private readonly options: ReadingsOptions;
  private readonly kept = new Map<string, Map<string, Kept>>();
  private readonly asking = new Map<string, Promise<void>>();
  private readonly queue = new PQueue({ concurrency: atOnce });
  private readonly pages = new PQueue({ concurrency: pagesAtOnce });

  constructor(options: ReadingsOptions) {
    this.options = options;
  }

  async of(wanted: readonly Wanted[], probe: ProxyProbe): Promise<ReadonlyMap<string, ProxyReading>> {
    await Promise.all(wanted.flatMap((one) => this.renew(one, probe) ?? []));
    const usable = wanted.filter(({ pod, usableMs }) => this.ageMs(pod) <= usableMs);
    return new Map(usable.flatMap(({ pod }) => this.readingOf(pod)));
  }

  retain(namespace: string, pods: readonly TrimmedPod[]): void {
    const found = this.kept.get(namespace);
    if (found === undefined) return;
    const alive = new Set(pods.map((pod) => pod.uid));
    for (const uid of found.keys()) if (!alive.has(uid)) found.delete(uid);
    if (found.size === 0) this.kept.delete(namespace);
  }

  private ageMs(pod: TrimmedPod): number {
    const at = this.kept.get(pod.namespace)?.get(pod.uid)?.at;
    return at === undefined ? Infinity : this.options.monotonicMs() - at;
  }

  private readingOf(pod: TrimmedPod): [string, ProxyReading][] {
    const found = this.kept.get(pod.namespace)?.get(pod.uid);
    return found === undefined ? [] : [[pod.uid, found.reading]];
  }

  /** Asks again where that is due; answers what must be waited for. */
  private renew({ pod, againAfterMs, usableMs, patient }: Wanted, probe: ProxyProbe): Promise<void> | undefined {
    const ageMs = this.ageMs(pod);
    if (ageMs <= Math.min(againAfterMs, usableMs)) return undefined;
    const waits = patient && ageMs > usableMs;
    const running = this.asking.get(pod.uid);
    if (running !== undefined) return waits ? running : undefined;
    const answer = this.ask(pod, probe);
    this.asking.set(pod.uid, answer);
    if (waits) return answer;
    // Who is patient looks again anyway; waking it up each time would make it ask for ever.
    if (!patient) void answer.then(() => this.options.onAnswer(pod.namespace));
    return undefined;
  }

  private async ask(pod: TrimmedPod, probe: ProxyProbe): Promise<void> {
    const reading = await this.queue.add(() => this.read(pod, probe));
    const inNamespace = this.kept.get(pod.namespace) ?? new Map<string, Kept>();
    const next = this.followed(reading, inNamespace.get(pod.uid), probe);
    this.kept.set(pod.namespace, inNamespace.set(pod.uid, { at: this.options.monotonicMs(), ...next }));
    this.asking.delete(pod.uid);
  }

  private followed(reading: ProxyReading, before: Kept | undefined, probe: ProxyProbe): Omit<Kept, 'at'> {
    const { counted } = before ?? {};
    if (reading.kind !== 'answered') return { reading, ...(counted && { counted }) };
    const resets = reading.undefinedPortResets;
    const now = { resets, at: this.options.wallMs() };
    const history = followResets(counted, now, probe.portsRememberedSeconds * 1000);
    const refused = reading.refusedCalls;
    const fewerAt = fewerRefusedAt(counted, refused);
    return {
      reading: { ...reading, resets: history, ...(fewerAt !== undefined && { fewerRefusedAt: fewerAt }) },
      counted: { resets, history, refused, ...(fewerAt !== undefined && { fewerAt }) },
    };
  }

  private async read(pod: TrimmedPod, probe: ProxyProbe): Promise<ProxyReading> {
    if (pod.address === undefined) return { kind: 'unreachable', reason: 'the pod has no address yet' };
    const port = probe.portOf(pod.live);
    if (port === undefined) return { kind: 'unreachable', reason: 'the pod has no proxy' };
    const host = pod.address.includes(':') ? `[${pod.address}]` : pod.address;
    const base = `http://${host}:${port}`;
    const { get } = this.options;
    try {
      // One after the other, so that they share a connection.
      const ready = await get(`${base}${probe.readyPath}`, readyLimits);
      return await this.pages.add(async (): Promise<ProxyReading> => {
        const lines = { keep: (line: string) => probe.keeps(line), maximumBytes: keptBytes };
        const metrics = await get(`${base}${probe.metricsPath}`, { ...pageLimits, lines });
        if (metrics.status !== 200) return { kind: 'unreachable', reason: `its metrics answer ${metrics.status}` };
        return probe.read(ready, metrics.body, { port, pod: pod.live });
      });
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      return { kind: 'unreachable', reason: `port ${port} does not answer: ${message}` };
    }
  }
}

// A number that got smaller is another process's.
function fewerRefusedAt(before: Counted | undefined, refused: number): number | undefined {
  if (before === undefined || refused < before.refused) return undefined;
  return refused === before.refused ? before.fewerAt : before.history.readAt;
}
