// A log that keeps its lines for a test to read.
import type { Log, LogFields, LogLevel } from '../../../src/runtime/log.ts';

/** One line. */
export interface Line {
  readonly level: LogLevel;
  readonly message: string;
  readonly fields: LogFields;
}

/** A log and what was written to it, by itself and its children. */
export function createRecordedLog(lines: Line[] = [], bound: LogFields = {}): Log & { readonly lines: readonly Line[] } {
  const at =
    (level: LogLevel) =>
    (message: string, fields: LogFields = {}): void =>
      void lines.push({ level, message, fields: { ...bound, ...fields } });
  return {
    lines,
    error: at('error'),
    warn: at('warn'),
    info: at('info'),
    debug: at('debug'),
    isEnabled: () => true,
    child: (fields) => createRecordedLog(lines, { ...bound, ...fields }),
  };
}
