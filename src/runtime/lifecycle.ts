// Runtime room: starts parts in order and stops them in reverse, once, in time. It does not end the process: it answers an exit code.
import { sleep } from './clock.ts';
import type { Clock } from './clock.ts';
import type { Log } from './log.ts';

/** A part of the process. */
export interface Component {
  readonly name: string;
  /** Resolves when those after it may start. May give up early when `signal` aborts; it is stopped in any case. */
  start(signal: AbortSignal): Promise<void> | void;
  /** Also called after a start that failed or was cut short. */
  stop?(): Promise<void> | void;
}

/** Where SIGTERM and SIGINT come from: the process, or a test. */
export interface SignalSource {
  on(signal: 'SIGTERM' | 'SIGINT', listener: () => void): unknown;
  off(signal: 'SIGTERM' | 'SIGINT', listener: () => void): unknown;
}

/** A process' parts. */
export interface LifecycleOptions {
  readonly components: readonly Component[];
  readonly signals: SignalSource;
  readonly clock: Clock;
  readonly log: Log;
  /** Milliseconds for all stops together; below the pod's grace period. Default 25 s. */
  readonly stopDeadlineMs?: number;
}

/** A running process. */
export interface Lifecycle {
  /** 0 after a stop on request, 1 after a failure, a stop that took too long, or a second signal. Then the process should exit. */
  readonly exitCode: Promise<number>;
  /** Begins the orderly stop, as SIGTERM does. */
  stop(reason: string): void;
  /** Something is wrong that forbids an orderly stop, e.g. lost leadership: the exit code is there at once. */
  fail(reason: string, error?: unknown): void;
}

const SIGNALS = ['SIGTERM', 'SIGINT'] as const;

/** Starts the components and keeps them until a signal, `stop` or `fail`. */
export function runLifecycle(options: LifecycleOptions): Lifecycle {
  const { clock, log, signals } = options;
  const stopping = new AbortController();
  const { promise, resolve } = Promise.withResolvers<number>();
  const finish = (code: number): void => {
    for (const name of SIGNALS) signals.off(name, onSignal);
    resolve(code);
  };
  const stop = (reason: string): void => {
    if (!stopping.signal.aborted) log.info('stopping', { reason });
    stopping.abort();
  };
  const onSignal = (): void => {
    if (stopping.signal.aborted) finish(1);
    else stop('signal');
  };
  for (const name of SIGNALS) signals.on(name, onSignal);

  const live = async (): Promise<number> => {
    const begun: Component[] = [];
    const failed = !(await startAll(options, begun, stopping.signal));
    const ended = new AbortController();
    const deadline = sleep(clock, options.stopDeadlineMs ?? 25_000, ended.signal);
    const inTime = await Promise.race([stopAll(begun, log), deadline.then(() => false)]);
    ended.abort();
    if (!inTime) log.error('the orderly stop failed or took too long');
    return failed || !inTime ? 1 : 0;
  };
  void live().then(finish);
  return {
    exitCode: promise,
    stop,
    fail(reason, error) {
      log.error('stopping at once', { reason, ...(error === undefined ? {} : { err: error }) });
      finish(1);
    },
  };
}

/** Starts what it can and waits for the stop; false when a start failed. `begun` holds what must be stopped. */
async function startAll(options: LifecycleOptions, begun: Component[], stop: AbortSignal): Promise<boolean> {
  const stopped = new Promise<void>((resolve) => stop.addEventListener('abort', () => resolve(), { once: true }));
  for (const component of options.components) {
    if (stop.aborted) return true;
    begun.push(component);
    try {
      // A start that waits, e.g. for the leadership, must not hold up the stop.
      await Promise.race([component.start(stop), stopped]);
      options.log.debug('started', { component: component.name });
    } catch (error) {
      options.log.error('a component failed to start', { component: component.name, err: error });
      return false;
    }
  }
  await stopped;
  return true;
}

async function stopAll(begun: readonly Component[], log: Log): Promise<boolean> {
  let well = true;
  for (const component of begun.toReversed()) {
    try {
      await component.stop?.();
      log.debug('stopped', { component: component.name });
    } catch (error) {
      well = false;
      log.error('a component failed to stop', { component: component.name, err: error });
    }
  }
  return well;
}
