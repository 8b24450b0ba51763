// Linkerd 2 room: what a proxy's admin port says about its health. What can't be read is unreachable with the reason,
// never zero trouble. Reads answers; somebody else asks.

import type { ProxyReading } from '../../core/observation.ts';
import type { AskedProxy, LivePod, ProxyProbe } from '../adapter.ts';
import { sampleName } from '../metrics-text.ts';
import { readMetricsPage } from './metrics-page.ts';
import type { Sample } from './metrics-page.ts';
import { adminPortName, proxyContainer, proxyPorts } from './names.ts';
import { SessionCounts, sessionFamilies } from './sessions.ts';

// Seen of the real proxy: 3 s after a port was added it still reset connections to it, 45 s after it no longer did.
const portsRememberedSeconds = 45;

/** Asks the proxy's admin port. */
export const linkerd2Probe: ProxyProbe = {
  portOf: adminPortOf,
  readyPath: '/ready',
  metricsPath: '/metrics',
  portsRememberedSeconds,
  keeps: (line) => line === '# EOF' || wanted.has(sampleName(line)),
  read: readProxy,
};

const families = {
  requests: 'request_total',
  responses: 'response_total',
  httpErrors: 'outbound_http_errors_total',
  tcpErrors: 'outbound_tcp_errors_total',
  closed: 'outbound_tcp_route_close_total',
  deniedHttp: 'inbound_http_authz_deny_total',
  deniedTcp: 'inbound_tcp_authz_deny_total',
} as const;

// The kubelet's probes of the proxy itself are counted in both from the start on, so a page without them is no page.
const needed = [families.requests, families.responses];
const wanted: ReadonlySet<string> = new Set([...Object.values(families), ...sessionFamilies]);

// Annotations and Helm values may move it, so the injected container is asked.
function adminPortOf({ spec }: LivePod): number | undefined {
  const containers = [...(spec?.containers ?? []), ...(spec?.initContainers ?? [])];
  const proxy = containers.find(({ name }) => name === proxyContainer);
  return proxy && (proxy.ports?.find(({ name }) => name === adminPortName)?.containerPort ?? proxyPorts.admin);
}

function readProxy(ready: { status: number; body: string }, metrics: string, asked: AskedProxy): ProxyReading {
  const isReady = readReady(ready);
  if (isReady === undefined)
    return unreachable(`/ready answered ${ready.status} ${JSON.stringify(ready.body.slice(0, 40))}, neither ready nor not ready`);
  if (!isReady && metrics === '') return { ...silent, ready: false };
  const traffic = new Traffic(asked);
  const seen = new Set<string>();
  const refused = readMetricsPage(metrics, wanted, (sample) => {
    seen.add(sample.name);
    traffic.add(sample);
  });
  if (refused !== undefined) return unreachable(refused);
  const missing = needed.find((family) => !seen.has(family));
  if (missing !== undefined) return unreachable(`the metrics page has no ${missing}`);
  return { kind: 'answered', ready: isReady, ...traffic.counted() };
}

const nothing = {
  success: 0,
  failure: 0,
  served: { requests: 0, success: 0 },
  hanging: 0,
  undefinedPortResets: 0,
  connectionErrors: 0,
  refusedCalls: 0,
};
const silent = { kind: 'answered', ...nothing } as const;

function readReady({ status, body }: { status: number; body: string }): boolean | undefined {
  if (status === 200 && body.trim() === 'ready') return true;
  return status === 503 ? false : undefined;
}

/** Sums of a page, taken while it is read. */
class Traffic {
  private requests = 0;
  private success = 0;
  private readonly served = { requests: 0, success: 0 };
  private failure = 0;
  private httpErrors = 0;
  private tcpErrors = 0;
  private undefinedPortResets = 0;
  private readonly sessions = new SessionCounts();
  private refusedCalls = 0;
  private readonly adminPort: string;
  private readonly tcpProbed: ReadonlySet<string>;

  constructor({ port, pod: { spec } }: AskedProxy) {
    this.adminPort = String(port);
    const containers = [...(spec?.containers ?? []), ...(spec?.initContainers ?? [])];
    this.tcpProbed = new Set(containers.flatMap(({ tcpProbed = [] }) => tcpProbed.map(String)));
  }

  add(sample: Sample): void {
    this.sessions.add(sample);
    if (isTraffic(sample, this.adminPort)) this.addTraffic(sample);
    const { name, value } = sample;
    if (name === families.httpErrors) this.httpErrors += value;
    if (name === families.tcpErrors) this.tcpErrors += value;
    if (name === families.closed && isUndefinedPort(sample)) this.undefinedPortResets += value;
    if (this.isRefusedCall(sample)) this.refusedCalls += value;
  }

  private addTraffic({ name, labels, value }: Sample): void {
    if (name === families.requests) this.requests += value;
    if (name !== families.responses) return;
    const succeeded = labels.get('classification') === 'success';
    if (succeeded) this.success += value;
    else this.failure += value;
    if (labels.get('direction') !== 'inbound') return;
    this.served.requests += value;
    if (succeeded) this.served.success += value;
  }

  // Whoever is in the mesh and refused was meant to be. A connection of the kubelet to see whether a port is open looks like any
  // other that was refused; its requests have a route of their own.
  private isRefusedCall({ name, labels }: Sample): boolean {
    const port = labels.get('target_port') ?? '';
    if (labels.get('tls') === 'true' || port === this.adminPort) return false;
    if (name === families.deniedHttp) return labels.get('route_name') !== 'probe';
    return name === families.deniedTcp && !this.tcpProbed.has(port);
  }

  counted() {
    const { success, failure, undefinedPortResets, refusedCalls, served } = this;
    const sessions = this.sessions.sum();
    // Each such reset is counted once more among the connection errors (seen in the recordings).
    const tcpErrors = Math.max(0, this.tcpErrors - undefinedPortResets);
    return {
      success: success + sessions.good,
      failure: failure + sessions.broken,
      served,
      hanging: Math.max(0, this.requests - success - failure),
      undefinedPortResets,
      connectionErrors: tcpErrors + this.httpErrors,
      refusedCalls,
    };
  }
}

// The admin port serves us and the kubelet. The kubelet probes the application, too, without an identity; those
// answers say that the application lives, not that anybody's calls succeed.
function isTraffic({ labels }: Sample, adminPort: string): boolean {
  if (labels.get('direction') === 'inbound' && labels.get('target_port') === adminPort) return false;
  return !(labels.get('route_name') === 'probe' && labels.get('tls') === 'no_identity');
}

function isUndefinedPort({ labels }: Sample): boolean {
  return labels.get('route_name') === 'undefined-port' && labels.get('error') === 'forbidden';
}

function unreachable(reason: string): ProxyReading {
  return { kind: 'unreachable', reason };
}
