// The programs a test cluster is made of: which Go module pins each and how it is built. It builds nothing itself.
import { join } from 'node:path';

/** One program to build from a pinned Go module. The name is also the file name of the result. */
export interface Program {
  readonly name: string;
  /** Folder with go.mod and go.sum, absolute. */
  readonly moduleFolder: string;
  /** Import path of the main package, or a path relative to the module folder. */
  readonly package: string;
  /** Seconds a build takes with nothing in the Go build cache, on two cores; told to the person who waits. */
  readonly coldSeconds: number;
  readonly tags?: readonly string[];
  readonly ldflags?: string;
  readonly buildmode?: string;
  /** The sources are in the module folder itself, so that a change of them is a new program. */
  readonly ownSources?: boolean;
}

/** Where the Go modules of the test tools are, one folder per family. */
export const TOOLS = join(import.meta.dirname, 'tools');

/** Version of Kubernetes the clusters run; the kubernetes module pins the same. */
export const KUBERNETES_VERSION = 'v1.37.2';

const STRIP = '-s -w';

// Tools that check a server's version refuse one that was built without it.
const stamped = [
  STRIP,
  ...['k8s.io/component-base/version', 'k8s.io/client-go/pkg/version'].flatMap((target) => [
    `-X ${target}.gitVersion=${KUBERNETES_VERSION}`,
    `-X ${target}.gitMajor=1`,
    `-X ${target}.gitMinor=37`,
    `-X ${target}.gitTreeState=clean`,
    `-X ${target}.gitCommit=0000000000000000000000000000000000000000`,
    `-X ${target}.buildDate=2026-01-01T00:00:00Z`,
  ]),
].join(' ');

/** A program of the Kubernetes module, with its version stamped in. */
export function kubernetesProgram(name: string, coldSeconds: number, mainPackage = `k8s.io/kubernetes/cmd/${name}`): Program {
  return { name, moduleFolder: join(TOOLS, 'kubernetes'), package: mainPackage, coldSeconds, ldflags: stamped };
}

const own = (name: string): Program => ({
  name,
  moduleFolder: join(TOOLS, 'own'),
  package: `./cmd/${name}`,
  coldSeconds: 10,
  ldflags: STRIP,
  ownSources: true,
});

/** Runs a command in namespaces of its own, or ties a process to the life of its parent. */
export const OWN_NETNS = own('own-netns');

/** Makes certificates for throw-away clusters. */
export const ISSUE_CERTS = own('issue-certs');

/** All that the control plane on fake nodes needs. */
export const CLUSTER_PROGRAMS: readonly Program[] = [
  OWN_NETNS,
  ISSUE_CERTS,
  { name: 'etcd', moduleFolder: join(TOOLS, 'etcd'), package: 'go.etcd.io/etcd/server/v3', coldSeconds: 30, ldflags: STRIP },
  kubernetesProgram('kube-apiserver', 280),
  kubernetesProgram('kube-controller-manager', 100),
  kubernetesProgram('kube-scheduler', 15),
  kubernetesProgram('kubectl', 30),
  { name: 'kwok', moduleFolder: join(TOOLS, 'kwok'), package: 'sigs.k8s.io/kwok/cmd/kwok', coldSeconds: 80, ldflags: STRIP },
];

const containerdProgram = (name: string, coldSeconds: number): Program => ({
  name,
  moduleFolder: join(TOOLS, 'containerd'),
  package: `github.com/containerd/containerd/v2/cmd/${name}`,
  coldSeconds,
  tags: ['no_btrfs', 'no_devmapper', 'no_zfs'],
  ldflags: STRIP,
});

const networkPlugin = (name: string, group: string): Program => ({
  name,
  moduleFolder: join(TOOLS, 'cni'),
  package: `github.com/containernetworking/plugins/plugins/${group}/${name}`,
  coldSeconds: 5,
  ldflags: STRIP,
});

/** Programs by which containers get their network, found by their names. */
export const NETWORK_PLUGINS: readonly Program[] = [
  networkPlugin('ptp', 'main'),
  networkPlugin('loopback', 'main'),
  networkPlugin('host-local', 'ipam'),
  networkPlugin('portmap', 'meta'),
];

/** The cluster's DNS: on real nodes, and alone for tests of names. */
export const COREDNS: Program = {
  name: 'coredns',
  moduleFolder: join(TOOLS, 'coredns'),
  package: '.',
  coldSeconds: 60,
  ldflags: STRIP,
  ownSources: true,
};

/** What real nodes need beside the control plane. */
export const NODE_PROGRAMS: readonly Program[] = [
  kubernetesProgram('kubelet', 30),
  kubernetesProgram('kube-proxy', 15),
  containerdProgram('containerd', 60),
  containerdProgram('containerd-shim-runc-v2', 10),
  containerdProgram('ctr', 10),
  ...NETWORK_PLUGINS,
  COREDNS,
];

/** Helm, for the tests of the chart. */
export const HELM: Program = {
  name: 'helm',
  moduleFolder: join(TOOLS, 'helm'),
  package: 'helm.sh/helm/v4/cmd/helm',
  coldSeconds: 60,
  ldflags: STRIP,
};
