// Config room: what was probably meant: known renames and inventions first, then the nearest known word.

import { editDistance } from '../../../core/nearest.ts';

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
    const edits = distance(word.toLowerCase(), candidate.toLowerCase());
    if (edits >= fewest) continue;
    fewest = edits;
    best = candidate;
  }
  return best;
}

// Words longer than 100 characters are far from everything.
function distance(a: string, b: string): number {
  return Math.max(a.length, b.length) > 100 ? Infinity : editDistance(a, b);
}
