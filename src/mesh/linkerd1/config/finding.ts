// Config room: what is wrong in a Linkerd 1 configuration, where, what becomes of it, and what was probably meant.

/** A place in the text, counted from 1. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/**
 * What Linkerd 1 makes of it. unreadable: the text is no configuration at all. refused: it does not start. fails: it starts and
 * calls fail. noEffect: it starts and does not do what is written. note: works, but there is something to know.
 */
export type Severity = 'unreadable' | 'refused' | 'fails' | 'noEffect' | 'note';

/** One mistake. */
export interface ConfigFinding {
  readonly severity: Severity;
  /** As in `routers[0].service.retries.budget.ttlSecs`; empty for the whole document. */
  readonly path: string;
  readonly place: Place;
  /** The offending key or value, shortened. */
  readonly value: string;
  /** One sentence: what is wrong and what comes of it. */
  readonly message: string;
  /** What was probably meant, ready to be written. */
  readonly suggestion?: string;
}

/** A value as it can be shown in a sentence: at most 80 characters. */
export function shorten(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value ?? null);
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}

/** A finding as one line for people. */
export function describeFinding(finding: ConfigFinding): string {
  const where = `${finding.place.line}:${finding.place.column}`;
  const path = finding.path === '' ? '' : ` ${shorten(finding.path)}`;
  const meant = finding.suggestion === undefined ? '' : ` Probably meant: ${finding.suggestion}`;
  return `${where}${path}: ${finding.message}${meant}`;
}
