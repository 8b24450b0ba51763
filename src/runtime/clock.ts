// Runtime room: time and how to wait for it. Logic takes a `Clock`; only `systemClock` looks at the real one.

/** Undoes what it was returned by; calling it again does nothing. */
export type Cancel = () => void;

/** Two times, because they answer different questions. */
export interface Clock {
  /** Milliseconds since 1970 by the machine's calendar: for timestamps people read. May jump. */
  wallMs(): number;
  /** Milliseconds since some moment: for measuring and deadlines. Never goes back. */
  monotonicMs(): number;
  /** Calls `run` once after `ms`. */
  after(ms: number, run: () => void): Cancel;
}

const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** The machine's clock. */
export const systemClock: Clock = {
  wallMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  after(ms, run) {
    const timer = setTimeout(run, Math.min(Math.max(ms, 0), LONGEST_TIMER_MS));
    return () => clearTimeout(timer);
  },
};

/** Resolves after `ms`, or at once when `signal` aborts: look at the signal afterwards. */
export function sleep(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) {
      resolve();
      return;
    }
    const end = (): void => {
      cancel();
      signal.removeEventListener('abort', end);
      resolve();
    };
    const cancel = clock.after(ms, end);
    signal.addEventListener('abort', end, { once: true });
  });
}

/** RFC 3339 with microseconds, the MicroTime of the API. */
export function microTime(wallMs: number): string {
  return new Date(wallMs).toISOString().replace('Z', '000Z');
}
