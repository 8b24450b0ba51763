// What people do to a workload while it moves, each with a defined end, and none of it fought over.
import { expect } from 'chai';
import { textAt } from '../../support/observer/fields.ts';
import { hasProxy, templateAnnotations } from '../../support/observer/world.ts';
import { until } from '../../support/until.ts';
import { make } from './scene.ts';
import type { Scene } from './scene.ts';
import { scenariosOf } from './scenarios.ts';

const slow = { annotations: { 'fake-node.test/ready-after': '3s' } };

/** A namespace whose only workload, `web`, is in flight. */
async function inFlight(s: Scene, spec: Readonly<Record<string, unknown>> = {}, more: object = {}): Promise<string> {
  const shop = await s.namespace('shop', [make.deployment('web', { ...slow, ...more })]);
  await s.migrate(spec);
  await s.seen(
    'web is in flight',
    // A moved pod means that the Deployment has a revision to undo.
    () => s.rows(shop).includes('Deployment/web: Moving RollingOut') && s.keyed(shop).length === 1 && s.pods(shop).some(hasProxy),
  );
  return shop;
}

const web = (namespace: string): readonly string[] => ['-n', namespace, 'deployment/web'];

describe('in mid-move', () => {
  const { scenario } = scenariosOf('mid');

  scenario('a deploy is verified again and kept', async (s) => {
    const shop = await inFlight(s);
    await s.kubectl('set', 'image', ...web(shop), 'app=app.example/app:2');
    await s.gets('Migrated');
    const images = s.pods(shop).map((pod) => textAt((pod['spec'] as { containers: object[] }).containers[0], 'image'));
    expect(images).to.deep.equal(['app.example/app:2', 'app.example/app:2']);
    expect(s.pods(shop).every(hasProxy)).to.equal(true);
  });

  scenario('a deploy that still fails at the deadline halts, and nothing is undone', async (s) => {
    const shop = await inFlight(s, { restart: { progressDeadlineSeconds: 10 } });
    const broken = { spec: { template: { metadata: { annotations: { 'fake-node.test/broken-container': 'app' } } } } };
    await s.kubectl('patch', ...web(shop), '-p', JSON.stringify(broken));
    await s.stalls();
    expect([s.step(shop), textAt(s.record(shop), 'status', 'reason')]).to.deep.equal(['Halted', 'DeployInFlight']);
    await s.carries(shop, ['Deployment/web']);
    expect(s.pods(shop).filter((pod) => !hasProxy(pod)).length).to.be.above(0);
  });

  scenario('rollout undo takes the keys away: Drifted, reported, and not written again', async (s) => {
    const shop = await inFlight(s);
    await s.kubectl('rollout', 'undo', ...web(shop));
    await s.stalls('PartiallyMigrated');
    expect(s.rows(shop)).to.deep.equal(['Deployment/web: Drifted Drifted']);
    await s.carries(shop, []);
    await s.seen('all its pods serve', () => s.unserved(shop).length === 0);
    const writes = s.observer.writes.filter((write) => write.resource === 'deployments.apps' && write.namespace === shop);
    expect(writes.filter(({ code }) => code === 200)).to.have.length(1);
  });

  scenario('rollout restart is verified again', async (s) => {
    const shop = await inFlight(s);
    await s.kubectl('rollout', 'restart', ...web(shop));
    await s.gets('Migrated');
    expect(templateAnnotations(await s.get(`Deployment/${shop}/web`))).to.have.property('kubectl.kubernetes.io/restartedAt');
    expect(s.pods(shop).every(hasProxy)).to.equal(true);
  });

  scenario('kubectl replace with the old manifest takes the keys away: Drifted', async (s) => {
    const shop = await inFlight(s);
    await replace(s, shop);
    await s.stalls('PartiallyMigrated');
    expect(s.rows(shop)).to.deep.equal(['Deployment/web: Drifted Drifted']);
    await s.change({ metadata: { annotations: { 'meshmigration.io/retry-at': '1' } } });
    await s.recovers('Migrated');
    await s.carries(shop, ['Deployment/web']);
  });

  scenario('kubectl apply of the old manifest leaves the keys', async (s) => {
    const shop = await inFlight(s);
    await s.kubectlWith(manifest(shop), 'apply', '-f', '-');
    await s.gets('Migrated');
    await s.carries(shop, ['Deployment/web']);
  });

  scenario('server-side apply of the old manifest leaves the keys', async (s) => {
    const shop = await inFlight(s);
    await s.kubectlWith(manifest(shop), 'apply', '--server-side', '--field-manager=somebody', '--force-conflicts', '-f', '-');
    await s.gets('Migrated');
    await s.carries(shop, ['Deployment/web']);
  });

  scenario('scaling up is verified with the rest, and scaling to nothing arms the workload', async (s) => {
    const shop = await inFlight(s);
    await s.kubectl('scale', ...web(shop), '--replicas=4');
    await s.gets('Migrated');
    expect(s.pods(shop).filter(hasProxy)).to.have.length(4);
    const other = await s.namespace('other', [make.deployment('web', slow)], { labels: { scene: s.name('other') } });
    const name = await s.migrate({ waves: [{ name: 'one', namespaces: [other] }] }, { name: s.name('second') });
    await s.seen('web is in flight', () => s.keyed(other).length === 1);
    await s.kubectl('scale', ...web(other), '--replicas=0');
    await s.gets('Migrated', name);
    expect(s.rows(other)).to.deep.equal(['Deployment/web: Armed NoPods']);
  });

  scenario('a workload that a person pauses until the deadline halts, and goes on when a person says so', async (s) => {
    const shop = await inFlight(s, { restart: { progressDeadlineSeconds: 8 } }, { replicas: 4 });
    await s.kubectl('rollout', 'pause', ...web(shop));
    await s.stalls();
    expect([s.step(shop), textAt(s.record(shop), 'status', 'reason')]).to.deep.equal(['Halted', 'PausedInFlight']);
    await s.carries(shop, ['Deployment/web']);
    await s.kubectl('rollout', 'resume', ...web(shop));
    await s.change({
      spec: { restart: { progressDeadlineSeconds: 60 } },
      metadata: { annotations: { 'meshmigration.io/retry-at': '1' } },
    });
    await s.recovers('Migrated');
  });

  scenario(
    'a hold on the namespace: the workload in flight ends, then it waits with its place and goes on when the hold is gone',
    async (s) => {
      const shop = await s.namespace('shop', [make.deployment('a', slow), make.deployment('b', slow)]);
      await s.migrate({ pace: { maxConcurrentWorkloads: 1 } });
      await s.seen('a is in flight', () => s.keyed(shop).length === 1);
      await s.kubectl('annotate', 'namespace', shop, 'meshmigration.io/hold=wait');
      await s.seen(
        'a is verified and the namespace held',
        () => textAt(s.record(shop), 'status', 'progress') === '1/2' && textAt(s.record(shop), 'status', 'reason') === 'Held',
      );
      await s.carries(shop, ['Deployment/a']);
      expect(s.step(shop)).to.equal('Cutover');
      await s.kubectl('annotate', 'namespace', shop, 'meshmigration.io/hold-');
      await s.gets('Migrated');
    },
  );

  scenario('a workload that appears in mid-cutover moves in the same try', async (s) => {
    const shop = await inFlight(s);
    await s.add(shop, make.deployment('new'));
    await s.gets('Migrated');
    await s.carries(shop, ['Deployment/new', 'Deployment/web']);
    expect(s.record(shop)['status']).to.deep.include({ attempt: 1 });
  });

  scenario('after the commit a template without keys whose pods verify is verified: the namespace carries it', async (s) => {
    const shop = await s.namespace('shop', [make.deployment('web')]);
    await s.migrate({ health: { soakSeconds: 12, minimumRequests: 1 } });
    await s.reaches(shop, 'Soak');
    await replace(s, shop);
    await s.gets('Migrated');
    await s.carries(shop, []);
    expect(s.pods(shop).every(hasProxy)).to.equal(true);
  });

  scenario('keys that come back after the rollback are Drifted, and nobody fights over them', async (s) => {
    const shop = await s.namespace('shop', [make.deployment('web')]);
    await s.migrate();
    await s.gets();
    await s.change({ spec: { desiredState: 'RolledBack' } });
    await s.gets();
    await s.kubectl('rollout', 'undo', ...web(shop));
    await s.seen('it is reported', () => s.rows(shop).includes('Deployment/web: Drifted Drifted'));
    await s.carries(shop, ['Deployment/web']);
  });
});

function manifest(namespace: string): object {
  const { metadata, ...rest } = make.deployment('web', slow);
  return { ...rest, metadata: { ...metadata, namespace } };
}

async function replace(s: Scene, namespace: string): Promise<void> {
  // The Deployment's controller may write between kubectl's read and its write.
  await until(async () => (await s.kubectlWith(manifest(namespace), 'replace', '-f', '-')) !== '', { what: 'web is replaced' });
}
