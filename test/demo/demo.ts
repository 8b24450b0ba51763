// `make demo`: a real Kubernetes on this machine, an application in Linkerd 1, its move to Linkerd 2 with one workload that
// fails, and the way back. Shows it to people, and ends with an exit code for programs. Run it inside the test cluster's
// network: `node test/cluster/inside.ts -- node test/demo/demo.ts`. KEEP=1 leaves the cluster up until Ctrl-C.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { NAMESPACE_MIGRATION } from '../../src/api/v1alpha1/group.ts';
import type { NamespaceMigration } from '../../src/api/v1alpha1/namespace-migration.ts';
import type { KubeClient } from '../../src/kube/client.ts';
import { createKubeClient } from '../../src/kube/create-client.ts';
import { loadKubeConfig } from '../../src/kube/kubeconfig.ts';
import { INSIDE } from '../cluster/addresses.ts';
import { startCluster } from '../cluster/cluster.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { stayUntilSignal } from '../cluster/ending.ts';
import { ENTER, writeEnterScript } from '../cluster/entering.ts';
import { until } from '../support/until.ts';
import { NAMESPACES, NODES, SIZE } from './application.ts';
import {
  applyMigration,
  askBack,
  CONTROL_PLANES,
  installApplication,
  installMeshes,
  installProduct,
} from './cluster-contents.ts';
import { wrongBack, wrongForward } from './expectations.ts';
import type { Records } from './expectations.ts';
import { startOperator } from './operator-process.ts';
import { runPlugin } from './plugin.ts';
import { differences, podsByMesh, takeSnapshot } from './snapshot.ts';
import type { Snapshot } from './snapshot.ts';
import { DemoFailure, tellStory } from './story.ts';
import type { Story } from './story.ts';
import { summaryTable } from './summary.ts';

const WAY_LIMIT = 120_000;
const SETTLE_LIMIT = 15_000;

interface Stage {
  readonly story: Story;
  readonly cluster: Cluster;
  readonly client: KubeClient;
  /** Rejects when the operator ends. */
  readonly operatorEnded: Promise<never>;
}

interface Ends {
  readonly before: Snapshot;
  readonly forward: Records;
  readonly moved: Snapshot;
  readonly back: Records;
  readonly after: Snapshot;
}

async function play(story: Story, cluster: Cluster): Promise<void> {
  const client = createKubeClient(await loadKubeConfig({ kubeconfig: cluster.kubeconfig, env: {} }), {
    userAgent: 'demo',
    inFlight: 14,
  });
  await story.step('The product: kubectl apply -k config/without-operator', () => installProduct(cluster));
  await story.step('Stand-ins: Linkerd 1 on every node, Linkerd 2 with its injector', () => installMeshes(client));
  const size = `${String(SIZE.workloads)} workloads, ${String(NAMESPACES.length)} namespaces, ${String(SIZE.pods)} pods`;
  await story.step(`An application in Linkerd 1: ${size}`, () => installApplication(client));
  const before = await takeSnapshot(client, NAMESPACES);
  const operator = await story.step('The operator, with the rights of its service account', () =>
    startOperator(cluster, CONTROL_PLANES),
  );
  const stage = { story, cluster, client, operatorEnded: operator.ended };
  const { records: forward, snapshot: moved } = await goForward(stage);
  const { records: back, snapshot: after } = await goBack(stage, before);
  conclude(story, { before, forward, moved, back, after });
}

interface End {
  readonly records: Records;
  readonly snapshot: Snapshot;
}

async function goForward({ story, cluster, client, operatorEnded }: Stage): Promise<End> {
  return await story.scene('Forward: kubectl apply -f config/samples/demo.yaml; kubectl mm status demo --wait\n', async () => {
    await applyMigration(cluster);
    // It ends with an exception, which a person must look at; more than that is checked below.
    await show(cluster, operatorEnded);
    const end = { records: await readRecords(client), snapshot: await takeSnapshot(client, NAMESPACES) };
    complainOf(wrongForward(end.records, podsByMesh(end.snapshot)));
    story.say('');
    return end;
  });
}

async function goBack({ story, cluster, client, operatorEnded }: Stage, before: Snapshot): Promise<End> {
  const records = await story.scene('Back: spec.desiredState: RolledBack; kubectl mm status demo --wait\n', async () => {
    await askBack(cluster);
    await show(cluster, operatorEnded);
    const found = await readRecords(client);
    complainOf(wrongBack(found));
    story.say('');
    return found;
  });
  const snapshot = await story.step('Every template, live pod spec and namespace key is as before', async () => {
    await until(async () => differences(before, await takeSnapshot(client, NAMESPACES)).length === 0, {
      what: 'all is as before',
      timeoutMs: SETTLE_LIMIT,
      everyMs: 500,
    }).catch(() => undefined);
    const now = await takeSnapshot(client, NAMESPACES);
    complainOf(differences(before, now).map((part) => `${part} is not as before`));
    return now;
  });
  return { records, snapshot };
}

async function show(cluster: Cluster, failure: Promise<never>): Promise<void> {
  const code = await runPlugin(['status', 'demo', '--wait'], { kubeconfig: cluster.kubeconfig, limit: WAY_LIMIT, failure });
  if (code > 1) throw new Error(`kubectl mm status ended with exit code ${String(code)}`);
}

async function readRecords(client: KubeClient): Promise<Records> {
  const { items } = await client.list(NAMESPACE_MIGRATION);
  return new Map(items.map((item) => [item.metadata.name, item as unknown as NamespaceMigration]));
}

function complainOf(wrong: readonly string[]): void {
  if (wrong.length > 0) throw new Error(wrong.slice(0, 10).join('; '));
}

function conclude(story: Story, { before, forward, moved, back, after }: Ends): void {
  const meshes = podsByMesh(moved);
  const changed = differences(before, after).join('\n');
  const results = NAMESPACES.map((name) => ({
    name,
    forward: forward.get(name)?.status?.step ?? '',
    back: back.get(name)?.status?.step ?? '',
    moved: meshes.get(name) ?? { linkerd1: 0, linkerd2: 0, both: 0, neither: 0 },
    asBefore: !changed.includes(name),
  }));
  story.say(['', ...summaryTable(results)].join('\n'));
  story.say('\nin L1/L2: pods in Linkerd 1 and in Linkerd 2 at the end of the way forward.');
  story.say(`Done in ${story.elapsed().toFixed(0)} s: moved, one failure undone by itself, and all of it back as it was.`);
}

async function keep(cluster: Cluster): Promise<void> {
  const kubectl = cluster.binaries['kubectl'] ?? 'kubectl';
  const howTo = await writeEnterScript(ENTER, {
    kubeconfig: cluster.kubeconfig,
    kubectl,
    outerPid: process.env['OWN_NETNS_PID'],
  });
  process.stdout.write(`\nThe cluster stays up until Ctrl-C here. In another terminal:\n${howTo}\n`);
  process.stdout.write(`The migration: ${ENTER} ${join(import.meta.dirname, '..', '..', 'bin', 'kubectl-mm')} status\n`);
  stayUntilSignal();
}

async function operatorLog(cluster: Cluster): Promise<string> {
  const lines = (await readFile(join(cluster.dir, 'logs', 'operator.log'), 'utf8').catch(() => '')).trimEnd().split('\n');
  return lines[0] === '' ? '' : `The end of the operator's log:\n${lines.slice(-8).join('\n')}\n`;
}

async function main(): Promise<number> {
  const kept = (process.env['KEEP'] ?? '') !== '';
  if (process.env[INSIDE] === undefined)
    throw new DemoFailure(
      'The demo needs namespaces of its own, for the addresses of its pods: start it by make demo, where user namespaces are allowed.',
    );
  const story = tellStory(8);
  story.say('A move from Linkerd 1 to Linkerd 2 and back on a real Kubernetes. About 90 s.\n');
  const cluster = await story.step(`Kubernetes with ${String(NODES)} fake nodes`, () => startCluster({ nodes: NODES }));
  try {
    await play(story, cluster);
  } catch (error) {
    process.stderr.write(`\n${error instanceof Error ? error.message : String(error)}\n`);
    if (!kept) process.stderr.write(`Look into the cluster as it then is with: KEEP=1 make demo\n${await operatorLog(cluster)}`);
    if (!kept) return 1;
  }
  if (!kept) return 0;
  await keep(cluster);
  return await new Promise<number>(() => undefined);
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  },
);
