// Who is who: overlapping migrations, namespaces and workloads that are others under an old name, and migrations that go and come back.
import { expect } from 'chai';
import { listAt, textAt } from '../../support/observer/fields.ts';
import { hasProxy, templateAnnotations } from '../../support/observer/world.ts';
import { make } from './scene.ts';
import type { Scene } from './scene.ts';
import { scenariosOf } from './scenarios.ts';

const slow = { annotations: { 'fake-node.test/ready-after': '3s' } };
const gone = (s: Scene, name: string): boolean =>
  s.observer.world.all('migrations').every(({ metadata }) => metadata.name !== name);

describe('identities', () => {
  const { scenario } = scenariosOf('who');

  scenario('a namespace of another live migration is blocked (Overlap), and goes on when that one is gone', async (s) => {
    const shop = await s.namespace('shop', [make.deployment('web')]);
    const spec = { waves: [{ name: 'one', namespaces: [shop] }] };
    const first = await s.migrate(spec, { name: s.name('first') });
    await s.gets('Migrated', first);
    const second = await s.migrate(spec, { name: s.name('second') });
    await s.stalls('Blocked', second);
    const [failure] = listAt(s.migration(second), 'status', 'failures');
    expect(failure).to.include({ namespace: shop, reason: 'Overlap' });
    expect(textAt(failure, 'message')).to.contain(first);
    const { generation } = (await s.get(`Deployment/${shop}/web`)).metadata;
    await s.kubectl('delete', 'meshmigration', first);
    await s.recovers('Migrated', second);
    expect((await s.get(`Deployment/${shop}/web`)).metadata.generation).to.equal(generation);
    expect(textAt(s.record(shop), 'spec', 'migrationRef', 'name')).to.equal(second);
  });

  scenario('a namespace that is deleted in mid-move frees its place, and holds nothing up', async (s) => {
    const a = await s.namespace('a', [make.deployment('web', slow)]);
    const b = await s.namespace('b', [make.deployment('web')]);
    await s.migrate({ pace: { maxConcurrentNamespaces: 1 } });
    await s.seen('a moves', () => s.keyed(a).length === 1);
    await s.kubectl('delete', 'namespace', a, '--wait=false');
    await s.gets('Migrated');
    expect(s.step(b)).to.equal('Migrated');
    await s.seen(
      'it is not counted',
      () => s.migration()['status'] !== undefined && textAt(s.migration(), 'status', 'migrated') === '1/1',
    );
  });

  scenario('a namespace that is another one under the old name starts anew with a record of its own', async (s) => {
    const shop = await s.namespace('shop', [make.deployment('web')], { annotations: { note: 'old' } });
    await s.migrate();
    await s.gets('Migrated');
    const before = s.record(shop).metadata.uid;
    await s.kubectl('delete', 'namespace', shop);
    await s.seen('it is gone', () => s.observer.world.namespace(shop) === undefined);
    await s.namespace('shop', [make.deployment('web')]);
    await s.seen(
      'it has another record',
      () => s.observer.world.record(shop)?.metadata.uid !== before && s.step(shop) === 'Migrated',
    );
    await s.recovers('Migrated');
    expect(textAt(s.record(shop), 'spec', 'namespaceUID')).to.equal(s.observer.world.namespace(shop)?.metadata.uid);
    await s.carries(shop, ['Deployment/web']);
  });

  scenario('a workload that is another one under the old name is new, not Drifted', async (s) => {
    const shop = await s.namespace('shop', [make.deployment('web', slow)]);
    await s.migrate();
    await s.seen('web is in flight', () => s.keyed(shop).length === 1);
    await s.kubectl('delete', '-n', shop, 'deployment/web');
    await s.seen('web is gone', () => s.observer.world.workload('Deployment', shop, 'web') === undefined);
    await s.add(shop, make.deployment('web'));
    await s.gets('Migrated');
    expect(s.pods(shop).every(hasProxy)).to.equal(true);
    expect(s.rows(shop)).to.deep.equal([]);
  });

  scenario('a migration that is deleted in mid-move leaves everything as it is, and takes its fence away', async (s) => {
    const shop = await s.namespace('shop', [make.deployment('a', slow), make.deployment('b', slow)]);
    await s.migrate({ pace: { maxConcurrentWorkloads: 1 } });
    await s.seen('a is in flight', () => s.keyed(shop).length === 1);
    await s.kubectl('delete', 'meshmigration', s.prefix);
    await s.seen(
      'the fence is gone',
      () => s.observer.world.namespace(shop)?.metadata.labels?.['meshmigration.io/moving'] === undefined,
    );
    await s.seen('the record says so', () => textAt(s.record(shop), 'status', 'reason') === 'MigrationGone');
    await s.carries(shop, ['Deployment/a']);
  });

  scenario(
    'created again under the same name it adopts: templates that carry keys are verified, not written again',
    async (s) => {
      const shop = await s.namespace('shop', [make.deployment('a', slow), make.deployment('b', slow)]);
      await s.migrate({ pace: { maxConcurrentWorkloads: 1 } });
      await s.seen('a is in flight', () => s.keyed(shop).length === 1);
      const originals = JSON.stringify(s.record(shop)['spec']).match(/"originals".*/)?.[0];
      await s.kubectl('delete', 'meshmigration', s.prefix);
      await s.seen('it is gone', () => gone(s, s.prefix));
      const key = templateAnnotations(await s.get(`Deployment/${shop}/a`))['meshmigration.io/cutover'];
      await s.migrate({ pace: { maxConcurrentWorkloads: 1 } });
      await s.gets('Migrated');
      await s.carries(shop, ['Deployment/a', 'Deployment/b']);
      expect(templateAnnotations(await s.get(`Deployment/${shop}/a`))['meshmigration.io/cutover']).to.equal(key);
      expect(JSON.stringify(s.record(shop)['spec']).match(/"originals".*/)?.[0]).to.equal(originals);
      await s.change({ spec: { desiredState: 'RolledBack' } });
      await s.gets('RolledBack');
      await s.carries(shop, []);
    },
  );

  scenario('after a move between other meshes another one waits, and both ways out that it names work', async (s) => {
    const web = { linkerd1: false } as const;
    const kept = await s.namespace('kept', [make.deployment('web', web)]);
    const undone = await s.namespace('undone', [make.deployment('web', web)]);
    const earlier = { source: { mesh: 'None' }, target: { mesh: 'Linkerd2' } } as const;
    const first = await s.migrate(
      { ...earlier, waves: [{ name: 'one', namespaces: [kept, undone] }] },
      { name: s.name('first') },
    );
    await s.gets('Migrated', first);
    await s.kubectl('delete', 'meshmigration', first);
    await s.seen('it is gone', () => gone(s, first));

    const meshes = { source: { mesh: 'Linkerd2' }, target: { mesh: 'None' } } as const;
    const second = await s.migrate({ ...meshes, waves: [{ name: 'one', namespaces: [kept] }] }, { name: s.name('second') });
    await s.stalls('Blocked', second);
    const failureNow = (): unknown => listAt(s.migration(second), 'status', 'failures')[0];
    expect(failureNow()).to.include({ namespace: kept, reason: 'OtherPair' });
    const remedy = textAt(failureNow(), 'remedy') ?? '';
    const patch = /--type merge -p '([^']+)'/.exec(remedy)?.[1] ?? '';
    await s.kubectl('delete', 'namespacemigration', kept);
    await s.seen('it is still told', () => textAt(failureNow(), 'message')?.includes('none to linkerd2') === true);
    expect(textAt(failureNow(), 'remedy')).to.contain(patch);
    await s.kubectl('patch', '-n', kept, 'deployment', 'web', '--type', 'merge', '-p', patch);
    await s.kubectl('label', 'namespace', kept, 'meshmigration.io/to-', 'meshmigration.io/from-');
    await s.recovers('Migrated', second);
    expect(s.pods(kept).some(hasProxy)).to.equal(false);

    const spec = { ...earlier, waves: [{ name: 'one', namespaces: [undone] }], desiredState: 'RolledBack' } as const;
    await s.gets('RolledBack', await s.migrate(spec, { name: s.name('third') }));
    await s.carries(undone, []);
    expect(s.pods(undone).some(hasProxy)).to.equal(false);
  });
});
