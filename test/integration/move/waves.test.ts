// The order of a migration: waves, approval, pause, pace, the failure budget, holds, and namespaces that come late.
import { expect } from 'chai';
import { listAt, textAt } from '../../support/observer/fields.ts';
import { isRolledOut } from '../../support/observer/world.ts';
import { make } from './scene.ts';
import type { Scene } from './scene.ts';
import { scenariosOf } from './scenarios.ts';

const slow = { annotations: { 'fake-node.test/ready-after': '2s' } };
const wave = (name: string, namespaces: readonly string[], more: object = {}): object => ({ name, namespaces, ...more });

describe('waves', () => {
  const { scenario } = scenariosOf('waves');

  scenario('one wave follows the other, and each tells when it began and ended', async (s) => {
    const [first, second] = await both(s);
    await s.migrate({ waves: [wave('one', [first]), wave('two', [second])] });
    await s.gets();
    const [one, two] = listAt(s.migration(), 'status', 'waves');
    expect(textAt(one, 'completionTime')! <= textAt(two, 'startTime')!).to.equal(true);
    expect(textAt(two, 'completionTime')).to.be.a('string');
  });

  scenario('a wave that needs approval waits for advanceThrough and says so', async (s) => {
    const [first, second] = await both(s);
    const waves = [wave('one', [first]), wave('two', [second], { requireApproval: true })];
    await s.migrate({ waves });
    await s.seen('it waits for approval', () => s.condition('Ready')?.reason === 'AwaitingApproval');
    expect([s.condition('Ready')?.status, s.condition('Reconciling'), s.condition('Stalled')]).to.deep.equal([
      'False',
      undefined,
      undefined,
    ]);
    expect([s.step(first), s.step(second)]).to.deep.equal(['Migrated', 'none']);
    await s.change({ spec: { advanceThrough: 'two' } });
    await s.gets('Migrated');
  });

  scenario('advanceThrough limits no wave without requireApproval', async (s) => {
    const [first, second] = await both(s);
    await s.migrate({ advanceThrough: 'one', waves: [wave('one', [first], { requireApproval: true }), wave('two', [second])] });
    await s.gets('Migrated');
  });

  scenario('paused: the workload in flight comes to its end, nothing new starts, and it goes on where it was', async (s) => {
    const shop = await s.namespace('shop', [make.deployment('api', slow), make.deployment('web', slow)]);
    await s.migrate({ pace: { maxConcurrentWorkloads: 1 } });
    await s.seen('api is in flight', () => s.keyed(shop).includes('Deployment/api'));
    await s.change({ spec: { paused: true } });
    await s.seen('api is verified', () => s.rows(shop).length === 0 && textAt(s.record(shop), 'status', 'progress') === '1/2');
    await s.seen('it says that it is paused', () => s.condition('Ready')?.reason === 'Paused');
    await s.carries(shop, ['Deployment/api']);
    await s.change({ spec: { paused: false } });
    await s.gets('Migrated');
  });

  scenario('as many namespaces are in flight as the pace says, and a wave may say otherwise', async (s) => {
    const names = await Promise.all(['a', 'b', 'c', 'd'].map((name) => s.namespace(name, [make.deployment('web', slow)])));
    await s.migrate({
      pace: { maxConcurrentNamespaces: 1 },
      waves: [wave('one', names.slice(0, 2), { maxConcurrentNamespaces: 2 }), wave('two', names.slice(2))],
    });
    const inFlight = (some: readonly string[]): number =>
      some.filter((name) => ['Cutover', 'Commit', 'Soak'].includes(s.step(name))).length;
    await s.seen('two are in flight', () => inFlight(names.slice(0, 2)) === 2);
    await s.gets();
    const [, two] = listAt(s.migration(), 'status', 'waves');
    expect(textAt(two, 'completionTime')).to.be.a('string');
  });

  scenario('beyond the failure budget nothing new starts', async (s) => {
    const first = await s.namespace('a', [make.deployment('bad', { proxy: 'failing' })]);
    const second = await s.namespace('b', [make.deployment('web')]);
    await s.migrate({ waves: [wave('one', [first]), wave('two', [second])] });
    await s.stalls('FailureBudgetSpent');
    expect([s.step(first), s.step(second)]).to.deep.equal(['RolledBack', 'none']);
    const [failure] = listAt(s.migration(), 'status', 'failures');
    expect(failure).to.deep.include({ namespace: first, workload: 'Deployment/bad', reason: 'LowSuccessRate' });
    expect(textAt(failure, 'remedy')).not.to.equal('');
  });

  scenario('within the failure budget the next wave starts', async (s) => {
    const first = await s.namespace('a', [make.deployment('bad', { proxy: 'failing' })]);
    const second = await s.namespace('b', [make.deployment('web')]);
    await s.migrate({ rollback: { maximumFailedNamespaces: 1 }, waves: [wave('one', [first]), wave('two', [second])] });
    await s.stalls('Failed');
    expect([s.step(first), s.step(second)]).to.deep.equal(['RolledBack', 'Migrated']);
  });

  scenario('a held namespace is blocked, holds up neither wave nor pace, and moves when the hold is gone', async (s) => {
    const held = await s.namespace('a', [make.deployment('web')], { annotations: { 'meshmigration.io/hold': 'audit' } });
    const free = await s.namespace('b', [make.deployment('web')]);
    await s.migrate({ pace: { maxConcurrentNamespaces: 1 } });
    await s.stalls('Blocked');
    expect([s.step(held), s.step(free)]).to.deep.equal(['Preflight', 'Migrated']);
    expect(s.migration()['status']).to.deep.include({ migrated: '1/2' });
    await s.kubectl('annotate', 'namespace', held, 'meshmigration.io/hold-');
    await s.recovers('Migrated');
  });

  scenario(
    'a namespace that comes after its wave began joins the first later wave that matches, else it is listed and holds nothing up',
    async (s) => {
      const [first, second] = await both(s);
      const { labels } = { labels: { matchLabels: { scene: s.prefix } } };
      await s.migrate({
        waves: [{ name: 'one', namespaceSelector: labels }, wave('two', [s.name('late')], { requireApproval: true })],
      });
      await s.seen('the first wave is over', () => s.condition('Ready')?.reason === 'AwaitingApproval');
      const late = await s.namespace('late', [make.deployment('web')]);
      const later = await s.namespace('later', [make.deployment('web')]);
      await s.change({ spec: { advanceThrough: 'two' } });
      await s.gets('Migrated');
      expect([first, second, late].map((name) => s.step(name))).to.deep.equal(['Migrated', 'Migrated', 'Migrated']);
      await s.seen('the last one is listed', () =>
        listAt(s.migration(), 'status', 'failures').some((f) => f['namespace'] === later && f['reason'] === 'NoWaveLeft'),
      );
      expect(s.step(later)).to.equal('none');
    },
  );

  scenario('a namespace is watched for the soak after its commit, and a wave may say how long', async (s) => {
    const shop = await s.namespace('shop', [make.deployment('web')]);
    await s.migrate({ waves: [wave('one', [shop], { soakSeconds: 3 })], health: { soakSeconds: 600, minimumRequests: 1 } });
    await s.reaches(shop, 'Soak');
    const began = Date.parse(textAt(s.record(shop), 'status', 'stepTime')!);
    await s.gets();
    expect(Date.parse(textAt(s.record(shop), 'status', 'stepTime')!) - began).to.be.within(3_000, 20_000);
  });

  scenario('a selector passes over system and mesh namespaces, and a name of one is an error', async (s) => {
    const shop = await s.namespace('shop', [make.deployment('web')]);
    for (const name of ['kube-public', 'linkerd', 'l5d-system'])
      await s.kubectl('label', 'namespace', name, `scene=${s.prefix}`, '--overwrite');
    await s.migrate();
    await s.gets('Migrated');
    expect(s.migration()['status']).to.deep.include({ migrated: '1/1' });
    await s.migrate({ waves: [wave('one', ['kube-public'])] }, { name: s.name('named') });
    await s.stalls('ExcludedNamespace', s.name('named'));
    expect(textAt(listAt(s.migration(s.name('named')), 'status', 'failures')[0], 'remedy')).to.contain('kube-public');
    expect(s.step(shop)).to.equal('Migrated');
  });

  scenario('a spec that is edited in mid-move holds from then on', async (s) => {
    const shop = await s.namespace(
      'shop',
      ['a', 'b', 'c'].map((name) => make.deployment(name, slow)),
    );
    await s.migrate({ pace: { maxConcurrentWorkloads: 1 } });
    await s.seen('a is in flight', () => s.keyed(shop).length === 1);
    await s.change({ spec: { pace: { maxConcurrentWorkloads: 2 } } });
    const rolling = (): number => s.observer.world.all('workloads', shop).filter((workload) => !isRolledOut(workload)).length;
    await s.seen('two are in flight', () => s.keyed(shop).length === 2 && rolling() === 2);
    await s.change({ spec: { waves: [wave('renamed', [shop])] } });
    await s.stalls('InvalidSpec');
    await s.change({ spec: { waves: [wave('all', [shop])] } });
    await s.recovers('Migrated');
  });
});

async function both(s: Scene): Promise<[string, string]> {
  return await Promise.all([s.namespace('a', [make.deployment('web')]), s.namespace('b', [make.deployment('web')])]);
}
