// Linkerd 1 of one node goes away under load: first in a plain restart, as the control, then in mid-cutover. Run inside.ts around it.
import { expect } from 'chai';
import { until } from '../../cluster/readiness.ts';
import { kubectl } from '../kubectl.ts';
import { LINKERD1_NAMESPACE } from '../meshes/linkerd1.ts';
import type { RealCluster } from '../node/real-cluster.ts';
import { NAMESPACES } from '../migration/application.ts';
import '../migration/ending.ts';
import { called, forget, noneFailed, told, type Failure } from '../migration/load.ts';
import { isReady, setStage, workloads } from '../migration/stage.ts';
import { pods, reached, startOver, underWay, wish } from '../migration/wishes.ts';

/**
 * Calls that may be lost while it is away, by the rates of the load alone, whoever restarts the pods: six callers and targets pass
 * Linkerd 1, each makes four calls a second, and it is away for some 15 s. A plain restart under the same fault, the control, may
 * lose no more than that either. What does not pass Linkerd 1 loses none.
 */
const ALLOWED = 6 * 4 * 15;
const CALLS_AWAY = 20;
const NODE = 'node-2';
const HOME = 'e2e.test/linkerd1';
const SET = ['-n', LINKERD1_NAMESPACE, 'daemonset', 'l5d'] as const;

describe('Linkerd 1 of one node going away', () => {
  let cluster: RealCluster;

  before(async () => {
    cluster = await setStage();
    await startOver(cluster);
    // Only the pod on the one node shall go: what changes in the template then replaces no other.
    await patch(cluster, { spec: { updateStrategy: { type: 'OnDelete', rollingUpdate: null } } });
    for (const { name } of cluster.nodes.filter((node) => node.name !== NODE))
      await kubectl(cluster, ['label', 'node', name, `${HOME}=`]);
  });

  after(async () => {
    await patch(cluster, { spec: { updateStrategy: { type: 'RollingUpdate' } } });
  });

  beforeEach(async () => await forget(cluster));

  it('loses calls in a plain restart, and none once it is back: the control', async () => {
    for (const namespace of NAMESPACES)
      await kubectl(cluster, ['rollout', 'restart', '-n', namespace, ...(await workloads(cluster, namespace))]);
    expect(await lostWhileAway(cluster)).to.be.within(1, ALLOWED);
    await Promise.all(NAMESPACES.map((namespace) => isReady(cluster, namespace)));
    await forget(cluster);
    await noneFailed(cluster);
  });

  it('loses no more than allowed in mid-cutover, and the migration ends', async () => {
    await wish(cluster, 'Migrated');
    await underWay(cluster);
    await forget(cluster);
    expect(await lostWhileAway(cluster)).to.be.at.most(ALLOWED);
    await reached(cluster, 'Migrated');
    expect((await pods(cluster)).apart).to.equal(0);
    await forget(cluster);
    await noneFailed(cluster);
  });
});

/** Takes the proxy of one node away for some calls of each caller, and returns how many calls were lost until it was back. */
async function lostWhileAway(cluster: RealCluster): Promise<number> {
  await patch(cluster, { spec: { template: { spec: { nodeSelector: { [HOME]: '' } } } } });
  try {
    await until('it is away', 60_000, async () => (await on(cluster)).length === cluster.nodes.length - 1);
    await called(cluster, CALLS_AWAY);
  } finally {
    await patch(cluster, { spec: { template: { spec: { nodeSelector: null } } } });
    await until('it is back', 60_000, async () => (await on(cluster)).length === cluster.nodes.length);
  }
  const { failures } = await called(cluster, 2 * CALLS_AWAY);
  const { length } = failures;
  process.stdout.write(`    ${String(length)} calls lost\n`);
  expect(told(failures.filter((failure) => !passesLinkerd1(failure)))).to.deep.equal([]);
  return length;
}

// Callers through it, and the chain, whose services call each other through it.
function passesLinkerd1({ Caller, Target }: Failure): boolean {
  return Caller.startsWith('through-linkerd1-') || Target.endsWith('/chain');
}

async function patch(cluster: RealCluster, change: object): Promise<void> {
  await kubectl(cluster, ['patch', ...SET, '--type=merge', '-p', JSON.stringify(change)]);
}

/** Nodes with a proxy that is ready. */
async function on(cluster: RealCluster): Promise<string[]> {
  const path = 'jsonpath={range .items[?(@.status.containerStatuses[0].ready==true)]}{.spec.nodeName}{"\\n"}{end}';
  const text = await kubectl(cluster, ['get', 'pods', '-n', LINKERD1_NAMESPACE, '-l', 'app=l5d', '-o', path]);
  return text.split('\n').filter((line) => line !== '');
}
