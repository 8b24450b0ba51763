// `make bench`: the operator against kubectl on the same fleet in the same run, in the order A-B-B-A. Prints a table and
// writes .cache/bench.json. Must run inside the test cluster's network.
import { availableParallelism, loadavg } from 'node:os';
import { join } from 'node:path';
import { createKubeClient } from '../../src/kube/create-client.ts';
import type { KubeClient } from '../../src/kube/client.ts';
import { loadKubeConfig } from '../../src/kube/kubeconfig.ts';
import { startCluster } from '../cluster/cluster.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { kubectl } from '../cluster/kubectl.ts';
import { installLinkerd1 } from '../support/linkerd1/install.ts';
import { installLinkerd2 } from '../support/linkerd2/install.ts';
import { startProxies } from '../support/linkerd2/proxies.ts';
import { runBaseline } from './baseline.ts';
import type { BaselineRun } from './baseline.ts';
import { createFleet, placesOf, resetFleet, settled } from './fleet.ts';
import type { FleetSize } from './fleet.ts';
import { compare } from './compare.ts';
import { runOperator } from './migration-run.ts';
import type { OperatorRun, Pace } from './migration-run.ts';
import { measureNames } from './names.ts';
import { bundleOperator } from './operator.ts';
import { isMet, tableOf, writeResults } from './results.ts';
import type { Result } from './results.ts';

const root = join(import.meta.dirname, '..', '..');
// Another size, order or pace than that of the targets is for looking at something quickly: `bench.ts 5x10x10 A 4x5`.
const size = sizeFrom(process.argv[2] ?? '20x10x10');
const order = process.argv[3] ?? 'ABBA';
// As many at once as the product moves where nobody says anything else. Two cores carry that and a whole cluster; where they are the
// limit, both sides take what the machine takes, and a handover as long as the server's queue is.
const pace = paceFrom(process.argv[4] ?? '1x3');
const user = 'system:serviceaccount:meshmigration-system:meshmigration';
const began = performance.now();

function sizeFrom(text: string): FleetSize {
  const [namespaces = 0, workloadsPerNamespace = 0, podsPerWorkload = 0] = countsIn(text, 'NAMESPACESxWORKLOADSxPODS');
  return { namespaces, workloadsPerNamespace, podsPerWorkload };
}

function paceFrom(text: string): Pace {
  const [namespaces = 0, workloadsPerNamespace = 0] = countsIn(text, 'NAMESPACESxWORKLOADS');
  return { namespaces, workloadsPerNamespace };
}

function countsIn(text: string, shape: string): number[] {
  const counts = text.split('x').map(Number);
  const areCounts = counts.every((n) => Number.isInteger(n) && n > 0) && counts.length === shape.split('x').length;
  if (!areCounts) throw new Error(`"${text}" is not ${shape} in whole numbers, as in 20x10x10 (size) or 1x3 (at once)`);
  return counts;
}

// Seconds of one run, and of putting the fleet there or back: by the pods, since two cores roll about 13 of them in a second.
function minutes(): number {
  const places = order.length + 1;
  return Math.max(1, Math.round((places * pods()) / 13 / 60));
}

function say(text: string): void {
  process.stdout.write(`[${((performance.now() - began) / 1000).toFixed(0).padStart(3)} s] ${text}\n`);
}

async function main(): Promise<boolean> {
  say(`names and plans, without a cluster; then ${order.length} runs over the fleet: about ${minutes()} min on two cores`);
  const aboutNames = await measureNames();
  const bundle = await bundleOperator();
  const cluster = await startCluster({ nodes: 10 });
  const endpoint = await loadKubeConfig({ kubeconfig: cluster.kubeconfig, env: {} });
  const client = createKubeClient(endpoint, { userAgent: 'bench', inFlight: 12 });
  const closers: (() => Promise<void>)[] = [() => cluster.stop(), () => client.close()];
  try {
    for (const folder of ['crds', 'config/admission', 'config/rbac']) {
      await kubectl(cluster, ['apply', '-k', join(root, folder)]);
    }
    closers.push(...(await standIns(client)));
    say(`the fleet is created: ${size.namespaces} namespaces, ${placesOf(size).length} workloads, ${pods()} pods`);
    await createFleet(client, size);
    return await measure(cluster, client, { bundle, aboutNames });
  } finally {
    for (const close of closers.reverse()) await close();
  }
}

async function standIns(client: KubeClient): Promise<(() => Promise<void>)[]> {
  const linkerd1 = await installLinkerd1(client);
  const linkerd2 = await installLinkerd2(client);
  const proxies = await startProxies(client);
  return [linkerd1, linkerd2, proxies].map((part) => () => part.close());
}

const pods = (): number => placesOf(size).length * size.podsPerWorkload;

async function measure(
  cluster: Cluster,
  client: KubeClient,
  { bundle, aboutNames }: { readonly bundle: string; readonly aboutNames: readonly Result[] },
): Promise<boolean> {
  const kubeconfig = await cluster.serviceAccountKubeconfig('meshmigration-system', 'meshmigration');
  const left = (name: string): string => join(root, '.cache', 'bench', name);
  const operators: OperatorRun[] = [];
  const baselines: BaselineRun[] = [];
  for (const [i, letter] of order.split('').entries()) {
    if (letter === 'A') {
      if (i > 0) await resetFleet(client, size);
      say('A: the operator moves the fleet');
      const files = { logFile: left(`operator-${i + 1}.log`), callsFile: left(`calls-${i + 1}.jsonl`) };
      operators.push(await runOperator({ cluster, client, size, pace, bundle, kubeconfig, user, ...files }));
      say(`A: ${(operators.at(-1)?.seconds ?? NaN).toFixed(1)} s`);
    } else {
      say('B: kubectl rolls the fleet');
      baselines.push(await runBaseline(cluster, placesOf(size), pace));
      say(`B: ${(baselines.at(-1)?.seconds ?? NaN).toFixed(1)} s`);
      await settled(client, size);
    }
  }
  const results = compare({ operators, baselines, workloads: placesOf(size).length, pods: pods(), pace, user });
  const numbers = [...results.numbers, ...aboutNames];
  await writeResults(join(root, '.cache', 'bench.json'), numbers);
  const load = loadavg()
    .map((n) => n.toFixed(1))
    .join(' ');
  say(`${availableParallelism()} cores, load ${load}; ${pace.namespaces} × ${pace.workloadsPerNamespace} workloads at once\n`);
  process.stdout.write(`${tableOf(numbers)}\n\n${results.notes}\n`);
  return numbers.every(isMet);
}

process.exitCode = (await main()) ? 0 : 1;
