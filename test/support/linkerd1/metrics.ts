/**
 * Stand-in for Linkerd 1: its metrics as a flat list of paths, and the two forms in which the real one prints them. Numbers are kept as they
 * were printed (`2.0`, `1.79E12`). Rules read off test/recordings/linkerd1/fs, where both forms were taken one after the other.
 */

/** Metric path (`rt/outgoing/service/svc/hello/requests`) → number as printed. In order. */
export type Metrics = ReadonlyMap<string, string>;

/** Reads `/admin/metrics.json` without touching a number. */
export function parseMetricsJson(text: string): Map<string, string> {
  const entries = [...text.matchAll(/"((?:[^"\\]|\\.)*)":([-+.0-9eE]+)/g)];
  return new Map(entries.map(([, path = '', raw = '']) => [path, raw]));
}

/** Prints `/admin/metrics.json`. */
export function printMetricsJson(metrics: Metrics): string {
  return `{${[...metrics].map(([path, raw]) => `"${path}":${raw}`).join(',')}}`;
}

/** Prints `/admin/metrics/prometheus`: no comment lines, labels joined by ", ", a histogram without samples left out. */
export function printPrometheus(metrics: Metrics): string {
  return [...metrics]
    .filter(([path, raw]) => !(path.endsWith('.count') && Number(raw) === 0 && !metrics.has(path.replace(/count$/, 'max'))))
    .map(([path, raw]) => `${prometheusId(path)} ${raw}\n`)
    .join('');
}

const quantiles: Readonly<Record<string, string>> = {
  min: '0',
  p50: '0.5',
  p90: '0.9',
  p95: '0.95',
  p99: '0.99',
  p9990: '0.999',
  p9999: '0.9999',
  max: '1',
};

const bound = String.raw`#/io\.l5d\.fs/[^/]+|#/io\.l5d\.k8s/[^/]+/[^/]+/[^/]+|\$/inet/[^/]+/[^/]+|\$/io\.buoyant\.rinet/[^/]+/[^/]+`;
const transformer = String.raw`%/io\.l5d\.(?:localhost|k8s\.localnode/[^/]+|k8s\.daemonset/[^/]+/[^/]+/[^/]+)/`;
/** Parts of a path that become labels, outermost first. */
const labelled: readonly (readonly [string, RegExp])[] = [
  ['rt', /^rt\/([^/]+)\//],
  ['server', /^server\/([^/]+\/[^/]+)\//],
  ['client', new RegExp(`^client/((?:${transformer})?(?:${bound}))/`)],
  ['service', /^service\/(svc(?:\/[^/]+)?)\//],
];

/** Name and labels of one path in the Prometheus form. */
export function prometheusId(path: string): string {
  const [, stem = path, statistic = ''] = /^(.*)\.(count|sum|avg|min|max|p\d+)$/.exec(path) ?? [];
  const { scopes, labels, rest } = stem.startsWith('rt/') ? takeLabels(stem) : { scopes: [], labels: [], rest: stem };
  const quantile = quantiles[statistic];
  if (quantile !== undefined) labels.push(`quantile="${quantile}"`);
  const name = [...scopes, ...rest.replace(threadName, 'per_thread/finagle_').split('/')]
    .map((scope) => scope.replaceAll(/[^a-zA-Z0-9:]/g, '_'))
    .join(':');
  const suffix = statistic === '' || quantile !== undefined ? '' : `_${statistic}`;
  return `${name}${suffix}${labels.length === 0 ? '' : `{${labels.join(', ')}}`}`;
}

/** Finagle's thread names hold a slash inside one scope. */
const threadName = 'per_thread/finagle/';

interface Labelled {
  readonly scopes: readonly string[];
  readonly labels: string[];
  readonly rest: string;
}

function takeLabels(stem: string): Labelled {
  const scopes: string[] = [];
  const labels: string[] = [];
  let rest = stem;
  for (const [label, pattern] of labelled) {
    const found = pattern.exec(rest);
    if (found === null) continue;
    scopes.push(label);
    labels.push(`${label}="${found[1] ?? ''}"`);
    rest = rest.slice(found[0].length);
  }
  // Below a client's block for one name the exception stays in the metric's name.
  const failed = scopes.length > 2 ? null : /^(failures|exn)\/(.+)$/.exec(rest);
  if (failed === null) return { scopes, labels, rest };
  return { scopes, labels: [...labels, `exception="${failed[2] ?? ''}"`], rest: failed[1] ?? rest };
}
