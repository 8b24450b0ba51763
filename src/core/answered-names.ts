// Names that a source mesh has answered since somebody watches it. Its own counters forget names that nobody calls for some minutes:
// what is called once an hour is in use all the same. Pure; losing them means seeing them anew.

import type { ProxyCounters } from './traffic.ts';

/** Requests last counted for each name over all proxies; those seen last stand last. */
export type AnsweredNames = ReadonlyMap<string, number>;

/** Names come from Host headers, so from anybody: only what was answered is kept, and of that what was seen last. */
export const maximumAnswered = 2_000;

/** What was answered, after another look. */
export function withAnswered(before: AnsweredNames, proxies: readonly ProxyCounters[]): AnsweredNames {
  const now = new Map<string, number>();
  for (const { names } of proxies)
    for (const [name, { requests, success }] of names) if (success > 0) now.set(name, (now.get(name) ?? 0) + requests);
  if (now.size === 0) return before;
  const all = [...[...before].filter(([name]) => !now.has(name)), ...now];
  return new Map(all.slice(-maximumAnswered));
}
