// Runtime room: how long to wait before another try. Pure.

/** An exponential pause. */
export interface Backoff {
  /** Milliseconds before the first repetition. */
  readonly firstMs: number;
  /** Milliseconds no pause exceeds. */
  readonly longestMs: number;
}

/** The pause before repetition `attempt` (0 is the first), spread over ±25 % so that many failing keys do not return together. */
export function pauseMs(backoff: Backoff, attempt: number, random: () => number): number {
  const plain = Math.min(backoff.firstMs * 2 ** Math.min(attempt, 40), backoff.longestMs);
  return Math.min(plain * (0.75 + 0.5 * random()), backoff.longestMs);
}
