// Telemetry room: metrics of reflectors. Their ages are read when Prometheus asks.
import { Counter, Gauge } from 'prom-client';
import type { Registry } from 'prom-client';
import type { ReflectorMetrics } from '../runtime/reflector.ts';

/** Registers the metrics; the answer makes the ones of one resource. Several reflectors may share a resource: the oldest age counts. */
export function createReflectorMetrics(
  registry: Registry,
  prefix: string,
): (resource: string, ageMs: () => number) => ReflectorMetrics {
  const registers = [registry];
  const ages = new Map<string, Set<() => number>>();
  const counter = <L extends string>(rest: string, help: string, ...labelNames: L[]): Counter<L> =>
    new Counter({ name: `${prefix}_informer_${rest}`, help, labelNames, registers });
  new Gauge({
    name: `${prefix}_informer_last_event_age_seconds`,
    help: 'Seconds since the API server was last heard about the resource.',
    labelNames: ['resource'],
    registers,
    collect() {
      this.reset();
      for (const [resource, all] of ages) this.set({ resource }, Math.max(0, ...[...all].map((age) => age() / 1_000)));
    },
  });
  const events = counter('events_total', 'Changes received.', 'resource');
  const relists = counter('relists_total', 'Full lists, by why they were needed.', 'resource', 'reason');
  const failures = counter('failures_total', 'Connections that ended by a failure, by its kind.', 'resource', 'kind');
  const malformed = counter('malformed_total', 'Frames and objects that were not understood.', 'resource');
  const listeners = counter('listener_failures_total', 'Listeners that threw.', 'resource');
  return (resource, ageMs) => {
    const all = ages.get(resource) ?? new Set();
    ages.set(resource, all.add(ageMs));
    return {
      event: () => events.inc({ resource }),
      relisted: (reason) => relists.inc({ resource, reason }),
      failed: (kind) => failures.inc({ resource, kind }),
      malformed: () => malformed.inc({ resource }),
      listenerFailed: () => listeners.inc({ resource }),
      stopped: () => {
        all.delete(ageMs);
        if (all.size === 0) ages.delete(resource);
      },
    };
  };
}
