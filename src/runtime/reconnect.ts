// Runtime room: what a reflector does after a connection ended: how long it waits, and whether it still trusts what it knows. No I/O.
import { KubeError } from '../kube/kube-error.ts';
import { pauseMs } from './backoff.ts';

/** How a connection ended. */
export interface Ending {
  /** Undefined when the server ended it in good order. */
  readonly error: Error | undefined;
  readonly livedMs: number;
  /** True while there was no version to follow from: everything was still being taken. */
  readonly taking: boolean;
}

/** What to do next. */
export interface NextConnection {
  readonly pauseMs: number;
  /** Take everything again, and why. */
  readonly relist: 'gone' | 'errors' | undefined;
  /** Take everything by pages: the next time, or from now on. */
  readonly pages: 'once' | 'always' | undefined;
  /** For metrics: a `KubeErrorKind`, 'stalled' or 'unknown'; undefined when nothing failed. */
  readonly failure: string | undefined;
  /** True when it has failed so often that a person may want to know. */
  readonly persistent: boolean;
}

/** Nothing was heard for too long. */
export class StalledError extends Error {
  constructor(silentMs: number) {
    super(`nothing was heard for ${Math.round(silentMs / 1_000)} s`);
    this.name = 'StalledError';
  }
}

const BACKOFF = { firstMs: 800, longestMs: 30_000 };
/** Failures in a row after which the version we follow from is no longer trusted. */
const FAILURES_BEFORE_RELIST = 3;
/** An orderly end after so long is no reason to wait. */
const GOOD_CONNECTION_MS = 1_000;
/** A connection that lived so long was a good one, however it ended. */
const LONG_CONNECTION_MS = 30_000;
/** Failures of a full WatchList that pages may survive; with no connection or no permission they would fail just the same. */
const PAGES_MAY_HELP = new Set(['invalid', 'stalled', 'timeout', 'protocol', 'server', 'unknown']);

/** Counts failures in a row. */
export class Reconnect {
  private failures = 0;
  private readonly random: () => number;

  constructor(random: () => number) {
    this.random = random;
  }

  /** Something arrived that moved us forward. */
  progress(): void {
    this.failures = 0;
  }

  judge(ending: Ending): NextConnection {
    const lastedWell = ending.livedMs >= GOOD_CONNECTION_MS;
    if (ending.livedMs >= LONG_CONNECTION_MS && !ending.taking) this.failures = 0;
    const failure = ending.error === undefined ? undefined : kindOf(ending.error);
    if (failure === undefined && lastedWell) {
      return { pauseMs: 0, relist: undefined, pages: undefined, failure, persistent: false };
    }
    this.failures += 1;
    const asked = ending.error instanceof KubeError ? (ending.error.retryAfterSeconds ?? 0) * 1_000 : 0;
    return {
      pauseMs: Math.max(pauseMs(BACKOFF, this.failures - 1, this.random), asked),
      relist: this.relistFor(failure, ending.taking),
      pages: ending.taking ? pagesFor(failure) : undefined,
      failure,
      persistent: this.failures >= FAILURES_BEFORE_RELIST,
    };
  }

  private relistFor(failure: string | undefined, taking: boolean): NextConnection['relist'] {
    if (taking) return undefined;
    if (failure === 'gone') return 'gone';
    return this.failures >= FAILURES_BEFORE_RELIST ? 'errors' : undefined;
  }
}

function pagesFor(failure: string | undefined): NextConnection['pages'] {
  if (failure === 'invalid') return 'always';
  return failure === undefined || PAGES_MAY_HELP.has(failure) ? 'once' : undefined;
}

function kindOf(error: Error): string {
  if (error instanceof KubeError) return error.kind;
  return error instanceof StalledError ? 'stalled' : 'unknown';
}
