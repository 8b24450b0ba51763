// Reader room: asks the admin servers of l5d pods, some at once, each question with a deadline and a limit in bytes, so that a dead
// pod costs one deadline and a sentence. What a page means is read elsewhere.

import { oncePerText } from '../../../core/once-per-text.ts';
import type { ConfigReading } from '../config/read.ts';
import { isSound, readLinkerdConfig } from '../config/read.ts';
import type { LinkerdConfig } from '../config/model.ts';
import type { NamesIo } from '../../names.ts';
import { listingNamers, readBoundNames } from './bound-names.ts';
import type { CountersReading } from './counters.ts';
import { readMetricsJson, readMetricsPrometheus } from './counters.ts';

/** One l5d pod. */
export interface L5dPod {
  readonly name: string;
  readonly namespace: string;
  readonly uid: string;
  readonly address: string;
}

/** What one pod answered. What it did not answer is absent, with a sentence in `problems`. */
export interface L5dAnswer {
  readonly pod: L5dPod;
  readonly base: string;
  readonly config?: LinkerdConfig;
  /** `/config.json` as it came, to tell pods with other configurations. */
  readonly configText?: string;
  readonly counters?: Extract<CountersReading, { ok: true }>;
  /** Names that its namers list; absent where none lists any. */
  readonly boundNames?: readonly string[];
  readonly problems: readonly string[];
}

/** How to ask. */
export interface AdminOptions {
  readonly adminPort: number;
  /** Milliseconds to the last byte of each answer. */
  readonly timeoutMs: number;
}

/** Linkerd 1 allows metrics pages of several MB where many names were called. */
export const MAX_METRICS_BYTES = 8 * 1024 * 1024;
const MAX_CONFIG_BYTES = 1024 * 1024;
// Pages of so many pods are held at once, 8 MiB each at most.
const AT_ONCE = 6;

/** Asks all pods. Never rejects. */
export async function askPods(
  http: NamesIo['http'],
  pods: readonly L5dPod[],
  options: AdminOptions,
): Promise<readonly L5dAnswer[]> {
  const answers: L5dAnswer[] = [];
  const waiting = pods.values();
  const worker = async (): Promise<void> => {
    for (const pod of waiting) answers.push(await askPod(http, pod, options));
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, pods.length) }, worker));
  return answers.toSorted((a, b) => (a.pod.name < b.pod.name ? -1 : 1));
}

async function askPod(http: NamesIo['http'], pod: L5dPod, { adminPort, timeoutMs }: AdminOptions): Promise<L5dAnswer> {
  const host = pod.address.includes(':') ? `[${pod.address}]` : pod.address;
  const base = `http://${host}:${adminPort}`;
  const asking: Asking = { http, base, timeoutMs };
  // Both at once: a pod that answers neither costs one deadline, not two.
  const [configuration, json] = await Promise.all([
    page(asking, '/config.json', MAX_CONFIG_BYTES),
    page(asking, '/admin/metrics.json', MAX_METRICS_BYTES),
  ]);
  const read = configuration.ok ? readOnce(configuration.body, readConfig) : { problem: configuration.why };
  if (read.config === undefined) return { pod, base, problems: [said(pod, read.problem ?? 'it has no configuration')] };
  const [counters, bound] = await Promise.all([countersOf(asking, read.config, json), boundNamesOf(asking, read.config)]);
  const problems = [read.problem, counters.ok ? undefined : counters.why, bound.problem].filter((text) => text !== undefined);
  return {
    pod,
    base,
    config: read.config,
    ...(configuration.ok && { configText: configuration.body }),
    ...(counters.ok && { counters }),
    ...(bound.names && { boundNames: bound.names }),
    problems: problems.map((problem) => said(pod, problem)),
  };
}

function said(pod: L5dPod, problem: string): string {
  return `l5d pod ${pod.namespace}/${pod.name}: ${problem}`;
}

interface Asking {
  readonly http: NamesIo['http'];
  readonly base: string;
  readonly timeoutMs: number;
}

type Page =
  | { readonly ok: true; readonly body: string }
  /** broken: it did not answer, or not wholly; asking it for more would cost another deadline. */
  | { readonly ok: false; readonly why: string; readonly broken?: true };

async function page({ http, base, timeoutMs }: Asking, path: string, maximumBytes: number): Promise<Page> {
  try {
    const { status, body } = await http(`${base}${path}`, { timeoutMs, maximumBytes });
    if (status === 200) return { ok: true, body };
    const why =
      status === 404 ? `${path} is hidden (404); look at admin.security in its configuration` : `${path} answers ${status}`;
    return { ok: false, why };
  } catch (error) {
    const why = `${path} does not answer: ${error instanceof Error ? error.message : String(error)}`;
    return { ok: false, why, broken: true };
  }
}

// Pods of one DaemonSet answer the same text, time and again.
const readOnce = oncePerText<ReadConfig>(8);

interface ReadConfig {
  readonly config?: LinkerdConfig;
  readonly problem?: string;
}

function readConfig(text: string): ReadConfig {
  const reading: ConfigReading = readLinkerdConfig(text);
  const [first] = reading.findings;
  if (reading.config === undefined || reading.config.routers.length === 0)
    return { problem: `/config.json can't be read: ${first?.message ?? 'it has no router'}` };
  return isSound(reading.findings) || first === undefined
    ? { config: reading.config }
    : { config: reading.config, problem: `/config.json: ${first.path}: ${first.message}` };
}

// Asked only where a namer would answer.
async function boundNamesOf(asking: Asking, config: LinkerdConfig): Promise<{ names?: readonly string[]; problem?: string }> {
  if (listingNamers(config).length === 0) return {};
  const answer = await page(asking, '/bound-names.json', MAX_CONFIG_BYTES);
  const names = answer.ok ? readBoundNames(answer.body) : answer.why;
  return typeof names === 'string' ? { problem: names } : { names };
}

// The JSON form is always there unless it is hidden; then a telemeter may show the same under a path of its own.
async function countersOf(asking: Asking, config: LinkerdConfig, json: Page): Promise<CountersReading> {
  const routers = config.routers.map((router) => router.label);
  const first: CountersReading = json.ok ? readMetricsJson(json.body, routers) : json;
  const telemeter = config.telemetry.find(({ kind }) => kind === 'io.l5d.prometheus');
  if (first.ok || telemeter === undefined || (!json.ok && json.broken === true)) return first;
  const text = await page(asking, telemeter.path ?? '/admin/metrics/prometheus', MAX_METRICS_BYTES);
  return text.ok ? readMetricsPrometheus(text.body, routers, telemeter.prefix) : first;
}
