// Outages in mid-move: the injector, the API server, and an operator that was frozen and wakes up behind another one.
import { expect } from 'chai';
import { launchOperator } from '../../support/operator-process.ts';
import { hasProxy, isReady, sourceTrace } from '../../support/observer/world.ts';
import { textAt } from '../../support/observer/fields.ts';
import { make } from './scene.ts';
import { scenariosOf } from './scenarios.ts';

// Watches that were cut off come back after seconds, each in its own time.
const patient = { restart: { progressDeadlineSeconds: 60 } };
const slow = { annotations: { 'fake-node.test/ready-after': '2s' } };

describe('outages in mid-move', () => {
  const { alone } = scenariosOf('out');

  alone('with the injector down old pods keep serving, deadlines stand still, and the move goes on by itself', async (s) => {
    const shop = await s.namespace('shop', [make.deployment('a', { ...slow, replicas: 6 }), make.deployment('b', slow)]);
    await s.migrate({ pace: { maxConcurrentWorkloads: 1 }, ...patient });
    await s.seen('the first new pod is ready', () => s.pods(shop).some((pod) => hasProxy(pod) && isReady(pod)));
    await s.stage.linkerd2.setInjectorDown(true);
    await s.seen('it is told', () => textAt(s.record(shop), 'status', 'reason') === 'TargetNotReady');
    const status = (): string => JSON.stringify(s.observer.world.workload('Deployment', shop, 'a')?.['status']);
    await s.seen('the rollout is refused pods', () => status().includes('refuse-unjoined'));
    const serving = (app: string): number =>
      s.pods(shop).filter((pod) => pod.metadata.name.startsWith(`${app}-`) && isReady(pod)).length;
    expect([serving('a') >= 5, serving('b')]).to.deep.equal([true, 2]);
    await s.carries(shop, ['Deployment/a']);
    await s.stage.linkerd2.setInjectorDown(false);
    await s.gets('Migrated');
    expect(s.record(shop)['status']).to.deep.include({ attempt: 1 });
    expect(s.pods(shop).filter((pod) => !hasProxy(pod) || sourceTrace(pod) !== undefined)).to.deep.equal([]);
  });

  alone('a restart of the API server changes nothing but the time it takes', async (s) => {
    const shop = await s.namespace(
      'shop',
      ['a', 'b', 'c', 'd'].map((name) => make.deployment(name, slow)),
    );
    await s.migrate({ pace: { maxConcurrentWorkloads: 1 }, ...patient });
    await s.seen('a is in flight', () => s.keyed(shop).length === 1);
    await s.stage.cluster.restartApiServer();
    await s.gets('Migrated');
    await s.carries(shop, ['Deployment/a', 'Deployment/b', 'Deployment/c', 'Deployment/d']);
    expect(s.record(shop)['status']).to.deep.include({ attempt: 1 });
  });

  alone('an operator that ends in good order lets the next one go on at once', async (s) => {
    const shop = await s.namespace(
      'shop',
      ['a', 'b', 'c'].map((name) => make.deployment(name, slow)),
    );
    await s.migrate({ pace: { maxConcurrentWorkloads: 1 } });
    await s.seen('a is in flight', () => s.keyed(shop).length === 1);
    const first = s.stage.operator;
    s.stage.operator = await launchOperator(s.stage.cluster, { identity: 'second' });
    expect(await first.stop()).to.equal(0);
    await s.stage.operator.said('became leader');
    await s.gets('Migrated');
  });

  alone('a leader that was frozen past its lease writes nothing when it wakes up, and ends', async (s) => {
    const shop = await s.namespace(
      'shop',
      ['a', 'b'].map((name) => make.deployment(name, slow)),
    );
    await s.migrate({ pace: { maxConcurrentWorkloads: 1 }, ...patient });
    await s.seen('a is in flight', () => s.keyed(shop).length === 1);
    const frozen = s.stage.operator;
    frozen.signal('SIGSTOP');
    try {
      s.stage.operator = await launchOperator(s.stage.cluster, { identity: 'third' });
      await s.stage.operator.said('became leader');
    } finally {
      frozen.signal('SIGCONT');
    }
    expect(await frozen.ended).to.be.above(0);
    await s.gets('Migrated');
    await s.carries(shop, ['Deployment/a', 'Deployment/b']);
  });
});
