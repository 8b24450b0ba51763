// What others do to workloads and nodes in mid-cutover, under load: they are scaled, their node is drained, the injector goes away
// while they are scaled. No call may be lost. Run inside.ts around it.
import { expect } from 'chai';
import { apply, kubectl } from '../kubectl.ts';
import type { RealCluster } from '../node/real-cluster.ts';
import { CALLERS, NAMESPACES } from '../migration/application.ts';
import { CONTROL, CONTROL_CALLERS } from '../migration/control.ts';
import '../migration/ending.ts';
import { forget, noneFailed } from '../migration/load.ts';
import { isReady, setStage, workloads } from '../migration/stage.ts';
import { pods, reached, scaleInjector, startOver, underWay, wish } from '../migration/wishes.ts';

const DRAINED = 'node-2';

describe('In mid-cutover under load', () => {
  let cluster: RealCluster;

  before(async () => {
    cluster = await setStage();
    await apply(cluster, await budgets(cluster));
  });

  beforeEach(async () => {
    await startOver(cluster);
    await forget(cluster);
  });

  after(async () => {
    for (const namespace of [...NAMESPACES, CONTROL]) await kubectl(cluster, ['delete', 'pdb', '-n', namespace, '--all']);
  });

  it('an autoscaler scales out and in again, the replicas are its own in the end, and no call is lost', async () => {
    await wish(cluster, 'Migrated');
    await underWay(cluster);
    await scale(cluster, 4);
    await noneFailed(cluster);
    await scale(cluster, 3);
    await reached(cluster, 'Migrated');
    await allReady(cluster);
    const { joined, apart } = await pods(cluster);
    // Four of three and one on each of two nodes.
    expect({ joined, apart }).to.deep.equal({ joined: 5 * 3 + 2, apart: 0 });
    await scale(cluster, 2);
    await allReady(cluster);
    await noneFailed(cluster);
  });

  it('a node is drained and comes back, and no call is lost', async () => {
    await wish(cluster, 'Migrated');
    await underWay(cluster);
    try {
      await kubectl(cluster, [
        'drain',
        DRAINED,
        '--ignore-daemonsets',
        '--delete-emptydir-data',
        '--force',
        `--pod-selector=${drained}`,
        '--timeout=200s',
      ]);
      await reached(cluster, 'Migrated');
    } finally {
      await kubectl(cluster, ['uncordon', DRAINED]);
    }
    expect((await pods(cluster)).apart).to.equal(0);
    await noneFailed(cluster);
  });

  it('workloads are scaled while the injector is away, and no call is lost', async () => {
    await wish(cluster, 'Migrated');
    await underWay(cluster);
    await scaleInjector(cluster, 0);
    try {
      await scale(cluster, 3);
      await noneFailed(cluster);
      await scale(cluster, 2);
    } finally {
      await scaleInjector(cluster, 1);
    }
    await reached(cluster, 'Migrated');
    expect((await pods(cluster)).apart).to.equal(0);
    await noneFailed(cluster);
  });
});

// What has but one replica here and would be missed by itself stays: callers, names and the target's control plane.
const drained = [
  `app notin (${[...Object.keys(CALLERS), ...Object.keys(CONTROL_CALLERS)].join(',')})`,
  'k8s-app!=kube-dns',
  '!linkerd.io/control-plane-component',
].join(',');

/** Sets the replicas of all that has some, as an autoscaler does. */
async function scale(cluster: RealCluster, replicas: number): Promise<void> {
  for (const namespace of NAMESPACES) {
    const scaled = (await workloads(cluster, namespace)).filter((name) => !name.startsWith('daemonset'));
    await kubectl(cluster, ['scale', '-n', namespace, ...scaled, `--replicas=${String(replicas)}`]);
  }
}

async function allReady(cluster: RealCluster): Promise<void> {
  await Promise.all(NAMESPACES.map((namespace) => isReady(cluster, namespace)));
}

/** Without these a drain may take both pods of a workload at once, whoever moves. */
async function budgets(cluster: RealCluster): Promise<object[]> {
  const names = await Promise.all(
    [...NAMESPACES, CONTROL].map(async (namespace) =>
      (await workloads(cluster, namespace)).map((name) => [namespace, name.split('/')[1] ?? ''] as const),
    ),
  );
  return names.flat().map(([namespace, name]) => ({
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { namespace, name },
    spec: { maxUnavailable: 1, selector: { matchLabels: { app: name } } },
  }));
}
