// Pods, watched only in namespaces on the move: a watch begins when somebody first asks, and ends a little after nobody does.

import type { Cancel, Clock } from '../runtime/clock.ts';
import type { Reflector } from '../runtime/reflector.ts';
import type { Change } from '../runtime/store.ts';
import type { TrimmedPod } from './trimmed.ts';

/** Pods by namespace. */
export interface PodViews {
  /** Undefined until everything there was is known. */
  of(namespace: string): TrimmedPod[] | undefined;
  /** What is known, without beginning to watch; undefined where nothing is watched. */
  held(namespace: string): TrimmedPod[] | undefined;
  /** Ends the watch of a namespace after some seconds in which nobody wants it again. */
  release(namespace: string): void;
  /** Tells pods that have become ready, at once. */
  onReady(listener: (pod: TrimmedPod) => void): void;
  stop(): Promise<void>;
}

/** What they are made of. */
export interface PodViewsOptions {
  clock: Clock;
  /** A pod of a namespace changed; what it means can wait as many milliseconds. */
  onPod: (namespace: string, delayMs: number) => void;
  /** A reflector of the pods of a namespace, not started. */
  reflectorOf: (namespace: string) => Reflector<TrimmedPod>;
}

// Milliseconds. Pods come and go many at a time: one look is enough for those of a moment. What matters of a rollout as a whole
// its workload says, and that waits for nothing; of a pod that starts there are several changes that say nothing by themselves.
const turningMs = 30;
const startingMs = 250;

function patienceMs(change: Change<TrimmedPod>): number {
  if (change.type !== 'update') return change.type === 'add' ? startingMs : turningMs;
  const { old, value } = change;
  return old.ready === value.ready && old.deleting === value.deleting ? startingMs : turningMs;
}

// Milliseconds. A namespace that has just come to its end is looked at once or twice more.
const lingerMs = 5_000;

/** No namespace is watched yet. */
export function createPodViews({ clock, onPod, reflectorOf }: PodViewsOptions): PodViews {
  const open = new Map<string, Reflector<TrimmedPod>>();
  const closing = new Map<string, Cancel>();
  const listeners: ((pod: TrimmedPod) => void)[] = [];
  const keep = (namespace: string): void => {
    closing.get(namespace)?.();
    closing.delete(namespace);
  };
  const start = (namespace: string): Reflector<TrimmedPod> => {
    const reflector = reflectorOf(namespace);
    startOf(reflector, namespace, onPod);
    reflector.onChange((change) => {
      if (isReadyNow(change)) for (const listener of listeners) listener(change.value);
    });
    open.set(namespace, reflector);
    return reflector;
  };
  const close = (namespace: string): Promise<void> => {
    keep(namespace);
    const reflector = open.get(namespace);
    open.delete(namespace);
    return reflector === undefined ? Promise.resolve() : reflector.stop();
  };
  return {
    of(namespace) {
      keep(namespace);
      return known(open.get(namespace) ?? start(namespace));
    },
    held: (namespace) => known(open.get(namespace)),
    release(namespace) {
      if (!open.has(namespace) || closing.has(namespace)) return;
      const end = clock.after(lingerMs, () => void close(namespace));
      closing.set(namespace, end);
    },
    onReady: (listener) => void listeners.push(listener),
    async stop() {
      await Promise.all([...open.keys()].map(close));
    },
  };
}

type Arrival = Exclude<Change<TrimmedPod>, { type: 'delete' }>;

function isReadyNow(change: Change<TrimmedPod>): change is Arrival {
  return change.type !== 'delete' && change.value.ready && (change.type === 'add' || !change.old.ready);
}

function startOf(reflector: Reflector<TrimmedPod>, namespace: string, onPod: PodViewsOptions['onPod']): void {
  reflector.onChange((change) => onPod(namespace, patienceMs(change)));
  reflector.synced.then(
    () => onPod(namespace, 0),
    () => undefined,
  );
  reflector.start();
}

function known(reflector: Reflector<TrimmedPod> | undefined): TrimmedPod[] | undefined {
  return reflector?.hasSynced() === true ? [...reflector.values()] : undefined;
}
