// Kube room: the one place where an answer or a broken connection becomes a `KubeError`. Pure; it does no I/O.
import { KubeError } from './kube-error.ts';
import type { KubeErrorKind, StatusCause } from './kube-error.ts';

/** The call an error is about, as far as people need to know it. */
export interface CallSubject {
  readonly method: string;
  /** e.g. 'deployments.apps shop/cart'. */
  readonly target: string;
  /** True for a real write: one whose fate matters when the answer is lost. */
  readonly writes: boolean;
}

/** An HTTP answer with status ≥ 400. */
export interface RefusedAnswer {
  readonly status: number;
  readonly text: string;
  readonly retryAfter?: string | undefined;
}

const MESSAGE_LIMIT = 2_000;

const KIND_BY_STATUS: Readonly<Record<number, KubeErrorKind>> = {
  400: 'invalid',
  401: 'unauthorized',
  403: 'forbidden',
  404: 'notFound',
  405: 'invalid',
  406: 'invalid',
  408: 'timeout',
  409: 'conflict',
  410: 'gone',
  413: 'tooLarge',
  415: 'invalid',
  422: 'invalid',
  429: 'tooManyRequests',
  504: 'timeout',
};

/** Errors of the socket layer after which the request certainly never reached the server. */
const NEVER_SENT = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_DESTROYED',
  'UND_ERR_CLOSED',
]);
const ANSWER_TIMEOUTS = new Set(['UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT']);
/** Either side refused the other's certificate: no request was read. */
const CERTIFICATE_TROUBLE =
  /^(CERT_|UNABLE_TO_|DEPTH_ZERO|SELF_SIGNED|HOSTNAME_MISMATCH|INVALID_CA|ERR_TLS_CERT|ERR_SSL_.*CERTIFICATE)/;

/** An answer the server refused with. */
export function fromAnswer(answer: RefusedAnswer, subject: CallSubject): KubeError {
  const status = parseStatus(answer.text);
  return build({ ...status, status: answer.status, retryAfter: answer.retryAfter }, subject);
}

/** The Status object of an in-stream ERROR of a watch; anything that is no Status counts as a server error. */
export function fromStatusObject(object: unknown, subject: CallSubject): KubeError {
  const parsed = readStatus(object);
  return build({ ...parsed, status: parsed.code === 0 ? 500 : parsed.code, retryAfter: undefined }, subject);
}

/** A connection that failed or broke before the whole answer was read. */
export function fromBrokenCall(error: unknown, subject: CallSubject, ended: 'aborted' | 'timeout' | undefined): KubeError {
  const code = errorCode(error);
  const neverSent = NEVER_SENT.has(code) || CERTIFICATE_TROUBLE.test(code);
  const kind = ended ?? (ANSWER_TIMEOUTS.has(code) ? 'timeout' : 'unreachable');
  const why = kind === 'aborted' ? 'aborted by the caller' : kind === 'timeout' ? 'no answer in time' : reasonOf(error, code);
  return new KubeError({
    kind,
    message: `${subject.method} ${subject.target}: ${why}`,
    ambiguous: subject.writes && !neverSent,
    cause: error,
  });
}

/** An answer of success that could not be understood. */
export function fromUnreadable(why: string, subject: CallSubject): KubeError {
  return new KubeError({ kind: 'protocol', message: `${subject.method} ${subject.target}: ${why}`, ambiguous: subject.writes });
}

interface ParsedStatus {
  readonly code: number;
  readonly reason: string;
  readonly message: string;
  readonly causes: readonly StatusCause[];
  readonly retryAfterSeconds: number | undefined;
}

function build(
  from: ParsedStatus & { readonly status: number; readonly retryAfter: string | undefined },
  subject: CallSubject,
): KubeError {
  const kind = kindOf(from.status, from);
  const said = from.message === '' ? unexplained(from.status) : from.message;
  return new KubeError({
    kind,
    message: `${subject.method} ${subject.target}: ${said.slice(0, MESSAGE_LIMIT)}`,
    status: from.status,
    reason: from.reason,
    causes: from.causes,
    retryAfterSeconds: from.retryAfterSeconds ?? wholeSeconds(from.retryAfter),
    // A 5xx may come from a proxy on the way or from storage that had already taken the write.
    ambiguous: subject.writes && (from.status >= 500 || kind === 'timeout') && kind !== 'disruptionBudget',
  });
}

// The API server answers so, in plain text, where no kind of that name is installed.
function unexplained(status: number): string {
  return status === 404 ? 'HTTP 404: the API server serves nothing there' : `HTTP ${status} without an explanation`;
}

function kindOf(status: number, said: ParsedStatus): KubeErrorKind {
  if (said.reason === 'AlreadyExists') return 'alreadyExists';
  if (said.reason === 'ServerTimeout' || said.reason === 'Timeout') return 'timeout';
  if (said.causes.some((cause) => cause.reason === 'DisruptionBudget')) return 'disruptionBudget';
  // The eviction subresource answers 500 with this text alone when several budgets select the pod.
  if (status === 500 && said.message.includes('more than one PodDisruptionBudget')) return 'disruptionBudget';
  return KIND_BY_STATUS[status] ?? (status >= 500 ? 'server' : 'invalid');
}

function parseStatus(text: string): ParsedStatus {
  try {
    return readStatus(JSON.parse(text));
  } catch {
    return readStatus(undefined);
  }
}

function readStatus(object: unknown): ParsedStatus {
  const status = isRecord(object) && object['kind'] === 'Status' ? object : {};
  const details = isRecord(status['details']) ? status['details'] : {};
  const causes = Array.isArray(details['causes']) ? details['causes'].filter(isRecord) : [];
  const wait = details['retryAfterSeconds'];
  return {
    code: typeof status['code'] === 'number' ? status['code'] : 0,
    reason: text(status['reason']),
    message: text(status['message']),
    causes: causes.map((cause) => ({
      reason: text(cause['reason']),
      message: text(cause['message']).slice(0, MESSAGE_LIMIT),
      field: text(cause['field']),
    })),
    retryAfterSeconds: typeof wait === 'number' && wait > 0 ? wait : undefined,
  };
}

function wholeSeconds(header: string | undefined): number | undefined {
  const seconds = header === undefined ? NaN : Number(header);
  return Number.isFinite(seconds) && seconds > 0 ? seconds : undefined;
}

function errorCode(error: unknown): string {
  if (!isRecord(error)) return '';
  return text(error['code']) || errorCode(error['cause']);
}

function reasonOf(error: unknown, code: string): string {
  const message = error instanceof Error ? error.message : 'connection failed';
  return code === '' || message.includes(code) ? message : `${message} (${code})`;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
