// Kube room: one call from its queue to its classified outcome: deadline, metrics, and repetition of reads. It knows no resource.
import { setTimeout as sleepFor } from 'node:timers/promises';
import PQueue from 'p-queue';
import { fromAnswer, fromBrokenCall, fromUnreadable } from './classify.ts';
import type { CallSubject } from './classify.ts';
import type { CallOptions, RequestRecord } from './client.ts';
import { KubeError, isKubeError } from './kube-error.ts';
import type { HttpAnswer, HttpRequest, Transport } from './transport.ts';

/** A call in the caller's terms. */
export interface Call {
  readonly verb: 'get' | 'list' | 'watch' | 'create' | 'patch' | 'delete' | 'raw';
  readonly method: HttpRequest['method'];
  /** `plural.group`, '' for a raw path. */
  readonly resource: string;
  /** For error messages. */
  readonly target: string;
  readonly path: string;
  readonly body?: unknown;
  readonly contentType?: string;
  readonly accept?: string | undefined;
  readonly dryRun?: boolean | undefined;
  /** Takes the answer as it arrives, each try anew; a SyntaxError says that it is not what it should be. All at once when absent. */
  readonly read?: ((body: HttpAnswer['body']) => Promise<unknown>) | undefined;
  readonly options?: CallOptions | undefined;
}

/** Runs calls. */
export interface Caller {
  /** The parsed JSON answer. Reads are repeated a few times when the connection or the server fails; writes never. */
  run(call: Call): Promise<unknown>;
  /** Opens a stream that ends with the caller's signal; not queued, no deadline once its headers are there. */
  open(call: Call & { readonly options: { readonly signal: AbortSignal } }): Promise<HttpAnswer>;
}

/** What calls run on. */
export interface CallerOptions {
  readonly transport: Transport;
  readonly inFlight: number;
  readonly defaultTimeoutMs: number;
  readonly onRequest: ((record: RequestRecord) => void) | undefined;
  readonly monotonicMs: () => number;
  readonly random: () => number;
  readonly sleep?: (ms: number, signal: AbortSignal | undefined) => Promise<void>;
}

const READ_ATTEMPTS = 4;
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 2_000;

/** A caller with its own queue of calls in flight. */
export function createCaller(options: CallerOptions): Caller {
  const queue = new PQueue({ concurrency: options.inFlight });
  const sleep = options.sleep ?? ((ms, signal) => sleepFor(ms, undefined, { signal }));
  const queued = (call: Call): Promise<unknown> =>
    call.options?.urgent ? runOnce(options, call) : queue.add(() => runOnce(options, call));

  const repeat = async (call: Call): Promise<unknown> => {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await queued(call);
      } catch (error) {
        const pause = attempt < READ_ATTEMPTS ? pauseBefore(error, attempt, options.random) : undefined;
        if (pause === undefined) throw error;
        await sleep(pause, call.options?.signal).catch(() => {
          throw error;
        });
      }
    }
  };
  return {
    run: (call) => (call.method === 'GET' ? repeat(call) : queued(call)),
    open: (call) => openStream(options, call),
  };
}

/** Milliseconds before reading again; undefined when another try would not help or the server asks for a longer wait. */
function pauseBefore(error: unknown, attempt: number, random: () => number): number | undefined {
  if (!isKubeError(error, 'unreachable', 'server', 'tooManyRequests')) return undefined;
  const asked = (error.retryAfterSeconds ?? 0) * 1_000;
  if (asked > LONGEST_PAUSE_MS) return undefined;
  const own = FIRST_PAUSE_MS * 2 ** (attempt - 1) * (0.5 + random());
  return Math.max(asked, Math.min(own, LONGEST_PAUSE_MS));
}

async function runOnce(options: CallerOptions, call: Call): Promise<unknown> {
  const subject = subjectOf(call);
  // Still in our own queue: nothing was sent, so even a write is known not to have happened.
  if (call.options?.signal?.aborted) {
    throw new KubeError({ kind: 'aborted', message: `${call.method} ${call.target}: aborted by the caller` });
  }
  const deadline = startDeadline(call.options?.signal, call.options?.timeoutMs ?? options.defaultTimeoutMs);
  const record = startRecord(options, call);
  let status = 0;
  try {
    const answer = await options.transport.call(requestOf(call, deadline.signal));
    ({ status } = answer);
    return await contentOf(answer, call.read ?? readWhole, subject);
  } catch (error) {
    throw isKubeError(error) ? error : fromBrokenCall(error, subject, deadline.ended());
  } finally {
    deadline.stop();
    record(status);
  }
}

async function openStream(options: CallerOptions, call: Call & { options: { signal: AbortSignal } }): Promise<HttpAnswer> {
  const subject = subjectOf(call);
  const record = startRecord(options, call);
  let status = 0;
  try {
    const stream = await options.transport.stream(requestOf(call, call.options.signal));
    status = stream.status;
    if (status < 300) return stream;
    throw await refusalOf(stream, subject);
  } catch (error) {
    throw isKubeError(error) ? error : fromBrokenCall(error, subject, call.options.signal.aborted ? 'aborted' : undefined);
  } finally {
    record(status);
  }
}

async function contentOf(answer: HttpAnswer, read: NonNullable<Call['read']>, subject: CallSubject): Promise<unknown> {
  const { status, body } = answer;
  if (status >= 300) throw await refusalOf(answer, subject);
  try {
    return await read(body);
  } catch (error) {
    throw error instanceof SyntaxError ? fromUnreadable('the answer is not JSON', subject) : error;
  }
}

async function refusalOf(answer: HttpAnswer, subject: CallSubject): Promise<KubeError> {
  return fromAnswer({ ...answer, text: await answer.body.text() }, subject);
}

async function readWhole(body: HttpAnswer['body']): Promise<unknown> {
  return JSON.parse(await body.text());
}

/** Who an error is about. */
export function subjectOf(call: Call): CallSubject {
  return { method: call.method, target: call.target, writes: call.method !== 'GET' && call.dryRun !== true };
}

function requestOf(call: Call, signal: AbortSignal): HttpRequest {
  return {
    method: call.method,
    path: call.path,
    body: call.body === undefined ? undefined : JSON.stringify(call.body),
    contentType: call.contentType,
    accept: call.accept,
    signal,
  };
}

function startRecord(options: CallerOptions, call: Call): (status: number) => void {
  const startedAt = options.monotonicMs();
  return (status) =>
    options.onRequest?.({
      method: call.method,
      verb: call.verb,
      resource: call.resource,
      host: options.transport.host,
      status,
      dryRun: call.dryRun === true,
      durationMs: options.monotonicMs() - startedAt,
    });
}

interface Deadline {
  readonly signal: AbortSignal;
  ended(): 'aborted' | 'timeout' | undefined;
  stop(): void;
}

function startDeadline(outer: AbortSignal | undefined, timeoutMs: number): Deadline {
  const controller = new AbortController();
  let ended: 'aborted' | 'timeout' | undefined;
  const end = (why: 'aborted' | 'timeout'): void => {
    ended ??= why;
    controller.abort();
  };
  const onAbort = (): void => end('aborted');
  const timer = setTimeout(() => end('timeout'), timeoutMs);
  outer?.addEventListener('abort', onAbort, { once: true });
  return {
    signal: controller.signal,
    ended: () => ended,
    stop() {
      clearTimeout(timer);
      outer?.removeEventListener('abort', onAbort);
    },
  };
}
