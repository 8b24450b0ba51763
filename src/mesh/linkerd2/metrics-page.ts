// Linkerd 2 room: the proxy's metrics page as samples. Reads the text format only as far as counters need it; a page
// that was cut is refused. Pure.

/** One sample of the page. */
export interface Sample {
  name: string;
  labels: ReadonlyMap<string, string>;
  value: number;
}

/** Samples of the wanted families, or why the page can't be used. */
export type MetricsPage = { kind: 'samples'; samples: readonly Sample[] } | { kind: 'unusable'; reason: string };

/**
 * Reads a metrics page.
 * @param families names of the samples to keep; lines of others are not parsed
 */
export function readMetricsPage(text: string, families: ReadonlySet<string>): MetricsPage {
  // The proxy ends every page with this line (seen in all recordings); without it the page was cut.
  if (!/(^|\n)# EOF\s*$/.test(text)) return { kind: 'unusable', reason: 'the metrics page was cut: it does not end with # EOF' };
  const samples: Sample[] = [];
  for (const line of text.split('\n')) {
    const name = /^[a-zA-Z_:][\w:]*/.exec(line)?.[0];
    if (name === undefined || !families.has(name)) continue;
    const sample = readSample(name, line.slice(name.length));
    if (sample === undefined) return { kind: 'unusable', reason: `the metrics page has an unreadable line of ${name}` };
    samples.push(sample);
  }
  return { kind: 'samples', samples };
}

function readSample(name: string, rest: string): Sample | undefined {
  const parts = /^(?:\{((?:[^"{}]|"(?:[^"\\]|\\.)*")*)\})?[ \t]+(\S+)/.exec(rest);
  const value = Number(parts?.[2]);
  if (parts === null || !Number.isFinite(value) || value < 0) return undefined;
  const labels = new Map<string, string>();
  for (const [, key = '', text = ''] of (parts[1] ?? '').matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)) labels.set(key, unescape(text));
  return { name, labels, value };
}

function unescape(text: string): string {
  return text.replace(/\\(.)/g, (_all, character: string) => (character === 'n' ? '\n' : character));
}
