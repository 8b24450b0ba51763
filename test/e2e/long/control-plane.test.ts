// The control plane of the cluster fails in mid-cutover, under load: no call may be lost, and the migration goes on. Run inside.ts
// around it.
import { expect } from 'chai';
import { setTimeout as pause } from 'node:timers/promises';
import { until } from '../../cluster/readiness.ts';
import { kubectl } from '../kubectl.ts';
import type { RealCluster } from '../node/real-cluster.ts';
import { GRACE, NAMESPACES } from '../migration/application.ts';
import { CONTROL } from '../migration/control.ts';
import '../migration/ending.ts';
import { forget, noneFailed } from '../migration/load.ts';
import { isReady, setStage, workloads } from '../migration/stage.ts';
import { pods, reached, startOver, underWay, wish } from '../migration/wishes.ts';

const PAUSED_MILLISECONDS = 20_000;
const BACK_LIMIT = 60_000;
const LONGER_GRACE = '15s';

describe('A migration under load goes on and loses no call', () => {
  let cluster: RealCluster;

  before(async () => {
    cluster = await setStage();
    await startOver(cluster);
    for (const namespace of [...NAMESPACES, CONTROL]) await leaveLater(cluster, namespace);
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

/**
 * Makes pods serve for longer after they were asked to end: nodes and controllers take some seconds to come back to an API server
 * that was away, and until then calls go to a pod that leaves, whoever has it replaced.
 */
async function leaveLater(cluster: RealCluster, namespace: string): Promise<void> {
  const args = '/spec/template/spec/containers/0/args/4';
  const change = [
    { op: 'test', path: args, value: `--grace=${GRACE}` },
    { op: 'replace', path: args, value: `--grace=${LONGER_GRACE}` },
  ];
  for (const workload of await workloads(cluster, namespace))
    await kubectl(cluster, ['patch', '-n', namespace, workload, '--type=json', '-p', JSON.stringify(change)]);
  await isReady(cluster, namespace);
}

async function answers({ controlPlane }: RealCluster): Promise<boolean> {
  return await controlPlane.calls.call('GET', '/readyz').then(
    ({ status }) => status === 200,
    () => false,
  );
}
