// Which records the API server refused, and when each is tried again. It decides nothing, and losing it costs one more refusal.

import type { RefusedRecord } from '../core/migration/observation.ts';

/** Remembers refused records of one migration. */
export interface RefusedRecords {
  /** Remembers a refusal; `version` is the namespace's resourceVersion. */
  refused: (name: string, message: string, version: string | undefined) => void;
  taken: (name: string) => void;
  /** What is refused now; `versionOf` answers with a namespace's resourceVersion. */
  now: (versionOf: (name: string) => string | undefined) => ReadonlyMap<string, RefusedRecord>;
  /** Milliseconds until the next is tried again; undefined where none is refused. */
  nextMs: () => number | undefined;
}

// Milliseconds; doubled with each refusal.
const firstPauseMs = 10_000;
const longestPauseMs = 300_000;

/** An empty memory. */
export function createRefusedRecords(wallMs: () => number): RefusedRecords {
  const held = new Map<string, { message: string; version: string | undefined; pauseMs: number; until: number }>();
  return {
    refused: (name, message, version) => {
      const before = held.get(name)?.pauseMs;
      const pauseMs = before === undefined ? firstPauseMs : Math.min(longestPauseMs, 2 * before);
      held.set(name, { message, version, pauseMs, until: wallMs() + pauseMs });
    },
    taken: (name) => void held.delete(name),
    now: (versionOf) =>
      new Map(
        [...held].map(([name, { message, version, until }]) => [
          name,
          { message, tryAgain: wallMs() >= until || versionOf(name) !== version },
        ]),
      ),
    nextMs: () => (held.size === 0 ? undefined : Math.max(1_000, Math.min(...[...held.values()].map((h) => h.until)) - wallMs())),
  };
}
