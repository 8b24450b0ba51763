// Migrations under a load that never stops, on real nodes with real packets: no call may fail, whatever happens on the way.
// The order counts: each test starts where the one before has ended. Run inside.ts around it.
import { expect } from 'chai';
import { kubectl } from '../kubectl.ts';
import type { RealCluster } from '../node/real-cluster.ts';
import { NAMESPACES } from './application.ts';
import './ending.ts';
import { forget, noneFailed, noneFailedUnmoved, type Seen } from './load.ts';
import { rightsOf } from './rights.ts';
import { isReady, setStage, workloads } from './stage.ts';
import { leader, restarts } from './replicas.ts';
import { pods, reached, scaleInjector, startOver, underWay, wish } from './wishes.ts';

describe('A migration under load', () => {
  let cluster: RealCluster;
  let restart: Seen | undefined;

  before(async () => {
    cluster = await setStage();
    await startOver(cluster);
  });

  beforeEach(async () => await forget(cluster));

  it('is compared with a plain restart of the same workloads, which loses no call either', async () => {
    for (const namespace of NAMESPACES) {
      await kubectl(cluster, ['rollout', 'restart', '-n', namespace, ...(await workloads(cluster, namespace))]);
    }
    await Promise.all(NAMESPACES.map((namespace) => isReady(cluster, namespace)));
    restart = await noneFailedUnmoved(cluster);
  });

  it('moves all namespaces and loses no call', async () => {
    await wish(cluster, 'Migrated');
    await reached(cluster, 'Migrated');
    expect((await pods(cluster)).apart).to.equal(0);
    const move = await noneFailed(cluster);
    if (restart !== undefined) process.stdout.write(`    latency, as a ratio to a plain restart: ${ratios(move, restart)}\n`);
  });

  it('leaves a pod that is born in an injector outage wholly in the source, and loses no call', async () => {
    await scaleInjector(cluster, 0);
    try {
      await kubectl(cluster, ['rollout', 'restart', '-n', 'shop', 'deployment/web']);
      await isReady(cluster, 'shop');
      const { apart, bare } = await pods(cluster);
      expect({ apart, bare }).to.deep.equal({ apart: 2, bare: 0 });
      await noneFailed(cluster);
    } finally {
      await scaleInjector(cluster, 1);
    }
    await kubectl(cluster, ['rollout', 'restart', '-n', 'shop', 'deployment/web']);
    await isReady(cluster, 'shop');
    expect((await pods(cluster)).apart).to.equal(0);
    await noneFailed(cluster);
  });

  it('goes all the way back and loses no call', async () => {
    await wish(cluster, 'RolledBack');
    await reached(cluster, 'RolledBack');
    expect((await pods(cluster)).joined).to.equal(0);
    await noneFailed(cluster);
  });

  it('is turned round in the middle and loses no call', async () => {
    await wish(cluster, 'Migrated');
    await underWay(cluster);
    await wish(cluster, 'RolledBack');
    await reached(cluster, 'RolledBack');
    expect((await pods(cluster)).joined).to.equal(0);
    await noneFailed(cluster);
  });

  it('goes on after its operator was killed in the middle and loses no call', async () => {
    await wish(cluster, 'Migrated');
    await underWay(cluster);
    const { pod, pid } = await leader(cluster);
    process.kill(pid, 'SIGKILL');
    await reached(cluster, 'Migrated');
    expect(await restarts(cluster, pod)).to.equal(1);
    expect((await pods(cluster)).apart).to.equal(0);
    await noneFailed(cluster);
  });

  it('waits while the injector is away in the middle, ends when it is back, and loses no call', async () => {
    await wish(cluster, 'RolledBack');
    await reached(cluster, 'RolledBack');
    await wish(cluster, 'Migrated');
    await underWay(cluster);
    await scaleInjector(cluster, 0);
    try {
      await noneFailed(cluster);
    } finally {
      await scaleInjector(cluster, 1);
    }
    await reached(cluster, 'Migrated');
    expect((await pods(cluster)).apart).to.equal(0);
    await noneFailed(cluster);
  });

  it('was denied nothing that its operator asked for', async () => {
    expect((await rightsOf(cluster)).denied).to.deep.equal([]);
  });
});

function ratios(one: Seen, other: Seen): string {
  const shares = [50, 95, 99] as const;
  const at = (all: Seen, share: number): number => {
    const sorted = [...all.latencies].sort((a, b) => a - b);
    return sorted[Math.floor(((sorted.length - 1) * share) / 100)] ?? Number.NaN;
  };
  return shares
    .map((share) => `p${String(share)} ${(at(one, share) / at(other, share)).toFixed(2)} (${at(one, share).toFixed(1)} ms)`)
    .join(', ');
}
