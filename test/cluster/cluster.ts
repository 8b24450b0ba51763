// Starts and stops a Kubernetes control plane with fake nodes, as children of this process. What runs on it is not its business.
import { rmSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts, giveBack, INSIDE, takeAddresses } from './addresses.ts';
import { adminCalls, type AdminCalls } from './admin-calls.ts';
import { AUDIT_POLICY } from './audit-policy.ts';
import { buildPrograms } from './build.ts';
import { issueCertificates } from './certificates.ts';
import { startChild, type Child } from './child-process.ts';
import { clusterCertificates, COMPONENT_USERS, userCertificate } from './cluster-certificates.ts';
import * as components from './components.ts';
import { kubeconfigOf, pki, type ApiServerOptions, type Layout } from './components.ts';
import { atEnd } from './ending.ts';
import { writeKubeconfig } from './kubeconfig.ts';
import { CLUSTER_PROGRAMS, OWN_NETNS } from './programs.ts';
import { at, createNodes, isSettled, until } from './readiness.ts';

export type { ApiServerOptions } from './components.ts';

/** What a test can ask of a cluster. */
export interface ClusterOptions extends ApiServerOptions {
  /** Number of fake nodes, 1 to 200; 4 when not given. */
  readonly nodes?: number;
  /** Leaves the folder with logs and audit log behind after stop(). */
  readonly keepFolder?: boolean;
}

/** A running cluster. */
export interface Cluster {
  /** Path of the administrator's kubeconfig. */
  readonly kubeconfig: string;
  /** URL of the API server, reachable from the namespace this process runs in. */
  readonly server: string;
  /** PEM file of the authority that signed the API server's certificate. */
  readonly caFile: string;
  /** The folder of this cluster: logs/, pki/ and more; removed by stop(). */
  readonly dir: string;
  /** JSON lines, one audit.k8s.io/v1 Event per finished request, written within milliseconds. */
  readonly auditLogFile: string;
  /** Paths of the programs by name, `kubectl` among them. */
  readonly binaries: Readonly<Record<string, string>>;
  /** Range of the pods' addresses; a server that listens on 0.0.0.0 answers on each of them. */
  readonly podCidr: string;
  /** True in a namespace of its own, where EndpointSlices are filled. */
  readonly endpointsAreFilled: boolean;
  /** Milliseconds from the first process to a cluster that takes work. */
  readonly readyAfter: number;
  /** Writes a kubeconfig for any user and groups, by client certificate, and returns its path. */
  readonly kubeconfigFor: (user: string, groups?: readonly string[]) => Promise<string>;
  /** Writes a kubeconfig with a token of an existing service account, good for a day. Throws with the API server's answer. */
  readonly serviceAccountKubeconfig: (namespace: string, name: string) => Promise<string>;
  /** Ends the API server and waits until it is gone; clients see refused connections. */
  readonly stopApiServer: () => Promise<void>;
  /** Starts it again at the same address, with other options if given, and waits until it is ready. */
  readonly startApiServer: (options?: ApiServerOptions) => Promise<void>;
  /** Both of the above. */
  readonly restartApiServer: (options?: ApiServerOptions) => Promise<void>;
  /** Freezes the store: requests hang and time out. */
  readonly pauseEtcd: () => void;
  /** Lets the store go on. */
  readonly resumeEtcd: () => void;
  /** Ends all processes and removes the folder; may be called again. */
  readonly stop: () => Promise<void>;
}

const START_LIMIT = 60_000;
// Asked to end, an API server answers what is in flight and then waits a minute for watches that nobody ends.
const API_SERVER_GRACE = 1000;

/**
 * Starts a cluster and resolves when pods can be created, scheduled and get ready on it. All its processes end with this
 * one, however it ends. Run under inside.ts, pods have addresses that answer and Services get endpoints; elsewhere pods get
 * loopback addresses and Services none. Throws with the end of a program's log when that program fails.
 */
export async function startCluster(options: ClusterOptions = {}): Promise<Cluster> {
  const nodes = options.nodes ?? 4;
  if (!Number.isInteger(nodes) || nodes < 1 || nodes > 200) throw new Error(`nodes is ${String(nodes)}; give 1 to 200.`);
  const binaries = await buildPrograms(CLUSTER_PROGRAMS);
  const inside = process.env[INSIDE] !== undefined;
  const addresses = takeAddresses(inside);
  const dir = await mkdtemp(join(tmpdir(), 'meshmigration-cluster-'));
  const [apiPort = 0] = await freePorts(1);
  const layout: Layout = { dir, apiPort, podCidr: addresses.podCidr, binaries };
  const processes = new Processes(layout, options);
  const forget = atEnd(() => {
    if (options.keepFolder !== true) rmSync(dir, { recursive: true, force: true });
  });
  const stop = async (): Promise<void> => {
    await processes.stop();
    if (options.keepFolder !== true) await rm(dir, { recursive: true, force: true });
    forget();
    giveBack(addresses);
  };
  try {
    const started = performance.now();
    await writeFiles(layout);
    await processes.start();
    await createNodes(processes.calls(), addresses, nodes);
    await processes.watched('pods can be scheduled', () => isSettled(processes.calls(), nodes));
    return describe(layout, processes, { stop, inside, readyAfter: performance.now() - started });
  } catch (error) {
    await stop();
    throw error;
  }
}

async function writeFiles(layout: Layout): Promise<void> {
  await mkdir(join(layout.dir, 'pki'));
  await mkdir(join(layout.dir, 'logs'));
  await issueCertificates(clusterCertificates(join(layout.dir, 'pki')));
  await writeFile(join(layout.dir, 'audit-policy.json'), JSON.stringify(AUDIT_POLICY));
  for (const name of COMPONENT_USERS) await writeKubeconfig(kubeconfigOf(layout, name), serverOf(layout), clientOf(layout, name));
}

const serverOf = (layout: Layout): { server: string; caFile: string } => ({
  server: `https://127.0.0.1:${String(layout.apiPort)}`,
  caFile: pki(layout, 'server-ca.crt'),
});

const clientOf = (layout: Layout, name: string): { certificateFile: string; keyFile: string } => ({
  certificateFile: pki(layout, `${name}.crt`),
  keyFile: pki(layout, `${name}.key`),
});

/** The processes of one cluster, and their order. */
class Processes {
  readonly #layout: Layout;
  #options: ApiServerOptions;
  readonly #children = new Map<string, Child>();
  #calls: AdminCalls | undefined;

  constructor(layout: Layout, options: ApiServerOptions) {
    this.#layout = layout;
    this.#options = options;
  }

  async start(): Promise<void> {
    const admin = clientOf(this.#layout, 'admin');
    this.#calls = await adminCalls(serverOf(this.#layout), admin.certificateFile, admin.keyFile);
    this.#child('etcd', components.etcdCommand(this.#layout));
    await this.startApiServer();
    this.#child('kube-controller-manager', components.controllerManagerCommand(this.#layout));
    this.#child('kube-scheduler', components.schedulerCommand(this.#layout));
    this.#child('kwok', components.fakeNodesCommand(this.#layout));
  }

  calls(): AdminCalls {
    if (this.#calls === undefined) throw new Error('The cluster has not been started.');
    return this.#calls;
  }

  async startApiServer(options?: ApiServerOptions): Promise<void> {
    this.#options = options ?? this.#options;
    this.#child('kube-apiserver', components.apiServerCommand(this.#layout, this.#options));
    await this.watched('the API server is ready', async () => (await this.calls().call('GET', '/readyz')).status === 200);
  }

  async stopApiServer(): Promise<void> {
    await this.#children.get('kube-apiserver')?.stop(API_SERVER_GRACE);
  }

  /** Waits for something while no process of the cluster fails. */
  async watched(what: string, check: () => Promise<boolean>): Promise<void> {
    await Promise.race([until(what, START_LIMIT, check), ...[...this.#children.values()].map((child) => child.failure)]);
  }

  signalEtcd(signal: NodeJS.Signals): void {
    this.#children.get('etcd')?.signal(signal);
  }

  /** Nothing is kept, so nothing needs to end in good order; only the store must not go first. */
  async stop(): Promise<void> {
    this.#calls?.close();
    const others = [...this.#children.values()].filter((child) => child.name !== 'etcd');
    await Promise.all(others.map((child) => child.stop(0)));
    await this.#children.get('etcd')?.stop(0);
  }

  #child(name: string, command: readonly string[]): void {
    const tie = this.#layout.binaries[OWN_NETNS.name] ?? '';
    this.#children.set(name, startChild({ name, command, logFolder: join(this.#layout.dir, 'logs'), tie }));
  }
}

interface Started {
  readonly stop: () => Promise<void>;
  readonly inside: boolean;
  readonly readyAfter: number;
}

function describe(layout: Layout, processes: Processes, started: Started): Cluster {
  const server = serverOf(layout);
  let users = 0;
  return {
    kubeconfig: kubeconfigOf(layout, 'admin'),
    ...server,
    dir: layout.dir,
    auditLogFile: join(layout.dir, 'audit.log'),
    binaries: layout.binaries,
    podCidr: layout.podCidr,
    endpointsAreFilled: started.inside,
    readyAfter: Math.round(started.readyAfter),
    kubeconfigFor: async (user, groups = []) => {
      const name = `user-${String(++users)}`;
      await issueCertificates({ dir: join(layout.dir, 'pki'), leaves: [userCertificate(name, user, groups)] });
      return await writeKubeconfig(kubeconfigOf(layout, name), server, clientOf(layout, name));
    },
    serviceAccountKubeconfig: async (namespace, name) => {
      const token = await requestToken(processes.calls(), namespace, name);
      return await writeKubeconfig(kubeconfigOf(layout, `${namespace}.${name}`), server, { token });
    },
    stopApiServer: () => processes.stopApiServer(),
    startApiServer: (options) => processes.startApiServer(options),
    restartApiServer: async (options) => {
      await processes.stopApiServer();
      await processes.startApiServer(options);
    },
    pauseEtcd: () => processes.signalEtcd('SIGSTOP'),
    resumeEtcd: () => processes.signalEtcd('SIGCONT'),
    stop: started.stop,
  };
}

async function requestToken(calls: AdminCalls, namespace: string, name: string): Promise<string> {
  const wanted = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: { expirationSeconds: 86_400 } };
  const answer = await calls.call('POST', `/api/v1/namespaces/${namespace}/serviceaccounts/${name}/token`, wanted);
  const token = at(at(answer.body, 'status'), 'token');
  if (typeof token === 'string') return token;
  throw new Error(`No token for service account ${namespace}/${name} (${String(answer.status)}): ${JSON.stringify(answer.body)}`);
}
