// A clock that stands still until a test moves it. Wall and monotonic time can be pulled apart.
import type { Clock } from '../../../src/runtime/clock.ts';

/** A clock in the test's hand. */
export interface FakeClock extends Clock {
  /** Lets `ms` pass: timers run in order at their time, and what they set off runs before time goes on. */
  advance(ms: number): Promise<void>;
  /** The calendar jumps; nothing else happens. */
  jumpWall(ms: number): void;
  /** The process is frozen: time passes, no timer runs. */
  freeze(ms: number): void;
  /** Timers that wait. */
  pending(): number;
}

interface Timer {
  readonly at: number;
  readonly run: () => void;
}

/** Lets everything that is ready run. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 3; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

/** A clock at `startMs`. */
export function createFakeClock(startMs = 1_000): FakeClock {
  let now = startMs;
  let skew = 0;
  const timers = new Set<Timer>();
  const next = (until: number): Timer | undefined =>
    [...timers].filter((timer) => timer.at <= until).toSorted((a, b) => a.at - b.at)[0];
  return {
    wallMs: () => now + skew,
    monotonicMs: () => now,
    after(ms, run) {
      const timer = { at: now + Math.max(0, ms), run };
      timers.add(timer);
      return () => void timers.delete(timer);
    },
    async advance(ms) {
      const until = now + ms;
      await settle();
      for (let timer = next(until); timer !== undefined; timer = next(until)) {
        timers.delete(timer);
        now = Math.max(now, timer.at);
        timer.run();
        await settle();
      }
      now = until;
    },
    jumpWall: (ms) => (skew += ms),
    freeze: (ms) => (now += ms),
    pending: () => timers.size,
  };
}
