// Linkerd 2 room: what a proxy's admin port says about its health. What can't be read is unreachable with the reason,
// never zero trouble. Reads answers; somebody else asks.

import type { ProxyReading } from '../../core/observation.ts';
import type { ProxyProbe } from '../adapter.ts';
import { readMetricsPage } from './metrics-page.ts';
import type { Sample } from './metrics-page.ts';
import { proxyPorts } from './names.ts';
import { countSessions, sessionFamilies } from './sessions.ts';

/** Asks the proxy's admin port. */
export const linkerd2Probe: ProxyProbe = {
  port: proxyPorts.admin,
  readyPath: '/ready',
  metricsPath: '/metrics',
  read: readProxy,
};

const families = {
  requests: 'request_total',
  responses: 'response_total',
  httpErrors: 'outbound_http_errors_total',
  tcpErrors: 'outbound_tcp_errors_total',
  closed: 'outbound_tcp_route_close_total',
} as const;

// The kubelet's probes of the proxy itself are counted in both from the start on, so a page without them is no page.
const needed = [families.requests, families.responses];

function readProxy(ready: { status: number; body: string }, metrics: string): ProxyReading {
  const isReady = readReady(ready);
  if (isReady === undefined)
    return unreachable(`/ready answered ${ready.status} ${JSON.stringify(ready.body.slice(0, 40))}, neither ready nor not ready`);
  if (!isReady && metrics === '') return { ...silent, ready: false };
  const page = readMetricsPage(metrics, new Set([...Object.values(families), ...sessionFamilies]));
  if (page.kind === 'unusable') return unreachable(page.reason);
  const missing = needed.find((family) => !page.samples.some((sample) => sample.name === family));
  if (missing !== undefined) return unreachable(`the metrics page has no ${missing}`);
  return { kind: 'answered', ready: isReady, ...countTraffic(page.samples) };
}

const silent = { kind: 'answered', success: 0, failure: 0, hanging: 0, undefinedPortResets: 0, connectionErrors: 0 } as const;

function readReady({ status, body }: { status: number; body: string }): boolean | undefined {
  if (status === 200 && body.trim() === 'ready') return true;
  return status === 503 ? false : undefined;
}

function countTraffic(samples: readonly Sample[]) {
  const of = (name: string): Sample[] => samples.filter((sample) => sample.name === name);
  const requests = of(families.requests).filter(isTraffic);
  const responses = of(families.responses).filter(isTraffic);
  const undefinedPortResets = sum(of(families.closed).filter(isUndefinedPort));
  // Each such reset is counted once more among the connection errors (seen in the recordings).
  const tcpErrors = Math.max(0, sum(of(families.tcpErrors)) - undefinedPortResets);
  const sessions = countSessions(samples);
  return {
    success: sum(responses.filter((s) => s.labels.get('classification') === 'success')) + sessions.good,
    failure: sum(responses.filter((s) => s.labels.get('classification') !== 'success')) + sessions.broken,
    hanging: Math.max(0, sum(requests) - sum(responses)),
    undefinedPortResets,
    connectionErrors: tcpErrors + sum(of(families.httpErrors)),
  };
}

// The admin port serves us and the kubelet. The kubelet probes the application, too, without an identity; those
// answers say that the application lives, not that anybody's calls succeed.
function isTraffic({ labels }: Sample): boolean {
  if (labels.get('direction') === 'inbound' && labels.get('target_port') === String(proxyPorts.admin)) return false;
  return !(labels.get('route_name') === 'probe' && labels.get('tls') === 'no_identity');
}

function isUndefinedPort({ labels }: Sample): boolean {
  return labels.get('route_name') === 'undefined-port' && labels.get('error') === 'forbidden';
}

function sum(samples: readonly Sample[]): number {
  return samples.reduce((total, sample) => total + sample.value, 0);
}

function unreachable(reason: string): ProxyReading {
  return { kind: 'unreachable', reason };
}
