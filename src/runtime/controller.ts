// Runtime room: the loop around a reconcile function: retries, requeues, metrics, and a log with an id. It knows no object and no mesh.
import { KubeError } from '../kube/kube-error.ts';
import type { Clock } from './clock.ts';
import type { Log } from './log.ts';
import type { WorkItem, WorkQueue } from './work-queue.ts';

/** What a reconcile asks for when it did not fail. Nothing: the next change of a watched object will do. */
export interface ReconcileResult {
  /** Milliseconds until the key is looked at again at the latest. */
  readonly requeueAfterMs?: number | undefined;
}

/** What a reconcile is given beside its key. */
export interface ReconcileContext {
  /** Unique per run; on every line of `log`. */
  readonly reconcileId: string;
  readonly reasons: readonly string[];
  /** Failures in a row before this run. */
  readonly failures: number;
  readonly log: Log;
  /** Aborted when the process stops: end what is begun, begin nothing new. */
  readonly signal: AbortSignal;
}

/** Level-based: look at the world, do the next thing, be prepared to be called again at any time. */
export type Reconcile = (key: string, context: ReconcileContext) => Promise<ReconcileResult>;

/** A failure that repetition can't cure. The key waits until something about it changes. */
export class TerminalError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'TerminalError';
  }
}

/** How a run ended. */
export type ReconcileOutcome = 'success' | 'requeue_after' | 'error' | 'terminal';

/** What happens in a controller, for metrics. */
export interface ReconcileMetrics {
  /** Called once with the number of workers. */
  workers(count: number): void;
  started(): void;
  finished(outcome: ReconcileOutcome, seconds: number): void;
  /** A bug showed itself: an error type that only wrong code throws. */
  panicked(): void;
}

/** A controller's parts. */
export interface ControllerOptions {
  readonly name: string;
  readonly queue: WorkQueue;
  /** Keys reconciled at once. */
  readonly workers: number;
  readonly reconcile: Reconcile;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics?: ReconcileMetrics | undefined;
  /** A fresh reconcile id. */
  readonly newId: () => string;
}

/** A running controller. */
export interface Controller {
  /** Aborts the context's signal and resolves when running reconciles have ended. */
  stop(): Promise<void>;
}

/** Failures in a row after which a transient error is worth a person's look. */
const FAILURES_BEFORE_ERROR = 5;

/** Starts reconciling what is and will be in the queue. */
export function runController(options: ControllerOptions): Controller {
  const stopping = new AbortController();
  options.metrics?.workers(options.workers);
  options.queue.start(options.workers, (item) => runOnce(options, item, stopping.signal));
  return {
    stop() {
      stopping.abort();
      return options.queue.stop();
    },
  };
}

async function runOnce(options: ControllerOptions, item: WorkItem, signal: AbortSignal): Promise<void> {
  const { clock, queue, metrics } = options;
  const reconcileId = options.newId();
  const log = options.log.child({ controller: options.name, key: item.key, reconcileID: reconcileId });
  const startedAt = clock.monotonicMs();
  const end = (outcome: ReconcileOutcome): void => metrics?.finished(outcome, (clock.monotonicMs() - startedAt) / 1_000);
  metrics?.started();
  log.debug('reconcile started', { queuedBy: item.reasons });
  try {
    const { requeueAfterMs } = await options.reconcile(item.key, { ...item, reconcileId, log, signal });
    queue.forget(item.key);
    if (requeueAfterMs === undefined) {
      end('success');
      return;
    }
    queue.addAfter(item.key, requeueAfterMs, 'requeue');
    end('requeue_after');
  } catch (error) {
    if (isBug(error)) metrics?.panicked();
    end(error instanceof TerminalError ? 'terminal' : 'error');
    afterFailure(options, item, { error, log });
  }
}

function afterFailure(options: ControllerOptions, item: WorkItem, failure: { readonly error: unknown; readonly log: Log }): void {
  const { error, log } = failure;
  if (error instanceof TerminalError) {
    options.queue.forget(item.key);
    log.error('reconcile gave up', { err: error });
    return;
  }
  const retryInMs = Math.round(options.queue.retry(item.key, 'retry', retryAfterMs(error)));
  const fields = { err: error, failures: item.failures + 1, retryInMs };
  if (isBug(error) || item.failures + 1 >= FAILURES_BEFORE_ERROR) log.error('reconcile failed', fields);
  else if (error instanceof KubeError && error.kind === 'conflict') log.debug('reconcile met a conflict', fields);
  else log.warn('reconcile failed', fields);
}

/** Milliseconds the server asked to wait, by the first `KubeError` in the chain of causes; 0 when it did not. */
export function retryAfterMs(error: unknown): number {
  if (error instanceof KubeError) return (error.retryAfterSeconds ?? 0) * 1_000;
  if (error instanceof AggregateError) return Math.max(0, ...error.errors.map(retryAfterMs));
  return error instanceof Error && error.cause !== undefined ? retryAfterMs(error.cause) : 0;
}

function isBug(error: unknown): boolean {
  return error instanceof TypeError || error instanceof ReferenceError || error instanceof RangeError;
}
