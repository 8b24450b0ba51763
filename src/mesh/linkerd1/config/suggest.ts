// Config room: what was probably meant: known renames and inventions first, then the nearest known word.

/** Fields of older versions, and fields that people put on the wrong object, with what to write instead. */
const RENAMED: ReadonlyMap<string, string> = new Map([
  ['baseDtab', 'dtab'],
  ['timeoutMs', 'service.totalTimeoutMs on the router, or client.requestAttemptTimeoutMs for one attempt'],
  ['minRetriesPerSecond', 'minRetriesPerSec'],
  ['retryRatio', 'percentCanRetry'],
  ['ttl', 'ttlSecs (seconds, without a unit)'],
  ['ttlMs', 'ttlSecs (seconds)'],
  ['maxRequestKB', 'streamAfterContentLengthKB (maxRequestKB is gone since 1.5)'],
  ['maxResponseKB', 'streamAfterContentLengthKB (maxResponseKB is gone since 1.5)'],
  ['maxChunkKB', 'nothing: maxChunkKB is gone since 1.5'],
  ['caCertPath', 'trustCertsBundle'],
  ['strict', 'disableValidation (with the opposite meaning)'],
  ['hostname', 'host'],
]);

/** Kinds that never existed or have another name now. */
const KINDS: ReadonlyMap<string, string> = new Map([
  [
    'io.l5d.http.retryable5XX',
    'io.l5d.http.retryableRead5XX (GET, HEAD, OPTIONS, TRACE), or io.l5d.http.retryableAll5XX when POST may be repeated',
  ],
  [
    'io.l5d.h2.retryable5XX',
    'io.l5d.h2.retryableRead5XX (GET, HEAD, OPTIONS, TRACE), or io.l5d.h2.retryableAll5XX when POST may be repeated',
  ],
  [
    'io.l5d.retryable5XX',
    'io.l5d.http.retryableRead5XX (GET, HEAD, OPTIONS, TRACE), or io.l5d.http.retryableAll5XX when POST may be repeated',
  ],
  ['io.l5d.nonRetryable5XX', 'io.l5d.http.nonRetryable5XX'],
  ['io.l5d.retryableRead5XX', 'io.l5d.http.retryableRead5XX'],
  ['io.l5d.retryableIdempotent5XX', 'io.l5d.http.retryableIdempotent5XX'],
  ['io.l5d.experimental.k8s', 'io.l5d.k8s'],
  ['io.l5d.noValidation', 'tls without a kind, with disableValidation: true'],
]);

/** What to write instead of a field that is not known here. */
export function suggestField(name: string, known: Iterable<string>): string | undefined {
  return RENAMED.get(name) ?? nearest(name, known);
}

/** What to write instead of a kind that is not known here. */
export function suggestKind(name: string, known: Iterable<string>): string | undefined {
  return KINDS.get(name) ?? nearest(name, known) ?? withSameEnd(name, known);
}

function withSameEnd(name: string, known: Iterable<string>): string | undefined {
  const end = name.slice(name.lastIndexOf('.') + 1).toLowerCase();
  return [...known].find((word) => word.toLowerCase().endsWith(`.${end}`));
}

/** The known word with the fewest edits, if they are few for its length. */
export function nearest(word: string, known: Iterable<string>): string | undefined {
  let best: string | undefined;
  let fewest = Math.max(1, Math.floor(Math.min(word.length, 60) / 4)) + 1;
  for (const candidate of known) {
    const edits = editDistance(word.toLowerCase(), candidate.toLowerCase());
    if (edits >= fewest) continue;
    fewest = edits;
    best = candidate;
  }
  return best;
}

/** Insertions, deletions, replacements and swaps of neighbours. Words longer than 100 characters are far from everything. */
export function editDistance(a: string, b: string): number {
  if (Math.max(a.length, b.length) > 100) return Infinity;
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = at(last, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1] ? at(beforeLast, j - 2) + 1 : Infinity;
      row.push(Math.min(at(row, j - 1) + 1, at(last, j) + 1, replaced, swapped));
    }
    [beforeLast, last] = [last, row];
  }
  return at(last, b.length);
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? Infinity;
}
