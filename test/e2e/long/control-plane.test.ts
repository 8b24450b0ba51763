// The control plane of the cluster fails in mid-cutover, under load: no call may be lost, and the migration goes on. Run inside.ts
// around it.
import { expect } from 'chai';
import { setTimeout as pause } from 'node:timers/promises';
import { until } from '../../cluster/readiness.ts';
import type { RealCluster } from '../node/real-cluster.ts';
import '../migration/ending.ts';
import { forget, noneFailed } from '../migration/load.ts';
import { setStage } from '../migration/stage.ts';
import { pods, reached, startOver, underWay, wish } from '../migration/wishes.ts';

const PAUSED_MILLISECONDS = 20_000;
const BACK_LIMIT = 60_000;

describe('A migration under load goes on and loses no call', () => {
  let cluster: RealCluster;

  before(async () => {
    cluster = await setStage();
  });

  beforeEach(async () => {
    await startOver(cluster);
    await wish(cluster, 'Migrated');
    await underWay(cluster);
    await forget(cluster);
  });

  afterEach(async () => {
    await reached(cluster, 'Migrated');
    expect((await pods(cluster)).apart).to.equal(0);
    await noneFailed(cluster);
  });

  it('after the API server was started anew in mid-cutover', async () => {
    await cluster.controlPlane.restartApiServer();
    await noneFailed(cluster);
  });

  it('after the store stood still for 20 s in mid-cutover', async () => {
    cluster.controlPlane.signalEtcd('SIGSTOP');
    try {
      // The fault is the time that it lasts.
      await pause(PAUSED_MILLISECONDS);
    } finally {
      cluster.controlPlane.signalEtcd('SIGCONT');
    }
    await until('the API server answers', BACK_LIMIT, () => answers(cluster));
    await noneFailed(cluster);
  });
});

async function answers({ controlPlane }: RealCluster): Promise<boolean> {
  return await controlPlane.calls.call('GET', '/readyz').then(
    ({ status }) => status === 200,
    () => false,
  );
}
