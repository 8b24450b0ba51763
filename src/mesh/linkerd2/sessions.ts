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

/** Sessions in both directions, summed sample by sample. */
export class SessionCounts {
  private readonly inbound = new Map<string, PortCounts>();
  private readonly outbound = new Map<string, PortCounts>();

  add(sample: Sample): void {
    // The kubelet's TCP probes come from outside of the mesh and say that the application lives, not that anybody is served.
    if (isMeshed(sample)) count(this.inbound, sample, 'inbound');
    count(this.outbound, sample, 'outbound');
  }

  /** The sums of all ports on which a session was opened. */
  sum(): Sessions {
    let [good, broken] = [0, 0];
    for (const port of [...this.inbound.values(), ...this.outbound.values()]) {
      if (port.opened === undefined) continue;
      broken += port.broken;
      if (port.answered > 0) good += Math.max(0, port.opened - port.broken);
    }
    return { good, broken };
  }
}

interface PortCounts {
  /** Absent where no series of the port tells. */
  opened: number | undefined;
  broken: number;
  answered: number;
}

type Direction = 'inbound' | 'outbound';

function count(ports: Map<string, PortCounts>, sample: Sample, direction: Direction): void {
  const [opens, breaks, answers] = [isOpening(sample, direction), isBreak(sample, direction), isAnswer(sample, direction)];
  if (!opens && !breaks && !answers) return;
  const name = portOf(sample);
  const port = ports.get(name) ?? { opened: undefined, broken: 0, answered: 0 };
  ports.set(name, port);
  if (opens) port.opened = (port.opened ?? 0) + sample.value;
  if (breaks) port.broken += sample.value;
  if (answers) port.answered += sample.value;
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
