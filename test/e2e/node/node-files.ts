// Configuration files of the programs of one real node. It starts none of them.
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { NETWORK_PLUGINS } from '../../cluster/programs.ts';
import { PAUSE_IMAGE } from '../images/program.ts';
import { DNS_ADDRESS, POD_CIDR, type NodePlace } from './network.ts';

/** Files of one node; all but the logs are in memory and vanish with the run. */
export interface NodeLayout extends NodePlace {
  /** The folder of the node's programs. */
  readonly dir: string;
  /** Where containerd listens. */
  readonly socket: string;
  /** The node's cgroup, from the root of a hierarchy. */
  readonly cgroup: string;
}

/** The layout of a node of a run. */
export function layoutOf(place: NodePlace, runCgroup: string): NodeLayout {
  const dir = `/var/lib/${place.name}`;
  return { ...place, dir, socket: `/run/${place.name}/containerd.sock`, cgroup: `${runCgroup}/${place.name}` };
}

/** Paths of the files that writeNodeFiles makes. */
export const nodeFile = (node: NodeLayout, name: 'containerd.toml' | 'kubelet.json' | 'kube-proxy.json'): string =>
  join(node.dir, name);

/** What the files name beside the node itself. */
export interface NodeInputs {
  readonly binaries: Readonly<Record<string, string>>;
  readonly runc: string;
  /** PEM file of the authority that signs clients of the kubelet. */
  readonly clientCaFile: string;
  /** kubeconfig of kube-proxy. */
  readonly proxyKubeconfig: string;
}

/** Writes all configuration files of a node. */
export async function writeNodeFiles(node: NodeLayout, inputs: NodeInputs): Promise<void> {
  const network = join(node.dir, 'net.d', '10-pods.conflist');
  await mkdir(dirname(network), { recursive: true });
  await mkdir(join(node.dir, 'manifests'), { recursive: true });
  await mkdir(dirname(node.socket), { recursive: true });
  await writeFile(nodeFile(node, 'containerd.toml'), containerdConfig(node, inputs));
  await writeFile(nodeFile(node, 'kubelet.json'), JSON.stringify(kubeletConfig(node, inputs)));
  await writeFile(nodeFile(node, 'kube-proxy.json'), JSON.stringify(proxyConfig(node, inputs)));
  await writeFile(network, JSON.stringify(networkConfig(node)));
}

function containerdConfig(node: NodeLayout, { binaries, runc }: NodeInputs): string {
  const plugins = NETWORK_PLUGINS.map(({ name }) => JSON.stringify(dirname(binaries[name] ?? '')));
  return `version = 3
root = "${node.dir}/containerd"
state = "/run/${node.name}/containerd"
disabled_plugins = ["io.containerd.nri.v1.nri", "io.containerd.snapshotter.v1.blockfile", "io.containerd.snapshotter.v1.erofs"]
[grpc]
address = "${node.socket}"
[plugins.'io.containerd.cri.v1.images'.pinned_images]
sandbox = "${PAUSE_IMAGE}"
[plugins.'io.containerd.cri.v1.runtime']
# A process may not lower its own badness everywhere; without this every sandbox would die.
restrict_oom_score_adj = true
[plugins.'io.containerd.cri.v1.runtime'.cni]
bin_dirs = [${plugins.join(', ')}]
conf_dir = "${node.dir}/net.d"
[plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes.runc]
runtime_type = "io.containerd.runc.v2"
runtime_path = "${binaries['containerd-shim-runc-v2'] ?? ''}"
[plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes.runc.options]
SystemdCgroup = false
BinaryName = "${runc}"
`;
}

function networkConfig(node: NodeLayout): object {
  const ipam = {
    type: 'host-local',
    ranges: [[{ subnet: node.podCidr }]],
    routes: [{ dst: '0.0.0.0/0' }],
    dataDir: join(node.dir, 'addresses'),
  };
  return {
    cniVersion: '1.0.0',
    name: 'pods',
    // Pods are routed, not bridged, so that answers of a Service come back through the node's address translation.
    plugins: [
      { type: 'ptp', ipMasq: false, ipam },
      { type: 'portmap', capabilities: { portMappings: true } },
    ],
  };
}

function kubeletConfig(node: NodeLayout, { clientCaFile }: NodeInputs): object {
  return {
    apiVersion: 'kubelet.config.k8s.io/v1beta1',
    kind: 'KubeletConfiguration',
    address: node.address,
    authentication: { anonymous: { enabled: false }, webhook: { enabled: true }, x509: { clientCAFile: clientCaFile } },
    authorization: { mode: 'Webhook' },
    cgroupDriver: 'cgroupfs',
    cgroupRoot: node.cgroup,
    failCgroupV1: false,
    failSwapOn: false,
    resolvConf: '',
    clusterDNS: [DNS_ADDRESS],
    clusterDomain: 'cluster.local',
    containerRuntimeEndpoint: `unix://${node.socket}`,
    staticPodPath: join(node.dir, 'manifests'),
    podLogsDir: join(node.dir, 'pod-logs'),
    volumePluginDir: join(node.dir, 'volume-plugins'),
    evictionHard: { 'memory.available': '50Mi', 'nodefs.available': '1%', 'imagefs.available': '1%' },
    imageGCHighThresholdPercent: 100,
    maxPods: 200,
    serializeImagePulls: false,
    registryPullQPS: 0,
    eventRecordQPS: 0,
    kubeAPIQPS: 200,
    kubeAPIBurst: 400,
    nodeStatusUpdateFrequency: '2s',
  };
}

function proxyConfig(node: NodeLayout, { proxyKubeconfig }: NodeInputs): object {
  return {
    apiVersion: 'kubeproxy.config.k8s.io/v1alpha1',
    kind: 'KubeProxyConfiguration',
    mode: 'iptables',
    bindAddress: node.address,
    healthzBindAddress: `${node.address}:10256`,
    metricsBindAddress: `${node.address}:10249`,
    clientConnection: { kubeconfig: proxyKubeconfig },
    clusterCIDR: POD_CIDR,
    hostnameOverride: node.name,
    conntrack: { maxPerCore: 0 },
    iptables: { minSyncPeriod: '0s' },
  };
}
