/**
 * Stand-in for Linkerd 1: from the calls that one l5d pod has seen, by name, to its metrics. The shape of every block (a name's service, its
 * client, the router's server) is that of the recorded state 03, the rest is the recorded idle state. Pure.
 */
import { recordedText } from '../recordings.ts';
import { parseMetricsJson } from './metrics.ts';

/** Calls to one name through one router. Fractions are rounded down when printed. */
export interface NameCount {
  readonly router: string;
  /** The logical name without `svc/`, as callers say it: `hello`, `flaky.shop`, `ext.test:443`. */
  readonly name: string;
  /** What it is bound to (`#/io.l5d.k8s/default/http/hello`); undefined for an unroutable name, which has no client. */
  readonly client: string | undefined;
  readonly requests: number;
  readonly failures: number;
  /** Class name under which failures are counted. */
  readonly exception: string;
  /** Whether a 60 s window with calls has ended, so that histograms are shown. */
  readonly windowed: boolean;
}

/** Ports of the routers' servers, TCP. */
export const routerPorts: Readonly<Record<string, number>> = { outgoing: 4140, incoming: 4141, 'outgoing-ds': 4142 };

/** The exceptions that the real one counts most, by what happened. */
export const exceptions = {
  /** A response that its classifier calls a failure (5xx). */
  response: 'com.twitter.finagle.service.ResponseClassificationSyntheticException',
  /** A name that binds to nothing. */
  unroutable: 'com.twitter.finagle.naming.buoyant.RichNoBrokersAvailableException',
} as const;

const isHistogram = (path: string): boolean => /\.(sum|avg|min|max|p\d+)$/.test(path);

/** All metrics of a pod that has seen these calls. */
export function metricsAfter(counts: readonly NameCount[]): Map<string, string> {
  const metrics = new Map(idle());
  for (const router of new Set(counts.map((count) => count.router))) {
    const through = counts.filter((count) => count.router === router);
    const server = `rt/${router}/server/0.0.0.0/${routerPorts[router] ?? 0}/`;
    copy(metrics, 'rt/outgoing/server/127.0.0.1/4140/', server, windowedOf(through));
    fill(metrics, server, total(through), dominant(through));
  }
  for (const count of counts) addName(metrics, count);
  return metrics;
}

function addName(metrics: Map<string, string>, count: NameCount): void {
  const service = `rt/${count.router}/service/svc/${count.name}/`;
  copy(metrics, 'rt/outgoing/service/svc/hello/', service, count.windowed);
  fill(metrics, service, count, count.exception);
  if (count.client === undefined) return;
  const client = `rt/${count.router}/client/${count.client}/`;
  const known = Number(metrics.get(`${client}requests`) ?? 0);
  const knownFailures = Number(metrics.get(`${client}failures`) ?? 0);
  copy(metrics, 'rt/outgoing/client/#/io.l5d.fs/hello/', client, count.windowed);
  fill(metrics, client, { requests: count.requests + known, failures: count.failures + knownFailures }, count.exception);
  const both = `${client}service/svc/${count.name}/`;
  copy(metrics, 'rt/outgoing/client/#/io.l5d.fs/hello/service/svc/hello/', both, count.windowed);
  fill(metrics, both, count, count.exception);
}

const idle = lazily(() => {
  const recorded = parseMetricsJson(recordedText('linkerd1/fs/01-idle.metrics.json'));
  return new Map([...recorded].map(([path, raw]) => [path.replace('/server/127.0.0.1/', '/server/0.0.0.0/'), raw]));
});
const busy = lazily(() => parseMetricsJson(recordedText('linkerd1/fs/03-success-only.metrics.json')));

function lazily<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}

/** Copies a recorded block under another path; without an ended window its histograms have a count of 0 and nothing else. */
function copy(metrics: Map<string, string>, from: string, to: string, windowed: boolean): void {
  for (const [path, raw] of busy()) {
    // A client's block also holds one block for each name that it serves; those are copied by their own call.
    const isNested = !from.includes('/service/') && path.startsWith(`${from}service/`);
    if (!path.startsWith(from) || isNested || (!windowed && isHistogram(path))) continue;
    metrics.set(to + path.slice(from.length), !windowed && path.endsWith('.count') ? '0' : raw);
  }
}

function fill(
  metrics: Map<string, string>,
  block: string,
  counted: { readonly requests: number; readonly failures: number },
  exception: string,
): void {
  const [requests, failures] = [Math.floor(counted.requests), Math.floor(counted.failures)];
  const set = (path: string, value: number): unknown => metrics.has(block + path) && metrics.set(block + path, String(value));
  set('requests', requests);
  set('failures', failures);
  set('success', requests - failures);
  for (const status of ['status/200', 'status/2XX']) set(status, requests - failures);
  set('status/5XX', failures);
  if (failures > 0) metrics.set(`${block}failures/${exception}`, String(failures));
}

function total(counts: readonly NameCount[]): { requests: number; failures: number } {
  const sum = (pick: (count: NameCount) => number): number => counts.reduce((all, count) => all + Math.floor(pick(count)), 0);
  return { requests: sum(({ requests }) => requests), failures: sum(({ failures }) => failures) };
}

const windowedOf = (counts: readonly NameCount[]): boolean => counts.some(({ windowed }) => windowed);
const dominant = (counts: readonly NameCount[]): string =>
  counts.find(({ failures }) => failures >= 1)?.exception ?? exceptions.response;
