// Runtime room: the log this room writes to. An interface only; who formats and where lines go is not its business.

/** Variable parts of a line. An error goes under `err`. Values must be plain data. */
export type LogFields = Readonly<Record<string, unknown>>;

/** A leveled log. Messages are constant sentences; what varies stands in the fields. */
export interface Log {
  /** Somebody must look. */
  error(message: string, fields?: LogFields): void;
  /** Unusual, and handled. */
  warn(message: string, fields?: LogFields): void;
  /** A transition. */
  info(message: string, fields?: LogFields): void;
  /** A step. Guard costly fields by `isEnabled('debug')`. */
  debug(message: string, fields?: LogFields): void;
  isEnabled(level: LogLevel): boolean;
  /** A log that adds `fields` to every line. */
  child(fields: LogFields): Log;
}

/** From most to least urgent. */
export type LogLevel = 'error' | 'warn' | 'info' | 'debug';
