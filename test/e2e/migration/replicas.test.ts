// Two replicas of the operator on two nodes, and what can happen to the one that leads while a migration is on its way: the
// same end, nothing done twice, no call lost. The order counts. Run inside.ts around it.
import { expect } from 'chai';
import { until } from '../../cluster/readiness.ts';
import { kubectl } from '../kubectl.ts';
import type { RealCluster } from '../node/real-cluster.ts';
import { templateWrites } from './audit.ts';
import './ending.ts';
import { forget, noneFailed } from './load.ts';
import { endInGoodOrder, killed, leader, restarts, rollOperator, takeover, takeoverAfter } from './replicas.ts';
import { setStage } from './stage.ts';
import { goingBack, reached, startOver, underWay, wish } from './wishes.ts';

describe('Two replicas of the operator', () => {
  let cluster: RealCluster;
  let written: Map<string, number>;

  before(async () => {
    cluster = await setStage();
    await startOver(cluster);
  });

  beforeEach(async () => {
    written = templateWrites(cluster);
    await forget(cluster);
  });

  function nothingTwice(): void {
    const now = templateWrites(cluster);
    const more = [...now].map(([workload, count]) => [workload, count - (written.get(workload) ?? 0)] as const);
    const changed = more.filter(([, count]) => count > 0);
    expect(changed).to.have.length(7);
    expect(changed.filter(([, count]) => count !== 1)).to.deep.equal([]);
  }

  it('stand on a node each', async () => {
    const path = 'jsonpath={range .items[*]}{.spec.nodeName}{"\\n"}{end}';
    const nodes = await kubectl(cluster, ['get', 'pods', '-n', 'meshmigration-system', '-o', path]);
    expect(new Set(nodes.trim().split('\n')).size).to.equal(2);
  });

  it('take over within 17 s when the one that leads is killed in mid-cutover', async () => {
    await wish(cluster, 'Migrated');
    await underWay(cluster);
    const took = await takeoverAfter(cluster, killed);
    process.stdout.write(`    taken over ${(took / 1_000).toFixed(1)} s after a kill\n`);
    expect(took).to.be.at.most(17_000);
    await reached(cluster, 'Migrated');
    nothingTwice();
    await noneFailed(cluster);
  });

  it('take over within 2 s when the one that leads ends in good order on the way back', async () => {
    await wish(cluster, 'RolledBack');
    await goingBack(cluster);
    const took = await takeoverAfter(cluster, endInGoodOrder);
    process.stdout.write(`    taken over ${(took / 1_000).toFixed(1)} s after a clean exit\n`);
    expect(took).to.be.at.most(2_000);
    await reached(cluster, 'RolledBack');
    nothingTwice();
    await noneFailed(cluster);
  });

  it('take over from one that stands still, and it ends itself when it wakes', async () => {
    await wish(cluster, 'Migrated');
    await underWay(cluster);
    const { pod, pid } = await leader(cluster);
    const ended = await restarts(cluster, pod);
    const since = Date.now();
    process.kill(pid, 'SIGSTOP');
    try {
      expect(await takeover(cluster, since, pod)).to.be.at.most(20_000);
    } finally {
      process.kill(pid, 'SIGCONT');
    }
    await until('the one that stood still has ended itself', 30_000, async () => (await restarts(cluster, pod)) > ended);
    await reached(cluster, 'Migrated');
    nothingTwice();
    await noneFailed(cluster);
  });

  it('are rolled themselves in mid-move', async () => {
    await wish(cluster, 'RolledBack');
    await goingBack(cluster);
    await rollOperator(cluster);
    await reached(cluster, 'RolledBack');
    nothingTwice();
    await noneFailed(cluster);
  });
});
