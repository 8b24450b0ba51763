// Telemetry room: the log, as one JSON object per line. It formats and writes; what is worth a line others decide.
import { createLogger as createWinston, format, transports } from 'winston';
import type { Logger } from 'winston';
import type { Log, LogFields, LogLevel } from '../runtime/log.ts';
import { serializeError } from './serialize-error.ts';

/** How lines are written. */
export interface LoggerOptions {
  /** Least urgent level that is written. */
  readonly level: LogLevel;
  /** Default: standard error. */
  readonly stream?: NodeJS.WritableStream;
  readonly wallMs: () => number;
}

/** Levels by urgency, as winston wants them. */
export const LOG_LEVELS: Readonly<Record<LogLevel, number>> = { error: 0, warn: 1, info: 2, debug: 3 };

/** A log of JSON lines: `ts` (ISO 8601), `level`, `msg`, then the fields; `err` is serialised with stack and causes. */
export function createLog(options: LoggerOptions): Log {
  const line = format.printf((info) => {
    const { level, message, ...fields } = info;
    return JSON.stringify({ ts: new Date(options.wallMs()).toISOString(), level, msg: message, ...fields }, replacer);
  });
  const winston = createWinston({
    levels: LOG_LEVELS,
    level: options.level,
    format: line,
    // eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment -- winston's own types disagree about its transports
    transports: [new transports.Stream({ stream: options.stream ?? process.stderr, eol: '\n' })],
  });
  return wrap(winston, LOG_LEVELS[options.level], {});
}

/** A log that drops everything. */
export const silentLog: Log = {
  error: () => undefined,
  warn: () => undefined,
  info: () => undefined,
  debug: () => undefined,
  isEnabled: () => false,
  child: () => silentLog,
};

// Children are made here and not by winston, and levels are checked here: winston formats a line before it drops it.
function wrap(winston: Logger, threshold: number, bound: LogFields): Log {
  const at =
    (level: LogLevel) =>
    (message: string, fields?: LogFields): void => {
      if (LOG_LEVELS[level] > threshold) return;
      winston.log({ level, ...safe({ ...bound, ...fields }), message });
    };
  return {
    error: at('error'),
    warn: at('warn'),
    info: at('info'),
    debug: at('debug'),
    isEnabled: (level) => LOG_LEVELS[level] <= threshold,
    child: (fields) => wrap(winston, threshold, { ...bound, ...fields }),
  };
}

/** `level` and `message` are the line's own; fields of these names would overwrite them. */
function safe(fields: LogFields): LogFields {
  const { level, message, ...rest } = fields;
  return { ...rest, ...(level === undefined ? {} : { level_: level }), ...(message === undefined ? {} : { message_: message }) };
}

function replacer(this: unknown, _key: string, value: unknown): unknown {
  if (value instanceof Error) return serializeError(value);
  return typeof value === 'bigint' ? String(value) : value;
}
