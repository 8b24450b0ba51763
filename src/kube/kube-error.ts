// Kube room: the one error callers of the API see, and nothing of how it came about on the wire.
// It never carries response bodies or headers, only what the server put into its Status.

/**
 * What an error means to a caller:
 * - `conflict` somebody wrote first, or a precondition (uid, resourceVersion, managed field) failed (409)
 * - `alreadyExists` a create met an object of that name (409)
 * - `notFound` no such object; `reason` is '' when the server does not serve the resource at all (404)
 * - `gone` a resourceVersion or continue token is too old (410)
 * - `forbidden` RBAC or admission said no (403); `unauthorized` the credentials are not accepted (401)
 * - `invalid` the request itself is wrong, by the server's judgement or ours (400, 405, 406, 415, 422)
 * - `tooLarge` the body exceeds the server's limit (413)
 * - `disruptionBudget` an eviction would break a PodDisruptionBudget, or several match (429, 500)
 * - `tooManyRequests` the server is overloaded: honour `retryAfterSeconds` (429)
 * - `timeout` no answer in time, by the server's clock or ours (504)
 * - `unreachable` no connection, or it broke; `server` any other 5xx
 * - `aborted` the caller's signal; `protocol` the answer could not be understood
 */
export type KubeErrorKind =
  | 'conflict'
  | 'alreadyExists'
  | 'notFound'
  | 'gone'
  | 'forbidden'
  | 'unauthorized'
  | 'invalid'
  | 'tooLarge'
  | 'disruptionBudget'
  | 'tooManyRequests'
  | 'timeout'
  | 'unreachable'
  | 'server'
  | 'aborted'
  | 'protocol';

/** One entry of a Status' `details.causes`. `reason` is e.g. FieldValueInvalid, FieldManagerConflict, NamespaceTerminating. */
export interface StatusCause {
  readonly reason: string;
  readonly message: string;
  readonly field: string;
}

/** What a `KubeError` is made of. */
export interface KubeErrorFields {
  readonly kind: KubeErrorKind;
  readonly message: string;
  /** HTTP status, 0 when there was no answer. */
  readonly status?: number;
  /** The Status' machine-readable reason, '' when there was none. */
  readonly reason?: string;
  readonly causes?: readonly StatusCause[];
  /** Seconds the server asks to wait. */
  readonly retryAfterSeconds?: number | undefined;
  readonly ambiguous?: boolean;
  readonly cause?: unknown;
}

/** Any failure of a call to the API server, classified once. */
export class KubeError extends Error {
  readonly kind: KubeErrorKind;
  readonly status: number;
  readonly reason: string;
  readonly causes: readonly StatusCause[];
  readonly retryAfterSeconds: number | undefined;
  /** True when a write may or may not have happened: read before doing it again. Never true for reads and dry runs. */
  readonly ambiguous: boolean;

  constructor(fields: KubeErrorFields) {
    super(fields.message, fields.cause === undefined ? undefined : { cause: fields.cause });
    this.name = 'KubeError';
    this.kind = fields.kind;
    this.status = fields.status ?? 0;
    this.reason = fields.reason ?? '';
    this.causes = fields.causes ?? [];
    this.retryAfterSeconds = fields.retryAfterSeconds;
    this.ambiguous = fields.ambiguous ?? false;
  }
}

/** True when `error` is a `KubeError` of one of `kinds` (of any kind when none is given). */
export function isKubeError<K extends KubeErrorKind = KubeErrorKind>(
  error: unknown,
  ...kinds: readonly K[]
): error is KubeError & { readonly kind: K } {
  return error instanceof KubeError && (kinds.length === 0 || kinds.some((kind) => kind === error.kind));
}

/** True when the server gave `reason` among the causes, e.g. 'NamespaceTerminating' on a create. */
export function hasCause(error: KubeError, reason: string): boolean {
  return error.causes.some((cause) => cause.reason === reason);
}
