// The operator: watches, queues and reconcilers put together. Knows no environment, no arguments and no process.

import type { MadeName } from '../api/v1alpha1/namespace-migration.ts';
import type { Clock } from '../runtime/clock.ts';
import { runController } from '../runtime/controller.ts';
import type { Controller } from '../runtime/controller.ts';
import type { EventRecorder } from '../runtime/event-recorder.ts';
import type { Log } from '../runtime/log.ts';
import type { Reflector } from '../runtime/reflector.ts';
import { createWorkQueue } from '../runtime/work-queue.ts';
import type { WorkQueue } from '../runtime/work-queue.ts';
import type { KubeClient } from '../kube/client.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import type { AdmissionMode } from './admission-mode.ts';
import type { Appliers } from './apply.ts';
import { createConfiguration } from './configuration.ts';
import { createDenials } from './denials.ts';
import { askEarly } from './early-readings.ts';
import { createMigrationReconciler } from './migration-reconciler.ts';
import { createNamespaceReconciler } from './namespace-reconciler.ts';
import type { KubeObjectLike } from '../mesh/adapter.ts';
import type { NamesIo } from '../mesh/names.ts';
import { closedPlaces } from './names/closed.ts';
import { createNames } from './names/observe.ts';
import type { Observers } from './observe-namespace.ts';
import { createTrafficWatch } from './names/traffic.ts';
import { askCluster } from './preflight-facts.ts';
import { createRecentLooks } from './recent-looks.ts';
import { createLastDecided } from './last-decided.ts';
import { createReadings } from './readings.ts';
import type { HttpGet } from './readings.ts';
import type { Reporters } from './report.ts';
import { createSurroundings } from './surroundings.ts';
import { wireTriggers } from './triggers.ts';
import type { Queues } from './triggers.ts';
import { createViews } from './views.ts';
import type { Views } from './views.ts';

/** What an operator is made of. */
export interface OperatorOptions {
  client: KubeClient;
  /** Asks proxies in pods. */
  httpGet: HttpGet;
  clock: Clock;
  random: () => number;
  newId: () => string;
  log: Log;
  metrics: Metrics;
  events: EventRecorder;
  /** Throws when this process may not write any more. */
  fence: () => void;
  isExcluded: (namespace: string) => boolean;
  /** Namespace of the operator itself. */
  namespace: string;
  admission: AdmissionMode;
}

/** An operator whose watches run from `watch` on, and which acts from `lead` on. */
export interface Operator {
  watch(): void;
  /** Waits for the watches and begins to reconcile. */
  lead(): Promise<void>;
  stop(): Promise<void>;
  readonly reflectors: readonly Reflector<unknown>[];
}

const namespaceWorkers = 16;
// Milliseconds. The proxies of a rollout answer many at a time.
const answersMs = 5;
const migrationWorkers = 2;

/** An operator that is not started yet. */
export function createOperator(options: OperatorOptions): Operator {
  const queues = { migrations: queueOf(options, 'meshmigration'), namespaces: queueOf(options, 'namespacemigration') };
  const views = viewsOf(options, queues);
  wireTriggers(views, queues);
  const running: Controller[] = [];
  return {
    reflectors: views.reflectors,
    watch: () => views.reflectors.forEach((reflector) => reflector.start()),
    async lead() {
      await Promise.all(views.reflectors.map((reflector) => reflector.synced));
      running.push(...controllersOf(options, views, queues));
    },
    async stop() {
      await Promise.all(running.map((controller) => controller.stop()));
      await Promise.all([...views.reflectors.map((reflector) => reflector.stop()), views.pods.stop()]);
    },
  };
}

function viewsOf(options: OperatorOptions, queues: Queues): Views {
  const { client, clock, random, log, metrics } = options;
  const onPod = (namespace: string, delayMs: number): void => queues.namespaces.addAfter(namespace, delayMs, 'pod');
  return createViews({ client, clock, random, log, onPod, metrics: (resource, age) => metrics.reflector(resource, age) });
}

function observersOf(options: OperatorOptions, views: Views, queues: Queues): Observers {
  const { client, clock, isExcluded, httpGet } = options;
  const monotonicMs = (): number => clock.monotonicMs();
  const made = (): readonly MadeName[] => views.records.all().flatMap(({ object }) => object.status?.names ?? []);
  const { admission } = options;
  const surroundings = createSurroundings({ client, monotonicMs, admission, ownNamespace: () => ownNamespaceIn(views, options) });
  const closed = closedPlaces({ views, surroundings, isExcluded });
  const namespaces = (): readonly string[] => views.namespaces.all().map(({ name }) => name);
  const io: NamesIo = { http: httpGet, list: (question) => askCluster(client, question), made, namespaces };
  const traffic = createTrafficWatch({
    io,
    wallMs: () => clock.wallMs(),
    onLook: (migration) => queues.migrations.add(migration, 'traffic'),
  });
  return {
    client,
    views,
    surroundings,
    readings: createReadings({
      get: httpGet,
      monotonicMs,
      wallMs: () => clock.wallMs(),
      onAnswer: (namespace) => queues.namespaces.addAfter(namespace, answersMs, 'proxy'),
    }),
    configuration: createConfiguration(client, monotonicMs),
    names: createNames({
      client,
      io,
      monotonicMs,
      alongside: (migration, ask) => traffic.alongside(migration, ask),
      closed,
      made,
    }),
    traffic,
    recentLooks: createRecentLooks(monotonicMs),
    lastDecided: createLastDecided(),
  };
}

function ownNamespaceIn({ namespaces }: Views, { namespace: name }: OperatorOptions): KubeObjectLike {
  const labels = namespaces.get(name)?.labels;
  return { metadata: { name, ...(labels !== undefined && { labels }) } };
}

function controllersOf(options: OperatorOptions, views: Views, queues: Queues): Controller[] {
  const { client, clock, fence, isExcluded, events } = options;
  const monotonicMs = (): number => clock.monotonicMs();
  const observers = observersOf(options, views, queues);
  views.pods.onReady((pod) => askEarly(observers, pod));
  const writers = { client, views, fence, wallMs: () => clock.wallMs() };
  const appliers: Appliers = { ...writers, denials: createDenials(monotonicMs) };
  const reporters: Reporters = { ...writers, events, monotonicMs, writtenAt: new Map(), unstoredSince: new Map() };
  const shared = { observers, appliers, reporters, clock };
  const namespaces = createNamespaceReconciler(shared);
  const migrations = createMigrationReconciler({ ...shared, isExcluded });
  return [
    controllerOf(options, {
      name: 'namespacemigration',
      queue: queues.namespaces,
      workers: namespaceWorkers,
      reconcile: namespaces,
    }),
    controllerOf(options, { name: 'meshmigration', queue: queues.migrations, workers: migrationWorkers, reconcile: migrations }),
  ];
}

function queueOf(options: OperatorOptions, name: string): WorkQueue {
  const queue: WorkQueue = createWorkQueue({
    clock: options.clock,
    random: options.random,
    metrics: options.metrics.queue(name, () => queue),
    onEscape: (error, key) => options.log.error('a reconcile escaped its controller', { err: error, key }),
  });
  return queue;
}

type Parts = Pick<Parameters<typeof runController>[0], 'name' | 'queue' | 'workers' | 'reconcile'>;

function controllerOf(options: OperatorOptions, parts: Parts): Controller {
  const { clock, log, metrics, newId } = options;
  return runController({ ...parts, clock, log, metrics: metrics.reconcile(parts.name), newId });
}
