// Runtime room: a queue of keys, not of events: what is queued says where to look, never what to do. It runs work, it knows none.
import { pauseMs } from './backoff.ts';
import type { Backoff } from './backoff.ts';
import type { Cancel, Clock } from './clock.ts';

/** One run of one key. */
export interface WorkItem {
  readonly key: string;
  /** What asked for this run, e.g. 'watch pods'; distinct, in order, at most eight. For the log. */
  readonly reasons: readonly string[];
  /** Failures in a row before this run. */
  readonly failures: number;
}

/**
 * Promises, for every key:
 * - never two runs at once;
 * - after each `add` a run begins, and after each `addAfter` one begins no later than its due time, as soon as a worker is free;
 * - requests that meet a waiting run share it: the earliest time wins, and what had been asked for later is covered by it.
 */
export interface WorkQueue {
  add(key: string, reason: string): void;
  /** `delayMs` ≤ 0 is `add`. */
  addAfter(key: string, delayMs: number, reason: string): void;
  /** Counts a failure and adds the key after its backoff, or after `atLeastMs` if that is longer. Answers the delay in milliseconds. */
  retry(key: string, reason: string, atLeastMs?: number): number;
  /** The key is well again: its next failure starts with the shortest pause. */
  forget(key: string): void;
  /** Begins to run keys, `workers` at a time. `run` handles its own failures; one that escapes goes to `onEscape`. */
  start(workers: number, run: (item: WorkItem) => Promise<void>): void;
  /** Begins nothing more, forgets what waits, and resolves when the running ones have ended. */
  stop(): Promise<void>;
  /** Keys that could run now and wait for a worker. */
  depth(): number;
  /** Seconds that running keys have taken so far. */
  running(): { readonly keys: number; readonly totalSeconds: number; readonly longestSeconds: number };
}

/** What happens in a queue, for metrics. Times in seconds. */
export interface QueueMetrics {
  added(): void;
  retried(): void;
  started(waitedSeconds: number): void;
  finished(workedSeconds: number): void;
}

/** How a queue behaves. */
export interface WorkQueueOptions {
  readonly clock: Clock;
  readonly random: () => number;
  /** Default: 100 ms, doubling up to 60 s. */
  readonly backoff?: Backoff;
  readonly metrics?: QueueMetrics | undefined;
  readonly onEscape: (error: unknown, key: string) => void;
}

const DEFAULT_BACKOFF: Backoff = { firstMs: 100, longestMs: 60_000 };
const REASONS_KEPT = 8;
/** A longer wait ends early: a run too many is harmless, an overflowing timer is not. */
const LONGEST_DELAY_MS = 24 * 60 * 60 * 1_000;

interface Entry {
  reasons: string[];
  /** Since when the key could run, in monotonic milliseconds; undefined while it need not. */
  readySince: number | undefined;
  runningSince: number | undefined;
  delay: { readonly dueAt: number; readonly cancel: Cancel } | undefined;
}

/** An empty queue; nothing runs before `start`. */
export function createWorkQueue(options: WorkQueueOptions): WorkQueue {
  const queue = new KeyedQueue(options);
  return {
    add: (key, reason) => queue.add(key, reason),
    addAfter: (key, delayMs, reason) => queue.addAfter(key, delayMs, reason),
    retry: (key, reason, atLeastMs = 0) => queue.retry(key, reason, atLeastMs),
    forget: (key) => void queue.failures.delete(key),
    start: (workers, run) => queue.start(workers, run),
    stop: () => queue.stop(),
    depth: () => queue.ready.size,
    running: () => queue.running(),
  };
}

class KeyedQueue {
  /** Keys that could run now, oldest first; a running key is not among them. */
  readonly ready = new Set<string>();
  readonly failures = new Map<string, number>();
  private readonly entries = new Map<string, Entry>();
  private readonly options: WorkQueueOptions;
  private run: ((item: WorkItem) => Promise<void>) | undefined;
  private workers = 0;
  private active = 0;
  private stopped = false;
  private idle: (() => void)[] = [];

  constructor(options: WorkQueueOptions) {
    this.options = options;
  }

  add(key: string, reason: string): void {
    if (this.stopped) return;
    this.options.metrics?.added();
    const entry = this.entry(key, reason);
    entry.delay?.cancel();
    entry.delay = undefined;
    entry.readySince ??= this.options.clock.monotonicMs();
    if (entry.runningSince === undefined) this.ready.add(key);
    this.dispatch();
  }

  addAfter(key: string, delayMs: number, reason: string): void {
    if (Number.isNaN(delayMs)) throw new RangeError(`delay of ${key} is NaN; pass milliseconds`);
    if (delayMs <= 0) this.add(key, reason);
    if (this.stopped || delayMs <= 0) return;
    const { clock } = this.options;
    const wait = Math.min(delayMs, LONGEST_DELAY_MS);
    const dueAt = clock.monotonicMs() + wait;
    const entry = this.entry(key, reason);
    if (entry.readySince !== undefined || (entry.delay !== undefined && entry.delay.dueAt <= dueAt)) return;
    entry.delay?.cancel();
    entry.delay = { dueAt, cancel: clock.after(wait, () => this.add(key, reason)) };
  }

  retry(key: string, reason: string, atLeastMs: number): number {
    const failures = this.failures.get(key) ?? 0;
    this.failures.set(key, failures + 1);
    this.options.metrics?.retried();
    const delay = Math.max(pauseMs(this.options.backoff ?? DEFAULT_BACKOFF, failures, this.options.random), atLeastMs);
    this.addAfter(key, delay, reason);
    return delay;
  }

  start(workers: number, run: (item: WorkItem) => Promise<void>): void {
    if (!Number.isInteger(workers) || workers < 1) throw new RangeError(`workers is ${workers}; use a whole number from 1`);
    if (this.run !== undefined) throw new Error('the queue was started already');
    this.workers = workers;
    this.run = run;
    this.dispatch();
  }

  stop(): Promise<void> {
    this.stopped = true;
    this.ready.clear();
    for (const entry of this.entries.values()) entry.delay?.cancel();
    if (this.active === 0) return Promise.resolve();
    return new Promise((resolve) => this.idle.push(resolve));
  }

  running(): { keys: number; totalSeconds: number; longestSeconds: number } {
    const now = this.options.clock.monotonicMs();
    const ages = [...this.entries.values()].flatMap(({ runningSince }) =>
      runningSince === undefined ? [] : (now - runningSince) / 1_000,
    );
    return { keys: ages.length, totalSeconds: ages.reduce((sum, age) => sum + age, 0), longestSeconds: Math.max(0, ...ages) };
  }

  private entry(key: string, reason: string): Entry {
    let entry = this.entries.get(key);
    if (entry === undefined) {
      entry = { reasons: [], readySince: undefined, runningSince: undefined, delay: undefined };
      this.entries.set(key, entry);
    }
    if (entry.reasons.length < REASONS_KEPT && !entry.reasons.includes(reason)) entry.reasons.push(reason);
    return entry;
  }

  private dispatch(): void {
    if (this.run === undefined) return;
    for (const key of this.ready) {
      if (this.active >= this.workers) return;
      this.ready.delete(key);
      void this.work(key, this.run);
    }
  }

  private async work(key: string, run: (item: WorkItem) => Promise<void>): Promise<void> {
    const entry = this.entries.get(key);
    if (entry === undefined) return;
    const { clock, metrics } = this.options;
    const startedAt = clock.monotonicMs();
    const item = { key, reasons: entry.reasons, failures: this.failures.get(key) ?? 0 };
    metrics?.started((startedAt - (entry.readySince ?? startedAt)) / 1_000);
    Object.assign(entry, { reasons: [], readySince: undefined, runningSince: startedAt });
    this.active += 1;
    try {
      await run(item);
    } catch (error) {
      this.options.onEscape(error, key);
    }
    this.active -= 1;
    metrics?.finished((clock.monotonicMs() - startedAt) / 1_000);
    this.settle(key, entry);
  }

  private settle(key: string, entry: Entry): void {
    entry.runningSince = undefined;
    if (this.stopped) {
      if (this.active === 0) for (const resolve of this.idle.splice(0)) resolve();
      return;
    }
    if (entry.readySince !== undefined) this.ready.add(key);
    else if (entry.delay === undefined) this.entries.delete(key);
    this.dispatch();
  }
}
