// The control plane that real nodes join: etcd, API server, controllers and scheduler, reachable from pods and from every
// node. Nodes are not its business.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { adminCalls, type AdminCalls } from '../../cluster/admin-calls.ts';
import { AUDIT_POLICY } from '../../cluster/audit-policy.ts';
import { issueCertificates, type CertificateRequest } from '../../cluster/certificates.ts';
import { startChild, type Child } from '../../cluster/child-process.ts';
import { clusterCertificates, userCertificate } from '../../cluster/cluster-certificates.ts';
import {
  apiServerCommand,
  controllerManagerCommand,
  etcdCommand,
  kubeconfigOf,
  pki,
  schedulerCommand,
  type Layout,
} from '../../cluster/components.ts';
import { writeKubeconfig } from '../../cluster/kubeconfig.ts';
import { OWN_NETNS } from '../../cluster/programs.ts';
import { until } from '../../cluster/readiness.ts';
import type { NodePlace } from './network.ts';

const START_LIMIT = 60_000;
const API_SERVER_GRACE = 1000;

/** A control plane that runs. */
export interface ControlPlane {
  readonly layout: Layout;
  readonly calls: AdminCalls;
  /** The kubeconfig of a user, by a certificate made for the purpose. */
  readonly kubeconfigFor: (name: string, user: string, groups?: readonly string[]) => Promise<string>;
  /** Ends the API server and starts it again at the same address. */
  readonly restartApiServer: () => Promise<void>;
  /** Freezes the store, or lets it go on. */
  readonly signalEtcd: (signal: 'SIGSTOP' | 'SIGCONT') => void;
  /** Rejects when a program ends by itself. */
  readonly failures: () => readonly Promise<never>[];
  /** Ends all of it. */
  readonly stop: () => Promise<void>;
}

/** Starts it at the address of the first node and resolves when the API server is ready. */
export async function startControlPlane(layout: Layout, nodes: readonly NodePlace[]): Promise<ControlPlane> {
  const address = nodes[0]?.address ?? '';
  const server = { server: `https://${address}:${String(layout.apiPort)}`, caFile: pki(layout, 'server-ca.crt') };
  await mkdir(join(layout.dir, 'pki'), { recursive: true });
  await mkdir(join(layout.dir, 'logs'), { recursive: true });
  await issueCertificates(certificates(layout, address));
  await writeFile(join(layout.dir, 'audit-policy.json'), JSON.stringify(AUDIT_POLICY));
  const kubeconfig = (name: string): Promise<string> =>
    writeKubeconfig(kubeconfigOf(layout, name), server, {
      certificateFile: pki(layout, `${name}.crt`),
      keyFile: pki(layout, `${name}.key`),
    });
  for (const name of ['admin', 'kube-controller-manager', 'kube-scheduler']) await kubeconfig(name);
  const calls = await adminCalls(server, pki(layout, 'admin.crt'), pki(layout, 'admin.key'));
  const children = new Map<string, Child>();
  const start = (name: string, command: readonly string[]): void => {
    const tie = layout.binaries[OWN_NETNS.name] ?? '';
    children.set(name, startChild({ name, command, logFolder: join(layout.dir, 'logs'), tie }));
  };
  const failures = (): Promise<never>[] => [...children.values()].map((child) => child.failure);
  const startApiServer = async (): Promise<void> => {
    start('kube-apiserver', apiServerCommand(layout, { apiServerFlags: reachable(layout, address) }));
    const ready = until('the API server is ready', START_LIMIT, async () => (await calls.call('GET', '/readyz')).status === 200);
    await Promise.race([ready, ...failures()]);
  };
  start('etcd', etcdCommand(layout));
  await startApiServer();
  start('kube-controller-manager', controllerManagerCommand(layout));
  start('kube-scheduler', schedulerCommand(layout));
  return {
    layout,
    calls,
    failures,
    kubeconfigFor: async (name, user, groups = []) => {
      await issueCertificates({ dir: join(layout.dir, 'pki'), leaves: [userCertificate(name, user, groups)] });
      return await kubeconfig(name);
    },
    restartApiServer: async () => {
      await children.get('kube-apiserver')?.stop(API_SERVER_GRACE);
      await startApiServer();
    },
    signalEtcd: (signal) => children.get('etcd')?.signal(signal),
    stop: async () => {
      calls.close();
      const others = [...children.values()].filter(({ name }) => name !== 'etcd');
      await Promise.all(others.map((child) => child.stop(0)));
      await children.get('etcd')?.stop(0);
    },
  };
}

function certificates(layout: Layout, address: string): CertificateRequest {
  const request = clusterCertificates(pki(layout, ''));
  const leaves = request.leaves ?? [];
  return {
    ...request,
    leaves: [
      ...leaves.map((leaf) => (leaf.name === 'apiserver' ? { ...leaf, hosts: [...(leaf.hosts ?? []), address] } : leaf)),
      userCertificate('kubelet-client', 'kube-apiserver-kubelet-client', ['system:masters']),
    ],
  };
}

// Later flags win. Pods reach the API server by its Service, whose endpoint it announces itself.
function reachable(layout: Layout, address: string): string[] {
  return [
    '--bind-address=0.0.0.0',
    `--advertise-address=${address}`,
    '--endpoint-reconciler-type=lease',
    `--kubelet-client-certificate=${pki(layout, 'kubelet-client.crt')}`,
    `--kubelet-client-key=${pki(layout, 'kubelet-client.key')}`,
    '--kubelet-preferred-address-types=InternalIP',
  ];
}
