// Linkerd 2 room: the proxy's metrics page as samples, one after the other. A page that was cut is refused. Pure.

import { scanMetrics } from '../metrics-text.ts';
import type { Sample } from '../metrics-text.ts';

export type { Sample } from '../metrics-text.ts';

const labels: ReadonlySet<string> = new Set([
  'classification',
  'direction',
  'errno',
  'error',
  'peer',
  'route_name',
  'target_port',
  'tls',
]);

/**
 * Visits the samples of a metrics page, each with the labels that are counted by.
 * @param families names of the samples to visit; lines of others are not parsed
 * @returns a sentence where the page can't be used
 */
export function readMetricsPage(
  text: string,
  families: ReadonlySet<string>,
  visit: (sample: Sample) => void,
): string | undefined {
  // Newer proxies end every page with "# EOF" (seen in all recordings), those of 2.14 only the line: HTTP tells of what was cut
  // between two lines.
  if (!isWhole(text)) return 'the metrics page was cut: its last line has no end';
  return scanMetrics(text, { families, labels }, visit);
}

function isWhole(text: string): boolean {
  if (text.endsWith('\n')) return true;
  const end = text.trimEnd();
  return end === '# EOF' || end.endsWith('\n# EOF');
}
