// When a namespace was last read live and the watches turned out to hold exactly that. It reads nothing itself.

import type { TrimmedNamespace, TrimmedPod, TrimmedWorkload } from './trimmed.ts';

/** What there is in a namespace. */
export interface Content {
  namespace: TrimmedNamespace | undefined;
  workloads: readonly TrimmedWorkload[];
  pods: readonly TrimmedPod[];
}

/** Live looks of the last second. */
export interface RecentLooks {
  /** What was read live, and what watches held. */
  looked(namespace: string, live: Content, held: Content): void;
  /** Within the last second the watches of a namespace held what was there. */
  isCurrent(namespace: string): boolean;
}

const goodForMs = 1_000;

/** No look yet. */
export function createRecentLooks(monotonicMs: () => number): RecentLooks {
  const at = new Map<string, number>();
  return {
    looked(namespace, live, held) {
      if (isSame(live, held)) at.set(namespace, monotonicMs());
      else at.delete(namespace);
    },
    isCurrent: (namespace) => monotonicMs() - (at.get(namespace) ?? -Infinity) < goodForMs,
  };
}

function isSame(live: Content, held: Content): boolean {
  if (live.namespace?.resourceVersion !== held.namespace?.resourceVersion) return false;
  return (['workloads', 'pods'] as const).every((what) => versionsOf(live[what]) === versionsOf(held[what]));
}

function versionsOf(objects: readonly { uid: string; resourceVersion: string }[]): string {
  return objects
    .map(({ uid, resourceVersion }) => `${uid} ${resourceVersion}`)
    .sort()
    .join();
}
