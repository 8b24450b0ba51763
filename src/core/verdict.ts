// Three-way verdicts. Unknown never counts as healthy; whoever adds a fourth value has misunderstood.

/** Something that was judged. */
export type Verdict =
  { kind: 'pass' } | { kind: 'fail'; reason: string; message: string } | { kind: 'unknown'; reason: string; message: string };

/** Nothing is wrong. */
export const pass: Verdict = { kind: 'pass' };

/**
 * Something is wrong.
 * @param reason one CamelCase word
 * @param message what was seen
 */
export function fail(reason: string, message: string): Verdict {
  return { kind: 'fail', reason, message };
}

/**
 * It can't be told.
 * @param reason one CamelCase word
 * @param message what is missing
 */
export function unknown(reason: string, message: string): Verdict {
  return { kind: 'unknown', reason, message };
}

/** The worst of several: a failure before an unknown before a pass. */
export function worst(verdicts: readonly Verdict[]): Verdict {
  return verdicts.find((v) => v.kind === 'fail') ?? verdicts.find((v) => v.kind === 'unknown') ?? pass;
}
