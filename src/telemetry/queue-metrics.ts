// Telemetry room: metrics of work queues under the names of Kubernetes' own. Depths and ages are read when Prometheus asks.
import { Counter, Gauge, Histogram } from 'prom-client';
import type { Registry } from 'prom-client';
import type { QueueMetrics, WorkQueue } from '../runtime/work-queue.ts';

type Inspected = () => Pick<WorkQueue, 'depth' | 'running'>;

const SECONDS = [0.001, 0.005, 0.025, 0.1, 0.5, 1, 5, 10, 60, 300, 1_000];

/** Registers the metrics; the answer makes the ones of one queue. */
export function createQueueMetrics(registry: Registry): (name: string, queue: Inspected) => QueueMetrics {
  const registers = [registry];
  const queues = new Map<string, Inspected>();
  const labelNames = ['name'] as const;
  const counter = (rest: string, help: string): Counter<'name'> =>
    new Counter({ name: `workqueue_${rest}`, help, labelNames, registers });
  const histogram = (rest: string, help: string): Histogram<'name'> =>
    new Histogram({ name: `workqueue_${rest}`, help, labelNames, buckets: SECONDS, registers });
  const inspected = (rest: string, help: string, read: (queue: ReturnType<Inspected>) => number): void => {
    new Gauge({
      name: `workqueue_${rest}`,
      help,
      labelNames,
      registers,
      collect() {
        for (const [name, queue] of queues) this.set({ name }, read(queue()));
      },
    });
  };
  inspected('depth', 'Keys that wait for a worker.', (queue) => queue.depth());
  inspected('unfinished_work_seconds', 'Seconds of work in progress, summed.', (queue) => queue.running().totalSeconds);
  inspected('longest_running_processor_seconds', 'Age of the oldest running key.', (queue) => queue.running().longestSeconds);
  const adds = counter('adds_total', 'Keys asked for.');
  const retries = counter('retries_total', 'Keys asked for again after a failure.');
  const waited = histogram('queue_duration_seconds', 'How long a key waited for a worker.');
  const worked = histogram('work_duration_seconds', 'How long a key was worked on.');
  return (name, queue) => {
    queues.set(name, queue);
    return {
      added: () => adds.inc({ name }),
      retried: () => retries.inc({ name }),
      started: (seconds) => waited.observe({ name }, seconds),
      finished: (seconds) => worked.observe({ name }, seconds),
    };
  };
}
