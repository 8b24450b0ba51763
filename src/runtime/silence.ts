// Runtime room: ends a connection on which nothing was heard for too long. It does not know what is said there.
import type { Cancel, Clock } from './clock.ts';

/** A guard over one connection. */
export interface SilenceGuard {
  /** Aborts on silence and when the outer signal aborts. */
  readonly signal: AbortSignal;
  heard(): void;
  stalled(): boolean;
  /** Must be called at the end: frees the timer. */
  end(): void;
}

/** Guards from now on; `limitMs` of silence aborts. */
export function watchOverSilence(clock: Clock, limitMs: number, outer: AbortSignal): SilenceGuard {
  const controller = new AbortController();
  let heardAt = clock.monotonicMs();
  let stalled = false;
  let cancel: Cancel = () => undefined;
  // One timer that looks how long it has been quiet, rather than one set anew for every event.
  const look = (): void => {
    const left = heardAt + limitMs - clock.monotonicMs();
    if (left > 0) {
      cancel = clock.after(left, look);
      return;
    }
    stalled = true;
    controller.abort();
  };
  const onOuter = (): void => controller.abort();
  outer.addEventListener('abort', onOuter, { once: true });
  cancel = clock.after(limitMs, look);
  return {
    signal: controller.signal,
    heard: () => (heardAt = clock.monotonicMs()),
    stalled: () => stalled,
    end() {
      cancel();
      outer.removeEventListener('abort', onOuter);
    },
  };
}
