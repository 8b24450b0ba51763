// The command lines of the programs of a cluster. It starts none of them.
import { join } from 'node:path';

/** Files and ports that the command lines name. */
export interface Layout {
  readonly dir: string;
  readonly apiPort: number;
  readonly podCidr: string;
  readonly binaries: Readonly<Record<string, string>>;
}

/** Settings that make one API server differ from another. */
export interface ApiServerOptions {
  /** Feature gates, for example `{ MutatingAdmissionPolicy: false }` for an older server. */
  readonly featureGates?: Readonly<Record<string, boolean>>;
  /** Admission plugins that are on by default and shall be off. */
  readonly disabledAdmissionPlugins?: readonly string[];
  /** Further flags, as given on a command line. */
  readonly apiServerFlags?: readonly string[];
}

/** The range of Service addresses; nothing answers them, since no kube-proxy runs. */
export const SERVICE_CIDR = '10.96.0.0/16';
/** Address of the Service of the API server, which its certificate must name. */
export const FIRST_SERVICE_ADDRESS = '10.96.0.1';

const FAKE_NODES = join(import.meta.dirname, 'fake-nodes');

/** PEM files of the cluster. */
export const pki = (layout: Layout, file: string): string => join(layout.dir, 'pki', file);

/** The kubeconfig of a component or of the administrator. */
export const kubeconfigOf = (layout: Layout, name: string): string => join(layout.dir, `${name}.kubeconfig`);

const program = (layout: Layout, name: string): string => layout.binaries[name] ?? name;

// A socket in the private folder of the cluster: no port is taken and nobody else reaches the store.
const etcdSocket = (layout: Layout, kind: string): string => `unix://${join(layout.dir, `etcd-${kind}.sock`)}`;

export function etcdCommand(layout: Layout): string[] {
  return [
    program(layout, 'etcd'),
    `--data-dir=${join(layout.dir, 'etcd')}`,
    `--listen-client-urls=${etcdSocket(layout, 'client')}`,
    `--advertise-client-urls=${etcdSocket(layout, 'client')}`,
    `--listen-peer-urls=${etcdSocket(layout, 'peer')}`,
    `--initial-advertise-peer-urls=${etcdSocket(layout, 'peer')}`,
    `--initial-cluster=default=${etcdSocket(layout, 'peer')}`,
    '--quota-backend-bytes=8589934592',
    '--unsafe-no-fsync',
    '--log-level=warn',
  ];
}

export function apiServerCommand(layout: Layout, options: ApiServerOptions): string[] {
  const gates = Object.entries(options.featureGates ?? {}).map(([gate, on]) => `${gate}=${String(on)}`);
  const disabled = options.disabledAdmissionPlugins ?? [];
  return [
    program(layout, 'kube-apiserver'),
    `--etcd-servers=${etcdSocket(layout, 'client')}`,
    ...servingFlags(layout),
    ...identityFlags(layout),
    ...aggregatorFlags(layout),
    '--authorization-mode=Node,RBAC',
    '--enable-admission-plugins=NodeRestriction',
    `--service-cluster-ip-range=${SERVICE_CIDR}`,
    '--allow-privileged=true',
    '--profiling=false',
    // Batches of one: written at once, without a request waiting for it.
    `--audit-policy-file=${join(layout.dir, 'audit-policy.json')}`,
    `--audit-log-path=${join(layout.dir, 'audit.log')}`,
    '--audit-log-mode=batch',
    '--audit-log-batch-buffer-size=100000',
    '--audit-log-maxsize=0',
    ...(gates.length === 0 ? [] : [`--feature-gates=${gates.join(',')}`]),
    ...(disabled.length === 0 ? [] : [`--disable-admission-plugins=${disabled.join(',')}`]),
    ...(options.apiServerFlags ?? []),
  ];
}

function servingFlags(layout: Layout): string[] {
  return [
    '--bind-address=127.0.0.1',
    '--advertise-address=127.0.0.1',
    `--secure-port=${String(layout.apiPort)}`,
    '--endpoint-reconciler-type=none',
    `--tls-cert-file=${pki(layout, 'apiserver.crt')}`,
    `--tls-private-key-file=${pki(layout, 'apiserver.key')}`,
  ];
}

function identityFlags(layout: Layout): string[] {
  return [
    `--client-ca-file=${pki(layout, 'client-ca.crt')}`,
    '--service-account-issuer=https://kubernetes.default.svc.cluster.local',
    `--service-account-key-file=${pki(layout, 'service-accounts.pub')}`,
    `--service-account-signing-key-file=${pki(layout, 'service-accounts.key')}`,
  ];
}

function aggregatorFlags(layout: Layout): string[] {
  return [
    `--requestheader-client-ca-file=${pki(layout, 'front-proxy-ca.crt')}`,
    '--requestheader-allowed-names=front-proxy-client',
    '--requestheader-username-headers=X-Remote-User',
    '--requestheader-group-headers=X-Remote-Group',
    '--requestheader-extra-headers-prefix=X-Remote-Extra-',
    `--proxy-client-cert-file=${pki(layout, 'front-proxy-client.crt')}`,
    `--proxy-client-key-file=${pki(layout, 'front-proxy-client.key')}`,
    // Webhooks named by a Service are called at a ready pod's address, which answers, and not at the Service's, which does not.
    '--enable-aggregator-routing=true',
  ];
}

const FAST = ['--leader-elect=false', '--kube-api-qps=500', '--kube-api-burst=1000'];

export function controllerManagerCommand(layout: Layout): string[] {
  const kubeconfig = kubeconfigOf(layout, 'kube-controller-manager');
  return [
    program(layout, 'kube-controller-manager'),
    `--kubeconfig=${kubeconfig}`,
    `--service-account-private-key-file=${pki(layout, 'service-accounts.key')}`,
    `--root-ca-file=${pki(layout, 'server-ca.crt')}`,
    `--cluster-signing-cert-file=${pki(layout, 'client-ca.crt')}`,
    `--cluster-signing-key-file=${pki(layout, 'client-ca.key')}`,
    '--use-service-account-credentials=true',
    // A store that a test holds for a while must not look like dead nodes afterwards.
    '--node-monitor-grace-period=1h',
    '--secure-port=0',
    '--profiling=false',
    ...FAST,
  ];
}

export function schedulerCommand(layout: Layout): string[] {
  return [
    program(layout, 'kube-scheduler'),
    `--kubeconfig=${kubeconfigOf(layout, 'kube-scheduler')}`,
    '--secure-port=0',
    '--profiling=false',
    ...FAST,
  ];
}

export function fakeNodesCommand(layout: Layout): string[] {
  return [
    program(layout, 'kwok'),
    `--kubeconfig=${kubeconfigOf(layout, 'kwok')}`,
    `--config=${join(FAKE_NODES, 'node.yaml')}`,
    `--config=${join(FAKE_NODES, 'pod.yaml')}`,
    '--manage-all-nodes=true',
    `--cidr=${layout.podCidr}`,
  ];
}
