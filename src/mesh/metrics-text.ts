// Metrics text: samples of a page in the Prometheus text format, scanned once from its beginning to its end. Pages come from
// pods, so from anybody: work grows with the page's length alone, its lines are limited, and nothing is kept of a sample.
// Knows no mesh.

/** One sample. It lives for one visit only: the next sample is read into the same object. */
export interface Sample {
  readonly name: string;
  /** The wanted labels that the sample has. */
  readonly labels: ReadonlyMap<string, string>;
  readonly value: number;
}

/** What is wanted of a page; everything else is passed over. */
export interface Wanted {
  /** Names of samples. */
  readonly families: ReadonlySet<string>;
  /** Names of labels. */
  readonly labels: ReadonlySet<string>;
}

/** Lines of a page, empty ones and comments included. Proxies with hundreds of destinations have some ten thousand. */
export const MAX_LINES = 60_000;

/**
 * Visits the wanted samples of a page.
 * @returns a sentence where the page can't be used, undefined when all of it was read
 */
export function scanMetrics(text: string, wanted: Wanted, visit: (sample: Sample) => void): string | undefined {
  const labels = new Map<string, string>();
  let lines = 0;
  for (let start = 0; start < text.length;) {
    const found = text.indexOf('\n', start);
    const end = found < 0 ? text.length : found;
    lines += 1;
    if (lines > MAX_LINES) return `the metrics page has more than ${MAX_LINES} lines`;
    const name = text.slice(start, nameEnd(text, start, end));
    if (wanted.families.has(name)) {
      labels.clear();
      const value = readRest(text, { start: start + name.length, end }, wanted.labels, labels);
      if (value === undefined) return `the metrics page has an unreadable line of ${name}`;
      visit({ name, labels, value });
    }
    start = end + 1;
  }
  return undefined;
}

/** The name of the sample of a line; empty where it has none. */
export function sampleName(line: string): string {
  return line.slice(0, nameEnd(line, 0, line.length));
}

interface Span {
  readonly start: number;
  readonly end: number;
}

// No family or label that anybody wants is longer: what is longer is no name.
const maximumName = 100;

function nameEnd(text: string, start: number, end: number): number {
  const last = Math.min(end, start + maximumName);
  let at = start;
  while (at < last && isNamed(text.charCodeAt(at))) at += 1;
  return at;
}

/** Letters, digits, underscore, colon. */
function isNamed(code: number): boolean {
  return (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || (code >= 48 && code <= 58) || code === 95;
}

/** Reads the labels and the value behind a name; undefined where they are broken, or the value is no count. */
function readRest(
  text: string,
  { start, end }: Span,
  wanted: ReadonlySet<string>,
  into: Map<string, string>,
): number | undefined {
  const after = text[start] === '{' ? readLabels(text, { start: start + 1, end }, wanted, into) : start;
  if (after === undefined) return undefined;
  const from = skipBlanks(text, after, end);
  if (from === after || from === end) return undefined;
  let to = from;
  while (to < end && !isBlank(text[to])) to += 1;
  const value = Number(text.slice(from, to));
  return Number.isFinite(value) && value >= 0 ? value : undefined;
}

/** Reads labels up to the closing brace, and answers where it goes on; undefined where it can't be read. */
function readLabels(
  text: string,
  { start, end }: Span,
  wanted: ReadonlySet<string>,
  into: Map<string, string>,
): number | undefined {
  let at = start;
  while (at < end) {
    at = skipBlanks(text, at, end);
    if (text[at] === '}') return at + 1;
    const to = nameEnd(text, at, end);
    if (to === at || text[to] !== '=' || text[to + 1] !== '"') return undefined;
    const close = closingQuote(text, to + 2, end);
    if (close === undefined) return undefined;
    const name = text.slice(at, to);
    if (wanted.has(name)) into.set(name, unescape(text.slice(to + 2, close)));
    at = skipBlanks(text, close + 1, end);
    if (text[at] === ',') at += 1;
    else if (text[at] !== '}') return undefined;
  }
  return undefined;
}

function closingQuote(text: string, start: number, end: number): number | undefined {
  for (let at = start; at < end; at += 1) {
    if (text[at] === '"') return at;
    if (text[at] === '\\') at += 1;
  }
  return undefined;
}

function skipBlanks(text: string, start: number, end: number): number {
  let at = start;
  while (at < end && isBlank(text[at])) at += 1;
  return at;
}

function isBlank(character: string | undefined): boolean {
  return character === ' ' || character === '\t' || character === '\r';
}

function unescape(text: string): string {
  return text.includes('\\') ? text.replace(/\\(.)/g, (_all, character: string) => (character === 'n' ? '\n' : character)) : text;
}
