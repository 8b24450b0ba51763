/**
 * Waits for a state of the world by looking again and again, with an end. For stand-ins and tests that have no event to wait for.
 */
import { setTimeout as pause } from 'node:timers/promises';

/** How long and how often to look, in milliseconds; `what` is the state in words, for the error. */
export interface Patience {
  readonly what: string;
  readonly timeoutMs?: number;
  readonly everyMs?: number;
}

/**
 * The first value of `look` that is neither undefined nor false. Errors of `look` count as "not yet".
 * Throws after `timeoutMs` (30 s), naming what was waited for and the last error.
 */
export async function until<T>(look: () => Promise<T>, patience: Patience): Promise<Exclude<T, undefined | false>> {
  const { what, timeoutMs = 30_000, everyMs = 50 } = patience;
  const end = performance.now() + timeoutMs;
  let last: unknown;
  do {
    try {
      const seen = await look();
      if (seen !== undefined && seen !== false) return seen as Exclude<T, undefined | false>;
    } catch (error) {
      last = error;
    }
    await pause(everyMs);
  } while (performance.now() < end);
  throw new Error(`${what}: not so within ${timeoutMs} ms`, last === undefined ? {} : { cause: last });
}
