// Telemetry room: errors as plain data for a log line: type, message, stack, and the chain of causes. Pure.

/** An error in a log line. */
export interface SerializedError {
  readonly name: string;
  readonly message: string;
  readonly stack?: string;
  /** Machine-readable parts of an API error. */
  readonly kind?: string;
  readonly httpStatus?: number;
  readonly reason?: string;
  readonly code?: string;
  readonly cause?: SerializedError;
  readonly errors?: readonly SerializedError[];
}

const DEEPEST_CAUSE = 5;

/** `error` as data; only fields known to be harmless are taken over, never headers or bodies. */
export function serializeError(error: unknown, depth = 0): SerializedError {
  if (!(error instanceof Error)) return { name: 'NotAnError', message: typeof error === 'string' ? error : describe(error) };
  return {
    name: error.name,
    message: error.message,
    ...(error.stack === undefined ? {} : { stack: error.stack }),
    ...machineReadable(error),
    ...nested(error, depth),
  };
}

function machineReadable(error: Error): Pick<SerializedError, 'kind' | 'httpStatus' | 'reason' | 'code'> {
  const { kind, status, reason, code } = error as Error & Readonly<Record<'kind' | 'status' | 'reason' | 'code', unknown>>;
  return {
    ...(typeof kind === 'string' ? { kind } : {}),
    ...(typeof status === 'number' && status > 0 ? { httpStatus: status } : {}),
    ...(typeof reason === 'string' && reason !== '' ? { reason } : {}),
    ...(typeof code === 'string' ? { code } : {}),
  };
}

function nested(error: Error, depth: number): Pick<SerializedError, 'cause' | 'errors'> {
  if (depth >= DEEPEST_CAUSE) return {};
  return {
    ...(error.cause === undefined ? {} : { cause: serializeError(error.cause, depth + 1) }),
    ...(error instanceof AggregateError ? { errors: error.errors.map((one) => serializeError(one, depth + 1)) } : {}),
  };
}

function describe(value: unknown): string {
  return typeof value === 'object' && value !== null ? 'an object that is no Error' : String(value);
}
