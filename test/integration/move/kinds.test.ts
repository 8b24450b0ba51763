// Every kind of workload on its way into the target: rolled, or switched for its next run, and what is born later.
import { expect } from 'chai';
import { textAt } from '../../support/observer/fields.ts';
import { hasProxy, sourceTrace, templateAnnotations } from '../../support/observer/world.ts';
import { make } from './scene.ts';
import { scenariosOf } from './scenarios.ts';

describe('kinds of workloads', () => {
  const { scenario } = scenariosOf('kinds');

  scenario('a Deployment, a StatefulSet and a DaemonSet are rolled, verified and committed', async (s) => {
    const shop = await s.namespace('shop', [make.deployment('web'), make.statefulSet('db'), make.daemonSet('agent')]);
    await s.migrate();
    await s.gets('Migrated');
    await s.carries(shop, ['DaemonSet/agent', 'Deployment/web', 'StatefulSet/db']);
    const pods = s.pods(shop);
    expect(pods).to.have.length(2 + 2 + 3);
    expect(pods.filter((pod) => !hasProxy(pod) || sourceTrace(pod) !== undefined)).to.deep.equal([]);
    const web = await s.get(`Deployment/${shop}/web`);
    const uid = s.migration().metadata.uid.slice(0, 8);
    expect(templateAnnotations(web)).to.deep.include({
      'meshmigration.io/to': 'linkerd2',
      'meshmigration.io/from': 'linkerd1',
      'meshmigration.io/cutover': `${uid}-1`,
    });
    const { metadata } = await s.get(`Namespace/${shop}`);
    expect(metadata.labels).to.deep.include({ 'meshmigration.io/to': 'linkerd2', 'meshmigration.io/from': 'linkerd1' });
    expect(metadata.labels).not.to.have.property('meshmigration.io/moving');
    expect(metadata.annotations).to.deep.include({ 'linkerd.io/inject': 'enabled' });
    expect(s.migration()['status']).to.deep.include({ migrated: '1/1' });
  });

  scenario('a CronJob is armed, and its next run is in the target and completes', async (s) => {
    const shop = await s.namespace('shop', [make.cronJob('report'), make.deployment('web')]);
    await s.migrate();
    await s.gets('Migrated');
    expect(s.rows(shop)).to.deep.equal(['CronJob/report: Armed NoPods']);
    await s.kubectl('create', 'job', '-n', shop, '--from=cronjob/report', 'report-29000001');
    const pod = await s.seen('the run has a pod', () =>
      s.pods(shop).find((one) => one.metadata.ownerReferences?.some(({ kind }) => kind === 'Job')),
    );
    expect(hasProxy(pod)).to.equal(true);
    expect(sourceTrace(pod)).to.equal(undefined);
    await s.seen('the armed CronJob is verified by its first run', () => s.rows(shop).length === 0);
    expect(textAt(await s.get(`Job/${shop}/report-29000001`), 'status', 'succeeded')).to.equal(undefined);
  });

  scenario('workloads without pods are armed and hold up nothing, and their first pod is judged', async (s) => {
    const shop = await s.namespace('shop', [
      make.deployment('asleep', { replicas: 0 }),
      make.statefulSet('manual', { spec: { updateStrategy: { type: 'OnDelete' } } }),
    ]);
    await s.migrate();
    await s.gets('Migrated');
    expect(s.rows(shop)).to.deep.equal(['Deployment/asleep: Armed NoPods', 'StatefulSet/manual: Armed NoPods']);
    await s.kubectl('scale', '-n', shop, 'deployment/asleep', '--replicas=2');
    await s.seen('asleep is verified', () => !s.rows(shop).some((row) => row.startsWith('Deployment/asleep')));
    await s.kubectl('delete', 'pod', '-n', shop, 'manual-0', 'manual-1');
    await s.seen('manual is verified', () => s.rows(shop).length === 0);
  });

  scenario('the first pod of an armed workload that fails after the end takes that workload back alone', async (s) => {
    const shop = await s.namespace('shop', [
      make.deployment('asleep', { replicas: 0, proxy: 'never-ready' }),
      make.deployment('web'),
    ]);
    await s.migrate({ restart: { progressDeadlineSeconds: 8 }, rollback: { maximumFailedNamespaces: 1 } });
    await s.gets('Migrated');
    await s.kubectl('scale', '-n', shop, 'deployment/asleep', '--replicas=1');
    await s.stalls('PartiallyMigrated');
    await s.carries(shop, ['Deployment/web']);
    await s.seen('it is back', () => s.rows(shop).join() === 'Deployment/asleep: Restored ProgressDeadlineExceeded');
    await s.seen('asleep is served from the source', () => s.unserved(shop).length === 0);
  });

  scenario('minReadySeconds is set where nobody owns it, with the keys, and goes with them', async (s) => {
    const shop = await s.namespace('shop', [make.deployment('web'), make.deployment('own', { spec: { minReadySeconds: 0 } })]);
    await s.migrate({ restart: { minReadySeconds: 1, progressDeadlineSeconds: 30 } });
    await s.gets('Migrated');
    expect((await s.get(`Deployment/${shop}/web`))['spec']).to.deep.include({ minReadySeconds: 1 });
    await s.change({ spec: { desiredState: 'RolledBack' } });
    await s.gets('RolledBack');
    expect((await s.get(`Deployment/${shop}/web`))['spec']).not.to.have.property('minReadySeconds');
  });

  scenario('a workload born in a committed namespace from an old manifest joins and leaves, too', async (s) => {
    const shop = await s.namespace('shop', [make.deployment('web')]);
    await s.migrate();
    await s.gets();
    await s.add(shop, make.deployment('late'));
    const late = s.pods(shop).filter(({ metadata }) => metadata.name.startsWith('late-'));
    expect(late.map((pod) => [hasProxy(pod), sourceTrace(pod)])).to.deep.equal([
      [true, undefined],
      [true, undefined],
    ]);
    await s.carries(shop, ['Deployment/web']);
  });

  scenario('pods of a workload that has not been moved stay where their template says while others move', async (s) => {
    const shop = await s.namespace('shop', [
      make.deployment('api', { annotations: { 'fake-node.test/ready-after': '2s' } }),
      make.deployment('web', { replicas: 1 }),
    ]);
    await s.migrate({ pace: { maxConcurrentWorkloads: 1 } });
    await s.seen('api is in flight', () => s.rows(shop).includes('Deployment/api: Moving RollingOut'));
    await s.kubectl('scale', '-n', shop, 'deployment/web', '--replicas=3');
    await s.seen(
      'web has three pods',
      () => s.pods(shop).filter(({ metadata }) => metadata.name.startsWith('web-')).length === 3,
    );
    const web = s.pods(shop).filter(({ metadata }) => metadata.name.startsWith('web-'));
    expect(web.filter(hasProxy)).to.deep.equal([]);
    await s.gets();
  });
});
