/**
 * Which pod has which address, for stand-ins that answer on pods' addresses. Follows the pods of a real cluster by a watch that is opened
 * again whenever it ends.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { KubeClient, WatchFrame } from '../../src/kube/client.ts';
import { POD } from '../../src/kube/resource-kind.ts';
import type { Pod } from './pod.ts';

/** Pods by address. */
export interface PodDirectory {
  /** The live pod with this address, waiting a moment for the watch to catch up; undefined when there is none. */
  at(address: string): Promise<Pod | undefined>;
  /** Pods with an address right now. */
  pods(): Iterable<Pod>;
  close(): Promise<void>;
}

/** How far a reader may be ahead of the watch, and how long a broken watch rests; milliseconds. */
const catchUpMs = 1000;
const restMs = 200;

/** Starts following the pods and waits for the first full picture. */
export async function followPods(client: Pick<KubeClient, 'watch'>): Promise<PodDirectory> {
  const stop = new AbortController();
  const known = new Map<string, Pod>();
  const waiting = new Set<() => void>();
  const first = Promise.withResolvers<undefined>();
  const apply = (frame: WatchFrame): void => {
    if (frame.type === 'BOOKMARK' && frame.initialEventsEnd) first.resolve(undefined);
    if (frame.type !== 'ADDED' && frame.type !== 'MODIFIED' && frame.type !== 'DELETED') return;
    record(known, frame.object as unknown as Pod, frame.type === 'DELETED');
    for (const wake of waiting) wake();
  };
  const done = follow(client, stop.signal, apply);
  await first.promise;

  const at = async (address: string): Promise<Pod | undefined> => {
    const end = performance.now() + catchUpMs;
    while (!known.has(address) && performance.now() < end) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, end - performance.now());
        const wake = (): void => {
          clearTimeout(timer);
          waiting.delete(wake);
          resolve();
        };
        waiting.add(wake);
      });
    }
    return known.get(address);
  };
  const close = async (): Promise<void> => {
    stop.abort();
    await done;
  };
  return { at, pods: () => known.values(), close };
}

async function follow(client: Pick<KubeClient, 'watch'>, signal: AbortSignal, apply: (frame: WatchFrame) => void): Promise<void> {
  while (!signal.aborted) {
    try {
      for await (const frame of client.watch(POD, { sendInitialEvents: true, signal })) apply(frame);
    } catch {
      // A watch ends for many reasons (an API server restart among them); what it missed comes with the next one.
    }
    await pause(restMs, undefined, { signal }).catch(() => undefined);
  }
}

/** A pod that ended, or is gone, gives its address back; a pod that has the address now is never removed for an older one. */
function record(known: Map<string, Pod>, pod: Pod, deleted: boolean): void {
  const address = pod.status?.podIP;
  if (address === undefined) return;
  const ended = deleted || pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed';
  if (!ended) known.set(address, pod);
  else if (known.get(address)?.metadata.uid === pod.metadata.uid) known.delete(address);
}
