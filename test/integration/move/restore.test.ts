// The way back on request: exact, in order, un-committed first, and what stands in its way.
import { expect } from 'chai';
import { listAt, textAt } from '../../support/observer/fields.ts';
import { hasProxy, sourceTrace, templateAnnotations } from '../../support/observer/world.ts';
import { make, NAMESPACE_MIGRATION } from './scene.ts';
import { scenariosOf } from './scenarios.ts';

const slow = { annotations: { 'fake-node.test/ready-after': '2s' } };
const back = { spec: { desiredState: 'RolledBack' } };
const forward = { spec: { desiredState: 'Migrated' } };

describe('the way back', () => {
  const { scenario } = scenariosOf('back');

  scenario('desiredState RolledBack: every template, every pod and every key of the namespace is what it was', async (s) => {
    const all = [
      make.deployment('web'),
      make.statefulSet('db'),
      make.daemonSet('agent'),
      make.cronJob('report'),
      make.deployment('asleep', { replicas: 0 }),
    ];
    const shop = await s.namespace('shop', all, { inject: '', labels: { team: 'a' } });
    await s.kubectl('annotate', 'namespace', shop, 'linkerd.io/inject-');
    const was = (await s.get(`Namespace/${shop}`)).metadata;
    await s.migrate();
    await s.gets('Migrated');
    await s.change(back);
    await s.gets('RolledBack');
    const is = (await s.get(`Namespace/${shop}`)).metadata;
    expect([is.labels, is.annotations ?? {}]).to.deep.equal([was.labels, was.annotations ?? {}]);
    await s.carries(shop, []);
    const pods = s.pods(shop);
    expect(pods).to.have.length(2 + 2 + 3);
    expect(pods.filter((pod) => hasProxy(pod) || sourceTrace(pod) === undefined)).to.deep.equal([]);
    expect([s.condition('Ready')?.status, s.condition('Succeeded')?.status]).to.deep.equal(['True', 'True']);
  });

  scenario('one namespace goes back by the desiredState of its record, and stays there until that is taken away', async (s) => {
    const [first, second] = await Promise.all([
      s.namespace('a', [make.deployment('web')]),
      s.namespace('b', [make.deployment('web')]),
    ]);
    await s.migrate();
    await s.gets();
    await s.stage.client.mergePatch(NAMESPACE_MIGRATION, { name: first }, back);
    await s.reaches(first, 'RolledBack');
    await s.gets('Migrated');
    expect([s.keyed(first), s.keyed(second)]).to.deep.equal([[], ['Deployment/web']]);
    expect(s.migration()['status']).to.deep.include({ migrated: '1/2' });
    await s.stage.client.mergePatch(NAMESPACE_MIGRATION, { name: first }, { spec: { desiredState: null } });
    await s.reaches(first, 'Migrated');
    await s.gets('Migrated');
    expect(s.record(first)['status']).to.deep.include({ attempt: 2 });
  });

  scenario('a full quota does not hide that new pods have left the target', async (s) => {
    const shop = await s.namespace('shop', [make.deployment('web')]);
    await s.migrate();
    await s.gets('Migrated');
    await s.create({ kind: 'ResourceQuota', metadata: { name: 'quota', namespace: shop }, spec: { hard: { pods: '0' } } });
    await s.change(back);
    await s.seen('its template goes back', () => s.keyed(shop).length === 0);
    await s.kubectl('delete', 'resourcequota', '-n', shop, 'quota');
    await s.gets('RolledBack');
    expect(s.pods(shop).filter(hasProxy)).to.deep.equal([]);
  });

  scenario('in mid-cutover: what is in flight is turned round, and what was not moved is left alone', async (s) => {
    const shop = await s.namespace(
      'shop',
      ['a', 'b', 'c', 'd'].map((name) => make.deployment(name, slow)),
    );
    await s.migrate({ pace: { maxConcurrentWorkloads: 2 } });
    await s.seen('two are in flight', () => s.keyed(shop).length === 2);
    await s.change(back);
    await s.gets('RolledBack');
    await s.seen('all its pods serve', () => s.unserved(shop).length === 0);
    expect((await s.get(`Deployment/${shop}/d`)).metadata.generation).to.equal(1);
  });

  scenario('flipped in mid-restore: the workload in flight ends, then it goes forward as another try', async (s) => {
    const shop = await s.namespace(
      'shop',
      ['a', 'b'].map((name) => make.deployment(name, slow)),
    );
    await s.migrate({ pace: { maxConcurrentWorkloads: 1 } });
    await s.gets();
    await s.change(back);
    await s.seen(
      'one is on its way back',
      () => s.rows(shop).some((row) => row.endsWith('Moving Restoring')) && s.keyed(shop).length === 1,
    );
    await s.change(forward);
    await s.gets('Migrated');
    expect(s.record(shop)['status']).to.deep.include({ attempt: 2 });
    const uid = s.migration().metadata.uid.slice(0, 8);
    const cutover = async (name: string): Promise<string | undefined> =>
      templateAnnotations(await s.get(`Deployment/${shop}/${name}`))['meshmigration.io/cutover'];
    expect([await cutover('a'), await cutover('b')]).to.deep.equal([`${uid}-1`, `${uid}-2`]);
  });

  scenario('what joined by its namespace alone is restarted with one key, after the namespace was un-committed', async (s) => {
    const shop = await s.namespace('shop', [make.deployment('web')]);
    await s.migrate();
    await s.gets();
    await s.add(shop, make.deployment('late'));
    expect(s.pods(shop).every(hasProxy)).to.equal(true);
    await s.change(back);
    await s.gets('RolledBack');
    expect(s.pods(shop).some(hasProxy)).to.equal(false);
    const late = templateAnnotations(await s.get(`Deployment/${shop}/late`));
    expect(late['meshmigration.io/restored']).to.equal(`${s.migration().metadata.uid.slice(0, 8)}-1`);
    expect(templateAnnotations(await s.get(`Deployment/${shop}/web`))).not.to.have.property('meshmigration.io/restored');
    const writes = s.observer.writes.filter((write) => write.namespace === shop && write.verb === 'patch' && write.code === 200);
    const uncommit = writes.findLastIndex(
      (write) => write.resource === 'namespaces' && JSON.stringify(write.body).includes('meshmigration.io~1to'),
    );
    const restores = writes.findIndex((write, i) => i > 0 && write.resource === 'deployments.apps' && Array.isArray(write.body));
    expect(uncommit).to.be.within(0, restores - 1);
  });

  scenario('a namespace key that somebody else changed is not overwritten: halted with its owner named', async (s) => {
    const shop = await s.namespace('shop', [make.deployment('web')]);
    await s.migrate();
    await s.gets();
    await s.kubectl('annotate', 'namespace', shop, 'linkerd.io/inject=ingress', '--overwrite');
    await s.change(back);
    await s.stalls();
    expect([s.step(shop), textAt(s.record(shop), 'status', 'reason')]).to.deep.equal(['Halted', 'NamespaceKeyConflict']);
    expect(textAt(s.record(shop), 'status', 'message')).to.contain('linkerd.io/inject is "ingress" (set by kubectl-annotate)');
    expect((await s.get(`Namespace/${shop}`)).metadata.annotations).to.include({ 'linkerd.io/inject': 'ingress' });
    await s.kubectl('annotate', 'namespace', shop, 'linkerd.io/inject=enabled', '--overwrite');
    await s.change({ metadata: { annotations: { 'meshmigration.io/retry-at': '1' } } });
    await s.recovers('RolledBack');
  });

  scenario('a namespace key that changed before the commit is not overwritten either', async (s) => {
    const shop = await s.namespace('shop', [make.deployment('web', slow)]);
    await s.migrate();
    await s.seen('web is in flight', () => s.keyed(shop).length === 1);
    await s.kubectl('annotate', 'namespace', shop, 'linkerd.io/inject=disabled');
    await s.stalls();
    expect([s.step(shop), textAt(s.record(shop), 'status', 'reason')]).to.deep.equal(['Halted', 'NamespaceKeyConflict']);
    expect((await s.get(`Namespace/${shop}`)).metadata.annotations).to.include({ 'linkerd.io/inject': 'disabled' });
    await s.kubectl('annotate', 'namespace', shop, 'linkerd.io/inject-');
    await s.change({ metadata: { annotations: { 'meshmigration.io/retry-at': '1' } } });
    await s.recovers('Migrated');
  });

  scenario('OnDelete pods that were moved are listed with the pods to delete', async (s) => {
    const shop = await s.namespace('shop', [make.statefulSet('manual', { spec: { updateStrategy: { type: 'OnDelete' } } })]);
    await s.migrate();
    await s.gets();
    await s.kubectl('delete', 'pod', '-n', shop, 'manual-1');
    await s.seen('a moved pod is there', () => s.pods(shop).some(hasProxy) && s.unserved(shop).length === 0);
    await s.change(back);
    await s.seen('it is listed', () => s.rows(shop).includes('StatefulSet/manual: Listed NoPods'));
    await s.carries(shop, []);
    const [row] = listAt(s.record(shop), 'status', 'workloads');
    expect(textAt(row, 'remedy')).to.contain('manual-1').and.not.to.contain('manual-0');
    await s.gets('RolledBack');
  });

  scenario('a Job that runs from a moved template ends first', async (s) => {
    const shop = await s.namespace('shop', [make.cronJob('report', { annotations: { 'fake-node.test/complete-after': '4s' } })]);
    await s.migrate();
    await s.gets();
    await s.kubectl('create', 'job', '-n', shop, '--from=cronjob/report', 'report-29000001');
    await s.seen('the run goes on', () => s.pods(shop).some((pod) => textAt(pod, 'status', 'phase') === 'Running'));
    await s.change(back);
    await s.seen('its keys are gone', () => s.keyed(shop).length === 0);
    expect(s.step(shop)).to.equal('Restore');
    await s.gets('RolledBack');
    expect(s.pods(shop).map((pod) => textAt(pod, 'status', 'phase'))).to.deep.equal(['Succeeded']);
  });

  scenario('waves go back in reverse order, without approvals', async (s) => {
    const [first, second] = await Promise.all([
      s.namespace('a', [make.deployment('web')]),
      s.namespace('b', [make.deployment('web')]),
    ]);
    const waves = [
      { name: 'one', namespaces: [first] },
      { name: 'two', namespaces: [second], requireApproval: true },
    ];
    await s.migrate({ waves, advanceThrough: 'two' });
    await s.gets();
    await s.change({ spec: { ...back.spec, advanceThrough: null } });
    await s.gets('RolledBack');
    const ended = (name: string): string => textAt(s.record(name), 'status', 'stepTime')!;
    expect(ended(second) < ended(first)).to.equal(true);
  });

  scenario('paused: nothing more goes back but what is in flight', async (s) => {
    const shop = await s.namespace(
      'shop',
      ['a', 'b'].map((name) => make.deployment(name, slow)),
    );
    await s.migrate({ pace: { maxConcurrentWorkloads: 1 } });
    await s.gets();
    await s.change(back);
    await s.seen('one is on its way back', () => s.keyed(shop).length === 1);
    await s.change({ spec: { paused: true } });
    await s.seen(
      'it is back',
      () => s.rows(shop).some((row) => row.endsWith('Restored RolledBack')) && s.unserved(shop).length === 0,
    );
    await s.seen('it says that it is paused', () => s.condition('Ready')?.reason === 'Paused');
    expect(s.keyed(shop)).to.have.length(1);
    await s.change({ spec: { paused: false } });
    await s.gets('RolledBack');
  });

  scenario('deletionPolicy Rollback: the object stays until all is back, and then it goes', async (s) => {
    const shop = await s.namespace('shop', [make.deployment('web')]);
    await s.migrate({ deletionPolicy: 'Rollback' });
    await s.gets();
    await s.kubectl('delete', 'meshmigration', s.prefix, '--wait=false');
    await s.seen('it is gone', () => s.observer.world.all('migrations').every(({ metadata }) => metadata.name !== s.prefix));
    await s.carries(shop, []);
    expect(s.step(shop)).to.equal('none');
    expect(s.observer.world.namespace(shop)!.metadata.labels).not.to.have.any.keys(
      'meshmigration.io/to',
      'meshmigration.io/moving',
    );
  });

  scenario('deletionPolicy changed to Retain lets the object go as everything is', async (s) => {
    const shop = await s.namespace('shop', [make.deployment('web')]);
    await s.migrate({ deletionPolicy: 'Rollback' });
    await s.gets();
    await s.seen('the finalizer is there', () => s.migration().metadata.finalizers?.length === 1);
    await s.change({ spec: { deletionPolicy: 'Retain' } });
    await s.seen('the finalizer is gone', () => (s.migration().metadata.finalizers ?? []).length === 0);
    await s.kubectl('delete', 'meshmigration', s.prefix);
    await s.carries(shop, ['Deployment/web']);
  });
});
