// Telemetry room: the Prometheus registry and the metrics every controller has, under the names stock dashboards know.
// What they mean for a migration is not known here: such metrics are added to `registry` by their own room.
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { RequestRecord } from '../kube/client.ts';
import type { ReconcileMetrics } from '../runtime/controller.ts';
import type { ReflectorMetrics } from '../runtime/reflector.ts';
import type { QueueMetrics, WorkQueue } from '../runtime/work-queue.ts';
import { createReflectorMetrics } from './reflector-metrics.ts';
import { createQueueMetrics } from './queue-metrics.ts';

/** All metrics of a process. */
export interface Metrics {
  /** For further metrics: `new Gauge({ registers: [metrics.registry], … })`. Labels must be bounded. */
  readonly registry: Registry;
  reconcile(controller: string): ReconcileMetrics;
  /** `queue` may be created after this; its depth is read when somebody asks. */
  queue(name: string, queue: () => Pick<WorkQueue, 'depth' | 'running'>): QueueMetrics;
  /** `ageMs` since the server was last heard. */
  reflector(resource: string, ageMs: () => number): ReflectorMetrics;
  request(record: RequestRecord): void;
  leader(name: string, leading: boolean): void;
  event(outcome: 'sent' | 'dropped'): void;
  readonly contentType: string;
  /** Everything in Prometheus' text format. */
  text(): Promise<string>;
}

const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

/** Metrics in a registry of their own; `prefix` starts the names of what is not standard, e.g. 'meshmigration'. */
export function createMetrics(prefix: string): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const leader = new Gauge({
    name: 'leader_election_master_status',
    help: '1 while this process is the leader, else 0.',
    labelNames: ['name'],
    registers,
  });
  const events = new Counter({
    name: `${prefix}_events_total`,
    help: 'Kubernetes Events, by what became of them (sent, dropped).',
    labelNames: ['outcome'],
    registers,
  });
  return {
    registry,
    reconcile: createReconcileMetrics(registry),
    queue: createQueueMetrics(registry),
    reflector: createReflectorMetrics(registry, prefix),
    request: createRequestMetrics(registry),
    leader: (name, leading) => leader.set({ name }, leading ? 1 : 0),
    event: (outcome) => events.inc({ outcome }),
    contentType: registry.contentType,
    text: () => registry.metrics(),
  };
}

function createReconcileMetrics(registry: Registry): Metrics['reconcile'] {
  const registers = [registry];
  const labelNames = ['controller'] as const;
  const name = (rest: string): string => `controller_runtime_${rest}`;
  const total = new Counter({
    name: name('reconcile_total'),
    help: 'Reconciles by how they ended (success, requeue_after, error).',
    labelNames: ['controller', 'result'],
    registers,
  });
  const counter = (rest: string, help: string): Counter<'controller'> =>
    new Counter({ name: name(rest), help, labelNames, registers });
  const gauge = (rest: string, help: string): Gauge<'controller'> => new Gauge({ name: name(rest), help, labelNames, registers });
  const errors = counter('reconcile_errors_total', 'Reconciles that failed.');
  const terminal = counter('terminal_reconcile_errors_total', 'Reconciles that failed in a way no repetition cures.');
  const panics = counter('reconcile_panics_total', 'Reconciles that failed by an error only wrong code throws.');
  const seconds = new Histogram({
    name: name('reconcile_time_seconds'),
    help: 'Duration of a reconcile.',
    labelNames,
    buckets: SECONDS,
    registers,
  });
  const most = gauge('max_concurrent_reconciles', 'Reconciles that may run at once.');
  const active = gauge('active_workers', 'Reconciles running now.');
  return (controller) => ({
    workers: (count) => most.set({ controller }, count),
    started: () => active.inc({ controller }),
    finished(outcome, took) {
      const failed = outcome === 'error' || outcome === 'terminal';
      active.dec({ controller });
      total.inc({ controller, result: failed ? 'error' : outcome });
      seconds.observe({ controller }, took);
      if (failed) errors.inc({ controller });
      if (outcome === 'terminal') terminal.inc({ controller });
    },
    panicked: () => panics.inc({ controller }),
  });
}

function createRequestMetrics(registry: Registry): Metrics['request'] {
  const registers = [registry];
  const total = new Counter({
    name: 'rest_client_requests_total',
    help: "Requests to the API server, by status code ('<error>' when there was no answer), method and host.",
    labelNames: ['code', 'method', 'host'],
    registers,
  });
  const seconds = new Histogram({
    name: 'rest_client_request_duration_seconds',
    help: 'Duration of a request; of a watch, until its headers.',
    labelNames: ['verb', 'host'],
    buckets: SECONDS,
    registers,
  });
  return ({ status, method, host, verb, durationMs }) => {
    total.inc({ code: status === 0 ? '<error>' : String(status), method, host });
    seconds.observe({ verb, host }, durationMs / 1_000);
  };
}
