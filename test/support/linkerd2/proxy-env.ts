/**
 * Stand-in for Linkerd 2: the environment of the proxy container, in the recorded order.
 * Facts from test/recordings/linkerd2/injection/01-plain.json and the cases that differ from it.
 */
import type { EnvVar, Pod } from '../pod.ts';
import { inboundPorts } from './ports.ts';
import type { Annotations, InjectorValues, ProxyPorts } from './values.ts';
import { coresOf, proxyPorts, setting } from './values.ts';

/** What the proxy's environment is made from; `annotations` are the pod's after inheritance from the namespace. */
export interface EnvInput {
  readonly pod: Pod;
  readonly annotations: Annotations;
  readonly values: InjectorValues;
}

/** All variables of the proxy container. */
export function proxyEnv(input: EnvInput): EnvVar[] {
  const ports = proxyPorts(input.annotations);
  return [
    ...podFields(),
    ...cores(input.annotations),
    ...logging(input.annotations),
    ...controlPlane(input),
    ...timeouts(input.annotations),
    ...listeners(ports),
    ...inbound(input),
    ...keepAlives(input.annotations),
    ...protocol(input),
    ...identity(input.values),
    ...optional(input.annotations),
  ];
}

const plain = (name: string, value: string): EnvVar => ({ name, value });
const field = (name: string, fieldPath: string): EnvVar => ({ name, valueFrom: { fieldRef: { fieldPath } } });
const proxy = (name: string, value: string): EnvVar => plain(`LINKERD2_PROXY_${name}`, value);
const networks = '10.0.0.0/8,100.64.0.0/10,172.16.0.0/12,192.168.0.0/16,fd00::/8';
const isOn = (value: string): boolean => value === 'true' || value === 'enabled';

function podFields(): EnvVar[] {
  return [
    field('_pod_name', 'metadata.name'),
    field('_pod_ns', 'metadata.namespace'),
    field('_pod_uid', 'metadata.uid'),
    field('_pod_ip', 'status.podIP'),
    field('_pod_nodeName', 'spec.nodeName'),
    plain('_pod_containerName', 'linkerd-proxy'),
  ];
}

function cores(annotations: Annotations): EnvVar[] {
  const most = coresOf(annotations);
  const ratio = setting(annotations, 'proxy-cpu-ratio-limit', '');
  const identityPorts = setting(annotations, 'proxy-require-identity-inbound-ports', '');
  return [
    proxy('CORES', '1'),
    proxy('CORES_MIN', '1'),
    ...(most === undefined ? [] : [proxy('CORES_MAX', String(most))]),
    ...(ratio === '' ? [] : [proxy('CORES_MAX_RATIO', ratio)]),
    ...(identityPorts === '' ? [] : [proxy('INBOUND_PORTS_REQUIRE_IDENTITY', identityPorts)]),
    proxy('SHUTDOWN_ENDPOINT_ENABLED', String(isOn(setting(annotations, 'proxy-admin-shutdown', 'false')))),
  ];
}

function logging(annotations: Annotations): EnvVar[] {
  const level = setting(annotations, 'proxy-log-level', 'warn,linkerd=info,hickory=error');
  return [
    proxy('LOG', `${level},[{headers}]=off,[{request}]=off`),
    proxy('LOG_FORMAT', setting(annotations, 'proxy-log-format', 'plain')),
  ];
}

function controlPlane({ annotations, values }: EnvInput): EnvVar[] {
  const host = (service: string): string => `${service}.${values.controlPlaneNamespace}.svc.cluster.local.`;
  return [
    proxy('DESTINATION_SVC_ADDR', `${host('linkerd-dst-headless')}:8086`),
    proxy('DESTINATION_PROFILE_NETWORKS', networks),
    proxy('POLICY_SVC_ADDR', `${host('linkerd-policy')}:8090`),
    proxy('POLICY_WORKLOAD', '{"ns":"$(_pod_ns)", "pod":"$(_pod_name)"}\n'),
    proxy('INBOUND_DEFAULT_POLICY', setting(annotations, 'default-inbound-policy', 'all-unauthenticated')),
    proxy('POLICY_CLUSTER_NETWORKS', networks),
    proxy('CONTROL_STREAM_INITIAL_TIMEOUT', '3s'),
    proxy('CONTROL_STREAM_IDLE_TIMEOUT', '5m'),
    proxy('CONTROL_STREAM_LIFETIME', '1h'),
  ];
}

/** `5s` and `100ms` become milliseconds. */
function milliseconds(duration: string): string {
  return /^[0-9]+s$/.test(duration) ? `${String(Number(duration.slice(0, -1)) * 1000)}ms` : duration;
}

function timeouts(annotations: Annotations): EnvVar[] {
  return [
    proxy('INBOUND_CONNECT_TIMEOUT', milliseconds(setting(annotations, 'proxy-inbound-connect-timeout', '100ms'))),
    proxy('OUTBOUND_CONNECT_TIMEOUT', milliseconds(setting(annotations, 'proxy-outbound-connect-timeout', '1000ms'))),
    proxy('OUTBOUND_DISCOVERY_IDLE_TIMEOUT', setting(annotations, 'proxy-outbound-discovery-cache-unused-timeout', '5s')),
    proxy('INBOUND_DISCOVERY_IDLE_TIMEOUT', setting(annotations, 'proxy-inbound-discovery-cache-unused-timeout', '90s')),
  ];
}

function listeners(ports: ProxyPorts): EnvVar[] {
  return [
    proxy('CONTROL_LISTEN_ADDR', `0.0.0.0:${ports.control}`),
    proxy('ADMIN_LISTEN_ADDR', `0.0.0.0:${ports.admin}`),
    proxy('OUTBOUND_LISTEN_ADDR', `127.0.0.1:${ports.outbound}`),
    proxy('OUTBOUND_LISTEN_ADDRS', `127.0.0.1:${ports.outbound}`),
    proxy('INBOUND_LISTEN_ADDR', `0.0.0.0:${ports.inbound}`),
  ];
}

function inbound({ pod, annotations }: EnvInput): EnvVar[] {
  const suffixes = isOn(setting(annotations, 'enable-external-profiles', 'false')) ? '.' : 'svc.cluster.local.';
  return [
    field('LINKERD2_PROXY_INBOUND_IPS', 'status.podIPs'),
    proxy('INBOUND_PORTS', inboundPorts(pod)),
    ...(annotations['linkerd.io/inject'] === 'ingress' ? [proxy('INGRESS_MODE', 'true')] : []),
    proxy('DESTINATION_PROFILE_SUFFIXES', suffixes),
  ];
}

function keepAlives(annotations: Annotations): EnvVar[] {
  return [
    proxy('INBOUND_ACCEPT_KEEPALIVE', '10000ms'),
    proxy('OUTBOUND_CONNECT_KEEPALIVE', '10000ms'),
    proxy('INBOUND_ACCEPT_USER_TIMEOUT', '30s'),
    proxy('OUTBOUND_CONNECT_USER_TIMEOUT', '30s'),
    proxy('OUTBOUND_METRICS_HOSTNAME_LABELS', setting(annotations, 'proxy-metrics-hostname-labels', 'false')),
    proxy('INBOUND_SERVER_HTTP2_KEEP_ALIVE_INTERVAL', '10s'),
    proxy('INBOUND_SERVER_HTTP2_KEEP_ALIVE_TIMEOUT', '3s'),
    proxy('OUTBOUND_SERVER_HTTP2_KEEP_ALIVE_INTERVAL', '10s'),
    proxy('OUTBOUND_SERVER_HTTP2_KEEP_ALIVE_TIMEOUT', '3s'),
  ];
}

function protocol({ annotations, values }: EnvInput): EnvVar[] {
  return [
    proxy('INBOUND_PORTS_DISABLE_PROTOCOL_DETECTION', setting(annotations, 'opaque-ports', values.opaquePorts)),
    proxy('DESTINATION_CONTEXT', '{"ns":"$(_pod_ns)", "nodeName":"$(_pod_nodeName)", "pod":"$(_pod_name)"}\n'),
  ];
}

function identity(values: InjectorValues): EnvVar[] {
  const namespace = values.controlPlaneNamespace;
  const name = (account: string): string => `${account}.serviceaccount.identity.${namespace}.cluster.local`;
  return [
    field('_pod_sa', 'spec.serviceAccountName'),
    plain('_l5d_ns', namespace),
    plain('_l5d_trustdomain', 'cluster.local'),
    proxy('IDENTITY_DIR', '/var/run/linkerd/identity/end-entity'),
    proxy('IDENTITY_TRUST_ANCHORS', values.trustAnchorsPem),
    proxy('IDENTITY_TOKEN_FILE', '/var/run/secrets/tokens/linkerd-identity-token'),
    proxy('IDENTITY_SVC_ADDR', `linkerd-identity-headless.${namespace}.svc.cluster.local.:8080`),
    proxy('IDENTITY_LOCAL_NAME', name('$(_pod_sa).$(_pod_ns)')),
    proxy('IDENTITY_SVC_NAME', name(`linkerd-identity.${namespace}`)),
    proxy('DESTINATION_SVC_NAME', name(`linkerd-destination.${namespace}`)),
    proxy('POLICY_SVC_NAME', name(`linkerd-destination.${namespace}`)),
  ];
}

function optional(annotations: Annotations): EnvVar[] {
  const access = setting(annotations, 'access-log', '');
  const grace = setting(annotations, 'shutdown-grace-period', '');
  return [
    ...(access === '' ? [] : [proxy('ACCESS_LOG', access)]),
    ...(grace === '' ? [] : [proxy('SHUTDOWN_GRACE_PERIOD', milliseconds(grace))]),
  ];
}
