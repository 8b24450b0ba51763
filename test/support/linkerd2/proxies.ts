/**
 * Stand-in for Linkerd 2: the admin port (4191) of every proxy in a test cluster. Only pods that have a `linkerd-proxy` container answer.
 * `/ready`, `/live` and `/metrics` as in test/recordings/linkerd2/proxy-metrics; how each proxy behaves is set by its pod or by a test.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { KubeClient } from '../../../src/kube/client.ts';
import { printExposition } from '../exposition.ts';
import type { Family } from '../exposition.ts';
import type { Pod } from '../pod.ts';
import type { PodDirectory } from '../pod-directory.ts';
import { followPods } from '../pod-directory.ts';
import { startPodServer } from '../pod-server.ts';
import { recordedText } from '../recordings.ts';
import { familiesAfter } from './growth.ts';
import type { Behaviour, ProxyLife } from './proxy-behaviour.ts';
import { behaviourOf, live, newLife, rateOf } from './proxy-behaviour.ts';

/** A recorded state of test/recordings/linkerd2/proxy-metrics, served as it is but for the pod's own address, port and namespace. */
export interface RecordedState {
  readonly state: string;
  readonly side: 'client' | 'server';
}

/** What a test says about proxies; what it leaves out the pods say themselves. */
export interface ProxySetting {
  readonly behaviour?: Behaviour;
  readonly requestsPerSecond?: number;
  readonly recorded?: RecordedState;
}

/** Which pods a setting is for: all that match everything given. `workload` is the start of their names. */
export interface PodSelector {
  readonly namespace?: string;
  readonly workload?: string;
  readonly labels?: Readonly<Record<string, string>>;
}

/** The running stand-in. */
export interface Proxies {
  /** From now on; later settings win over earlier ones. Counters go on from where they are. */
  set(selector: PodSelector, setting: ProxySetting): void;
  /** The proxies start anew: counters from zero. */
  restart(selector: PodSelector): void;
  /** The port it listens on. */
  readonly port: number;
  /** Requests answered so far. */
  answered(): number;
  close(): Promise<void>;
}

/** Where it listens and what time it is. */
export interface ProxiesOptions {
  /** Milliseconds since 1970; the machine's clock when absent. */
  readonly clock?: () => number;
  /** 4191 when absent; 0 for any free one. */
  readonly port?: number;
}

/** Follows the cluster's pods and listens on 4191 of every address. Must run inside the cluster's network. */
export async function startProxies(client: Pick<KubeClient, 'watch'>, options: ProxiesOptions = {}): Promise<Proxies> {
  const directory = await followPods(client);
  try {
    return await serveProxies(directory, options);
  } catch (error) {
    await directory.close();
    throw error;
  }
}

/** As `startProxies`, with the pods of a given directory. */
export async function serveProxies(directory: PodDirectory, options: ProxiesOptions = {}): Promise<Proxies> {
  const clock = options.clock ?? Date.now;
  const settings: { selector: PodSelector; setting: ProxySetting }[] = [];
  const lives = new Map<string, ProxyLife>();
  let answered = 0;

  const settingOf = (pod: Pod): ProxySetting =>
    Object.assign({}, ...settings.filter(({ selector }) => matches(pod, selector)).map(({ setting }) => setting)) as ProxySetting;
  const count = (pod: Pod): { life: ProxyLife; behaviour: Behaviour; recorded: RecordedState | undefined } => {
    const said = settingOf(pod);
    const behaviour = said.behaviour ?? behaviourOf(pod);
    const key = pod.metadata.uid ?? '';
    const life = live(
      lives.get(key) ?? newLife(startOf(pod, clock())),
      behaviour,
      said.requestsPerSecond ?? rateOf(pod),
      clock(),
    );
    lives.set(key, life);
    return { life, behaviour, recorded: said.recorded };
  };
  const selected = (selector: PodSelector): Pod[] =>
    [...directory.pods()].filter((pod) => hasProxy(pod) && matches(pod, selector));

  const handle = (pod: Pod, request: IncomingMessage, response: ServerResponse): boolean => {
    if (!hasProxy(pod)) return false;
    const { life, behaviour, recorded } = count(pod);
    if (behaviour === 'unreachable') return false;
    answered += 1;
    const path = (request.url ?? '').split('?', 1)[0];
    if (path === '/ready') ready(response, behaviour !== 'never-ready');
    else if (path === '/live') text(response, 'live\n');
    else if (path === '/metrics') text(response, forPod(recorded ? recordedMetrics(recorded) : metrics(life), pod));
    else response.writeHead(404).end();
    return true;
  };
  const server = await startPodServer({ port: options.port ?? 4191, directory, handle });

  return {
    set: (selector, setting) => {
      for (const pod of selected(selector)) count(pod);
      settings.push({ selector, setting });
    },
    restart: (selector) => {
      for (const pod of selected(selector)) lives.set(pod.metadata.uid ?? '', newLife(clock()));
    },
    port: server.port,
    answered: () => answered,
    close: async () => {
      await server.close();
      await directory.close();
    },
  };
}

function matches({ metadata }: Pod, { namespace, workload, labels = {} }: PodSelector): boolean {
  return (
    (namespace === undefined || metadata.namespace === namespace) &&
    (workload === undefined || metadata.name === workload || (metadata.name ?? '').startsWith(`${workload}-`)) &&
    Object.entries(labels).every(([key, value]) => metadata.labels?.[key] === value)
  );
}

function hasProxy({ spec }: Pod): boolean {
  return [...spec.containers, ...(spec.initContainers ?? [])].some(({ name }) => name === 'linkerd-proxy');
}

/** The pod's own start, unless a test's clock is not there yet. */
function startOf(pod: Pod, nowMs: number): number {
  const started = Date.parse(String(pod.status?.['startTime']));
  return started <= nowMs ? started : nowMs;
}

function ready(response: ServerResponse, isReady: boolean): void {
  if (isReady) text(response, 'ready\n');
  else response.writeHead(503, { 'content-length': 10 }).end('not ready\n');
}

function text(response: ServerResponse, body: string): void {
  response.writeHead(200, { 'content-type': 'text/plain', 'content-length': Buffer.byteLength(body) }).end(body);
}

function metrics(life: ProxyLife): string {
  return printExposition(familiesAfter(life.seen).map((family) => withStart(family, life.startedAtMs)));
}

function withStart({ comment, samples }: Family, startedAtMs: number): Family {
  const started = (startedAtMs / 1000).toFixed(3);
  return { comment, samples: samples.map((sample) => (sample.id === startId ? { id: startId, raw: started } : sample)) };
}

const startId = 'process_start_time_seconds';

function recordedMetrics({ state, side }: RecordedState): string {
  return recordedText(`linkerd2/proxy-metrics/${state}/${side}.metrics.txt`);
}

/** The recorded server was 10.245.0.59:8080 in namespace `mesh`. */
function forPod(exposition: string, { metadata, spec, status }: Pod): string {
  const port = String(spec.containers.find(({ name }) => name !== 'linkerd-proxy')?.ports?.[0]?.containerPort ?? 8080);
  return exposition
    .replaceAll('10.245.0.59', status?.podIP ?? '')
    .replaceAll(':8080"', `:${port}"`)
    .replaceAll('port="8080"', `port="${port}"`)
    .replaceAll('.mesh.serviceaccount.', `.${metadata.namespace ?? ''}.serviceaccount.`)
    .replaceAll('namespace="mesh"', `namespace="${metadata.namespace ?? ''}"`);
}
