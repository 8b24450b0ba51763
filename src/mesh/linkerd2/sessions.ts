// Linkerd 2 room: sessions that the proxy passes on without looking into them (opaque TCP), as evidence for workloads that
// speak no HTTP. A session counts as answered only where bytes came back to who opened it; that a connection was accepted
// says nothing. Reads counters; judges nothing.

import type { Sample } from './metrics-page.ts';

const families = {
  accepted: 'inbound_tcp_authz_allow_total',
  opened: 'outbound_tcp_route_open_total',
  ended: 'outbound_tcp_route_close_total',
  closed: 'tcp_close_total',
  answered: 'tcp_write_bytes_total',
} as const;

/** Families of the metrics page that sessions are counted from; a page without them has no session. */
export const sessionFamilies: readonly string[] = Object.values(families);

/** Sessions since the proxy's start. */
export interface Sessions {
  /** Answered, open ones included. */
  good: number;
  /** Ended by an error. */
  broken: number;
}

/** Sessions in both directions. */
export function countSessions(samples: readonly Sample[]): Sessions {
  const inbound = byPort(samples, 'inbound', isMeshed);
  const outbound = byPort(samples, 'outbound', () => true);
  return [...inbound, ...outbound].reduce(
    (sum, { opened, broken, answered }) => ({
      good: sum.good + (answered > 0 ? Math.max(0, opened - broken) : 0),
      broken: sum.broken + broken,
    }),
    { good: 0, broken: 0 },
  );
}

interface PortCounts {
  opened: number;
  broken: number;
  answered: number;
}

type Direction = 'inbound' | 'outbound';

// The kubelet's TCP probes come from outside of the mesh and say that the application lives, not that anybody is served.
function byPort(samples: readonly Sample[], direction: Direction, counts: (sample: Sample) => boolean): PortCounts[] {
  const ports = new Map<string, PortCounts>();
  for (const sample of samples.filter((s) => isOpening(s, direction) && counts(s))) {
    const port = ports.get(portOf(sample)) ?? { opened: 0, broken: 0, answered: 0 };
    ports.set(portOf(sample), { ...port, opened: port.opened + sample.value });
  }
  for (const sample of samples) {
    const port = ports.get(portOf(sample));
    if (port === undefined || !counts(sample)) continue;
    if (isBreak(sample, direction)) port.broken += sample.value;
    if (isAnswer(sample, direction)) port.answered += sample.value;
  }
  return [...ports.values()];
}

function isMeshed({ labels }: Sample): boolean {
  return labels.get('tls') === 'true';
}

function portOf({ labels }: Sample): string {
  return labels.get('target_port') ?? '';
}

function isOpening({ name, labels }: Sample, direction: Direction): boolean {
  if (direction === 'inbound') return name === families.accepted;
  return name === families.opened && labels.get('route_name') !== 'undefined-port';
}

function isBreak({ name, labels }: Sample, direction: Direction): boolean {
  if (direction === 'inbound') return name === families.closed && isCallersSide(labels, direction) && labels.get('errno') !== '';
  return name === families.ended && labels.get('route_name') !== 'undefined-port' && labels.get('error') !== '';
}

function isAnswer({ name, labels }: Sample, direction: Direction): boolean {
  return name === families.answered && isCallersSide(labels, direction);
}

// The side of who opened the session; the other side of inbound sessions has no port.
function isCallersSide(labels: Sample['labels'], direction: Direction): boolean {
  return labels.get('direction') === direction && labels.get('peer') === 'src';
}
