// Runtime room: keeps a trimmed copy of one collection and says which keys changed. It triggers work, it decides nothing:
// what leads to a write is read again live.
import type { KubeObject } from '../kube/object.ts';
import type { Clock } from './clock.ts';
import type { Log } from './log.ts';
import { ReflectorLoop } from './reflector-loop.ts';
import type { ReflectorSource } from './reflector-source.ts';
import { createStore } from './store.ts';
import type { Change, StoreReader } from './store.ts';

/** A live copy. Reading before `synced` may miss objects: never conclude from absence then. */
export interface Reflector<T> extends StoreReader<T> {
  /** Begins to list and watch; later calls do nothing. */
  start(): void;
  /** Resolves when everything there was is in the store; rejects when stopped before. */
  readonly synced: Promise<void>;
  hasSynced(): boolean;
  /** Listeners only queue keys. One that throws is counted and logged, and disturbs nobody. Answers how to end it. */
  onChange(listener: (change: Change<T>) => void): () => void;
  /** Milliseconds since the server was last heard. A quiet collection still gets about one bookmark a minute. */
  lastFrameAgeMs(): number;
  /** Why the last connection failed, or undefined while all is well. */
  lastError(): Error | undefined;
  stop(): Promise<void>;
}

/** Why everything was listed again. */
export type RelistReason = 'start' | 'interval' | 'gone' | 'errors' | 'versionWentBack';

/** What happens in a reflector, for metrics. */
export interface ReflectorMetrics {
  event(): void;
  relisted(reason: RelistReason): void;
  /** `reason` is a `KubeErrorKind`, 'stalled' or 'unknown'. */
  failed(reason: string): void;
  /** A frame or object that could not be understood. */
  malformed(): void;
  listenerFailed(): void;
  /** It was stopped: its age is nobody's business any more. */
  stopped(): void;
}

const NO_METRICS: ReflectorMetrics = {
  event: () => undefined,
  relisted: () => undefined,
  failed: () => undefined,
  malformed: () => undefined,
  listenerFailed: () => undefined,
  stopped: () => undefined,
};

/** A reflector's parts. */
export interface ReflectorOptions<T> {
  /** For logs, e.g. 'pods of shop'. */
  readonly name: string;
  readonly source: ReflectorSource;
  /** What is kept of an object. It must not keep a reference to it. One that throws leaves the object out, counted. */
  readonly trim: (object: KubeObject) => T;
  /** Further keys under which a value is found by `byIndex`. */
  readonly indexBy?: (value: T) => readonly string[];
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Log;
  readonly metrics?: ReflectorMetrics | undefined;
  /** Milliseconds between full lists; default 10 minutes. */
  readonly relistEveryMs?: number;
}

/** A reflector that is not started yet. */
export function createReflector<T>(options: ReflectorOptions<T>): Reflector<T> {
  const { log, metrics = NO_METRICS } = options;
  const listeners = new Set<(change: Change<T>) => void>();
  const emit = (change: Change<T>): void => {
    for (const listener of listeners) {
      try {
        listener(change);
      } catch (error) {
        metrics.listenerFailed();
        log.error('a listener of a reflector failed', { reflector: options.name, key: change.key, err: error });
      }
    }
  };
  const store = createStore<T>(options.indexBy ?? (() => []));
  const loop = new ReflectorLoop<T>({ ...options, metrics, relistEveryMs: options.relistEveryMs ?? 600_000 }, store, emit);
  return {
    get: (key) => store.get(key),
    values: () => store.values(),
    inNamespace: (namespace) => store.inNamespace(namespace),
    byIndex: (indexKey) => store.byIndex(indexKey),
    size: () => store.size(),
    start: () => loop.start(),
    synced: loop.synced,
    hasSynced: () => loop.hasSynced,
    onChange(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    lastFrameAgeMs: () => loop.lastFrameAgeMs(),
    lastError: () => loop.lastError,
    stop: () => loop.stop(),
  };
}
