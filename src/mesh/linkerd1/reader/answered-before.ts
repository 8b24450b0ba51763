// Reader room: names that a router has answered and no longer counts. Its counters go with its bindings, some minutes after the last
// call: what is called once an hour is in use all the same. Pure.

import type { NameCounters } from './counters.ts';

/**
 * Counters of a router, with the names that it answered before.
 * @param labels of all routers
 * @param answered requests by `<router> <logical name>`
 */
export function withAnsweredBefore(
  { label, counters }: { readonly label: string; readonly counters: ReadonlyMap<string, NameCounters> },
  labels: readonly string[],
  answered: ReadonlyMap<string, number> = new Map(),
): ReadonlyMap<string, NameCounters> {
  const all = new Map(counters);
  for (const [key, requests] of answered) {
    if (routerOf(key, labels) !== label) continue;
    const name = key.slice(label.length + 1);
    // That it was answered once is no proof that it would be now: what it leads to decides.
    if ((all.get(name)?.requests ?? 0) === 0) all.set(name, { requests, success: 0, failures: 0 });
  }
  return all;
}

// Labels are free text: the longest that fits is the router's.
function routerOf(key: string, labels: readonly string[]): string | undefined {
  return labels.filter((label) => key.startsWith(`${label} `)).toSorted((a, b) => b.length - a.length)[0];
}
