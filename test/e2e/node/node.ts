// One real node: containerd, kubelet and kube-proxy, as children of this process. Which cluster it joins is not its business.
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { startChild, type Child } from '../../cluster/child-process.ts';
import { OWN_NETNS } from '../../cluster/programs.ts';
import { until } from '../../cluster/readiness.ts';
import { hierarchies } from './run-place.ts';
import { nodeFile, writeNodeFiles, type NodeInputs, type NodeLayout } from './node-files.ts';

const CONTAINERD_LIMIT = 20_000;

/** What a node needs to start. */
export interface NodeOptions extends NodeInputs {
  readonly node: NodeLayout;
  readonly logFolder: string;
  /** kubeconfig of the kubelet. */
  readonly kubeletKubeconfig: string;
  /** Folder with iptables, put before the PATH. */
  readonly iptablesFolder: string;
}

/** A real node. */
export interface RealNode extends NodeLayout {
  /** Brings image archives to the node. Throws with containerd's complaint. */
  readonly load: (archives: readonly string[]) => Promise<void>;
  /** Starts kubelet and kube-proxy. */
  readonly join: () => void;
  /** Freezes the kubelet, or lets it go on: what ends meanwhile is not started anew. */
  readonly signalKubelet: (signal: 'SIGSTOP' | 'SIGCONT') => void;
  /** Rejects when one of the programs ends by itself. */
  readonly failures: () => readonly Promise<never>[];
  /** Kills the node's programs at once, as a power cut would; its containers die with the run. */
  readonly stop: () => Promise<void>;
}

/** Starts containerd and resolves when it answers. */
export async function startNode(options: NodeOptions): Promise<RealNode> {
  const { node, binaries } = options;
  makeCgroup(node.cgroup);
  await writeNodeFiles(node, options);
  const children = new Map<string, Child>();
  const start = (name: string, command: readonly string[]): void => {
    // kubelet, kube-proxy and the network plugins call iptables by its name.
    const withPath = ['env', `PATH=${options.iptablesFolder}:${process.env['PATH'] ?? ''}`, ...command];
    const tie = binaries[OWN_NETNS.name] ?? '';
    const place = { name: `${node.name}-${name}`, logFolder: options.logFolder, tie };
    children.set(name, startChild({ ...place, command: [...node.enter, ...withPath] }));
  };
  const failures = (): Promise<never>[] => [...children.values()].map((child) => child.failure);
  start('containerd', [binaries['containerd'] ?? '', '--config', nodeFile(node, 'containerd.toml')]);
  const answers = until('containerd answers', CONTAINERD_LIMIT, () => answersOn(options));
  await Promise.race([answers, ...failures()]);
  return {
    ...node,
    failures,
    load: (archives) => load(options, archives),
    signalKubelet: (signal) => children.get('kubelet')?.signal(signal),
    join: () => {
      start('kubelet', kubeletCommand(options));
      start('kube-proxy', [binaries['kube-proxy'] ?? '', `--config=${nodeFile(node, 'kube-proxy.json')}`]);
    },
    stop: async () => {
      await Promise.all([...children.values()].map((child) => child.stop(0)));
    },
  };
}

const run = promisify(execFile);

async function answersOn({ node, binaries }: NodeOptions): Promise<boolean> {
  if (!existsSync(node.socket)) return false;
  return await run(binaries['ctr'] ?? '', ['--address', node.socket, 'version']).then(
    () => true,
    () => false,
  );
}

async function load({ node, binaries }: NodeOptions, archives: readonly string[]): Promise<void> {
  for (const archive of archives)
    await run(binaries['ctr'] ?? '', ['--address', node.socket, '-n', 'k8s.io', 'image', 'import', '--local', archive]);
}

function kubeletCommand({ node, binaries, kubeletKubeconfig }: NodeOptions): string[] {
  return [
    binaries['kubelet'] ?? '',
    `--config=${nodeFile(node, 'kubelet.json')}`,
    `--kubeconfig=${kubeletKubeconfig}`,
    `--root-dir=${join(node.dir, 'kubelet')}`,
    `--cert-dir=${join(node.dir, 'kubelet', 'pki')}`,
    `--hostname-override=${node.name}`,
    `--node-ip=${node.address}`,
  ];
}

// With cgroup v1 a new cpuset has neither processors nor memory until somebody says so.
function makeCgroup(path: string): void {
  for (const hierarchy of hierarchies()) {
    for (const part of [dirname(path), path]) {
      const made = join(hierarchy, part);
      if (existsSync(made)) continue;
      mkdirSync(made);
      for (const file of ['cpuset.cpus', 'cpuset.mems']) {
        const above = join(dirname(made), file);
        if (hierarchies().length > 1 && existsSync(above)) writeFileSync(join(made, file), readFileSync(above));
      }
    }
  }
}
