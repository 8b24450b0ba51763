// Translate room, mapping table: servers, router settings, admin, telemetry, and what stands in no configuration.

import type { MappingRow } from './mapping.ts';
import { approximate, equivalent, lost, row } from './mapping.ts';

const DROP = lost('drop');
const ACCESS_LOG = approximate(
  'config.linkerd.io/access-log: apache or json',
  'on the inbound side, to the proxy’s standard output',
);

function each(prefix: string, names: string, fate: MappingRow['gateway']): readonly MappingRow[] {
  return names.split(' ').map((name) => row(`${prefix}${name}`, fate));
}

/** Rows of everything else. */
export const REST_ROWS: readonly MappingRow[] = [
  row(
    'deployment: DaemonSet with http_proxy',
    equivalent('sidecar by linkerd.io/inject', 'the variable goes; names and ports must lead to Services'),
  ),
  row('request: l5d-dtab header', lost('write HTTPRoute rules for the header; Linkerd 2 has no override by request')),
  row('request: l5d-ctx-*, l5d-sample headers', lost('tracing follows w3c or b3 headers, which applications must forward')),
  row(
    'response: l5d-err, l5d-retryable headers',
    lost('applications that read them must do without; errors of the proxy carry l5d-proxy-error'),
  ),
  ...each('routers[].', 'label originator experimental bindingTimeoutMs bindingCache announcers', DROP),
  ...each('routers[].', 'httpAccessLog h2AccessLog', ACCESS_LOG),
  ...each(
    'routers[].',
    'httpAccessLogRollPolicy httpAccessLogAppend httpAccessLogRotateCount',
    lost('the log goes to standard output'),
  ),
  ...each(
    'routers[].',
    'h2AccessLogRollPolicy h2AccessLogAppend h2AccessLogRotateCount',
    lost('the log goes to standard output'),
  ),
  ...each(
    'routers[].',
    'maxHeadersKB maxInitialLineKB maxErrResponseKB streamAfterContentLengthKB streamingEnabled',
    lost('the proxy streams; limits are its own'),
  ),
  row('routers[].compressionLevel', lost('the proxy does not compress; let the application do it')),
  row('routers[].tracePropagator', approximate('w3c and b3 headers', 'l5d-ctx-trace stops to exist')),
  row('routers[].servers', equivalent('the sidecar’s own ports', '4140 and 4143 on the pod, no host ports')),
  row('routers[].servers[].tls', equivalent('mTLS between meshed pods', 'callers without a proxy come in plain text')),
  row(
    'routers[].servers[].tls.requireClientAuth',
    equivalent(
      'default-inbound-policy: all-authenticated, or Server and AuthorizationPolicy',
      'only once every caller has moved',
    ),
  ),
  row('routers[].servers[].maxConcurrentRequests', lost('HTTPLocalRateLimitPolicy limits the rate, not the number at a time')),
  ...each('routers[].servers[].', 'announce label clearContext socketOptions serverSession maxCallDepth timeoutMs', DROP),
  ...each('routers[].servers[].', 'addForwardedHeader timestampHeader', lost('no counterpart; let the ingress add the header')),
  ...each('', 'admin usage', lost('drop; metrics and readiness of the proxy are on 4191', 'port 4191 of every pod')),
  row('telemetry[]', approximate('port 4191 of every pod', 'other names of metrics: rewrite dashboards and alerts'), {
    value: 'io.l5d.prometheus',
  }),
  row('telemetry[]', lost('by way of Prometheus'), { value: 'io.l5d.influxdb' }),
  row('telemetry[]', lost('by way of Prometheus'), { value: 'io.l5d.statsd' }),
  row('telemetry[]', approximate('proxy tracing by OpenTelemetry', 'applications must forward trace headers'), {
    value: 'io.l5d.zipkin',
  }),
  row('telemetry[]', lost('look at requests with linkerd viz tap'), { value: 'io.l5d.recentRequests' }),
  row('telemetry[]', lost('look at requests with linkerd viz tap'), { value: 'io.l5d.tracelog' }),
  row('telemetry[]', approximate('proxy tracing by OpenTelemetry', 'applications must forward trace headers')),
];
