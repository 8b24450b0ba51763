// What goes wrong on the way, and what each rollback.onFailure makes of it.
import { expect } from 'chai';
import { listAt, textAt } from '../../support/observer/fields.ts';
import { hasProxy } from '../../support/observer/world.ts';
import { linkerd1Away } from './outage.ts';
import { make } from './scene.ts';
import type { Scene } from './scene.ts';
import { scenariosOf } from './scenarios.ts';

const deadline = { progressDeadlineSeconds: 8 };
const byWorkload = { rollback: { onFailure: 'Workload', maximumFailedNamespaces: 1 } };
const statusOf = (s: Scene, namespace: string, field: string): string | undefined => textAt(s.record(namespace), 'status', field);

describe('failures', () => {
  const { scenario, alone } = scenariosOf('fail');

  // The longest first: the others run beside it.
  scenario(
    'resets on undefined ports are waited for while a proxy may not know an added port, and take a workload back when they come later',
    async (s) => {
      const shop = await s.namespace('shop', [make.deployment('api', { proxy: 'resetting' }), make.deployment('web')]);
      await s.migrate({
        ...byWorkload,
        health: { soakSeconds: 120, minimumRequests: 1 },
        restart: { progressDeadlineSeconds: 150 },
      });
      await s.seen('api waits with its reason', () => s.rows(shop).includes('Deployment/api: Moving UndefinedPort'));
      s.stage.proxies.set({ namespace: shop, workload: 'api' }, { behaviour: 'healthy' });
      await s.seen('api is verified once the number rests', () => s.step(shop) === 'Soak' && s.rows(shop).length === 0, 100_000);
      const oldest = Math.min(
        ...s
          .pods(shop)
          .filter(hasProxy)
          .map((pod) => Date.parse(textAt(pod, 'status', 'startTime') ?? '')),
      );
      expect(Date.now() - oldest).to.be.at.least(45_000);
      s.stage.proxies.set({ namespace: shop, workload: 'api' }, { behaviour: 'resetting' });
      await s.seen('api is back', () => s.rows(shop).includes('Deployment/api: Restored UndefinedPort'), 60_000);
      await s.carries(shop, ['Deployment/web']);
    },
  );

  scenario('onFailure Namespace: the whole namespace goes back, and the workload is named with its remedy', async (s) => {
    const shop = await s.namespace('shop', [make.deployment('bad', { proxy: 'never-ready' }), make.deployment('web')]);
    await s.migrate({ restart: deadline });
    await s.stalls('FailureBudgetSpent');
    expect(s.step(shop)).to.equal('RolledBack');
    await s.carries(shop, []);
    expect(s.pods(shop).filter(hasProxy)).to.deep.equal([]);
    const [failure] = listAt(s.migration(), 'status', 'failures');
    expect(failure).to.deep.include({ namespace: shop, workload: 'Deployment/bad', reason: 'ProgressDeadlineExceeded' });
    expect(textAt(failure, 'message')).to.contain('linkerd-proxy');
    expect(textAt(failure, 'remedy')).not.to.equal('');
    expect(s.condition('Succeeded')?.status).to.equal('False');
  });

  scenario('onFailure Workload: those go back, each with its reason, and the rest goes on', async (s) => {
    const broken = (as: string): Record<string, string> => ({
      'fake-node.test/broken-container': 'linkerd-proxy',
      'fake-node.test/broken-as': as,
    });
    const shop = await s.namespace('shop', [
      make.deployment('a-failing', { proxy: 'failing' }),
      make.deployment('b-resetting', { proxy: 'resetting' }),
      make.deployment('c-hanging', { proxy: 'hanging' }),
      make.deployment('d-unreachable', { proxy: 'unreachable' }),
      make.deployment('e-crashing', { annotations: broken('CrashLoopBackOff') }),
      make.deployment('f-no-image', { annotations: broken('ImagePullBackOff') }),
      make.deployment('web'),
    ]);
    await s.migrate({
      ...{ restart: { progressDeadlineSeconds: 15 }, pace: { maxConcurrentWorkloads: 7 } },
      rollback: { onFailure: 'Workload', maximumFailedNamespaces: 1 },
    });
    await s.stalls('PartiallyMigrated');
    expect(s.rows(shop)).to.deep.equal([
      'Deployment/a-failing: Restored LowSuccessRate',
      'Deployment/b-resetting: Restored ProgressDeadlineExceeded',
      'Deployment/c-hanging: Restored ProgressDeadlineExceeded',
      'Deployment/d-unreachable: Restored ProgressDeadlineExceeded',
      'Deployment/e-crashing: Restored Restarted',
      'Deployment/f-no-image: Restored ProgressDeadlineExceeded',
    ]);
    await s.carries(shop, ['Deployment/web']);
    await s.seen('all its pods serve', () => s.unserved(shop).length === 0);
    const failures = listAt(s.migration(), 'status', 'failures').filter((failure) => failure['workload'] !== undefined);
    expect(failures).to.have.length(6);
    expect(failures.filter((failure) => textAt(failure, 'remedy') === '')).to.deep.equal([]);
    const hanging = failures.find((failure) => failure['workload'] === 'Deployment/c-hanging');
    expect(textAt(hanging, 'message')).to.contain('not answered');
    const resetting = failures.find((failure) => failure['workload'] === 'Deployment/b-resetting');
    expect(textAt(resetting, 'message')).to.contain('ports that no Service defines');
  });

  scenario('calls that find no connection take a workload back, with its number and remedy', async (s) => {
    const shop = await s.namespace('shop', [make.deployment('api', { proxy: 'unconnected' }), make.deployment('web')]);
    await s.migrate(byWorkload);
    await s.stalls('PartiallyMigrated');
    expect(s.rows(shop)).to.deep.equal(['Deployment/api: Restored ConnectionErrors']);
    await s.carries(shop, ['Deployment/web']);
    const failure = listAt(s.migration(), 'status', 'failures').find((one) => one['workload'] === 'Deployment/api');
    expect(textAt(failure, 'message')).to.match(/\d+ calls found no connection/);
    expect(textAt(failure, 'remedy')).not.to.equal('');
  });

  scenario('callers that a policy of the target refuses take a workload back, with what to do', async (s) => {
    const shop = await s.namespace('shop', [make.deployment('api', { proxy: 'refusing' }), make.deployment('web')]);
    await s.migrate(byWorkload);
    await s.stalls('PartiallyMigrated');
    expect(s.rows(shop)).to.deep.equal(['Deployment/api: Restored CallsRefused']);
    await s.carries(shop, ['Deployment/web']);
    const failure = listAt(s.migration(), 'status', 'failures').find((one) => one['workload'] === 'Deployment/api');
    expect(textAt(failure, 'message')).to.match(/have refused \d+ calls? of callers that are not in it/);
    expect(textAt(failure, 'remedy')).to.contain('admit callers without identity');
  });

  scenario('one pod that fails among many that do not takes its workload back, by name', async (s) => {
    const shop = await s.namespace('shop', [make.deployment('api', { proxy: 'silent', replicas: 4 }), make.deployment('web')]);
    await s.migrate({ ...byWorkload, health: { soakSeconds: 60, minimumRequests: 0 } });
    await s.reaches(shop, 'Soak');
    const [odd] = s.pods(shop).filter((pod) => hasProxy(pod) && pod.metadata.name.startsWith('api-'));
    s.stage.proxies.set({ namespace: shop, workload: 'api' }, { behaviour: 'healthy', requestsPerSecond: 4_000 });
    s.stage.proxies.set({ namespace: shop, workload: odd!.metadata.name }, { behaviour: 'failing', requestsPerSecond: 40 });
    await s.seen('api is back', () => s.rows(shop).includes('Deployment/api: Restored PodsDiffer'), 60_000);
    await s.carries(shop, ['Deployment/web']);
    const failures = listAt(s.migration(), 'status', 'failures').map((failure) => textAt(failure, 'message'));
    expect(failures.join()).to.contain(odd!.metadata.name);
  });

  scenario('onFailure None: nothing is undone until a person asks', async (s) => {
    const shop = await s.namespace('shop', [make.deployment('bad', { proxy: 'failing' }), make.deployment('web')]);
    await s.migrate({ rollback: { onFailure: 'None' } });
    await s.stalls('FailureBudgetSpent');
    expect([s.step(shop), statusOf(s, shop, 'reason')]).to.deep.equal(['Halted', 'WorkloadFailed']);
    expect(s.keyed(shop)).to.include('Deployment/bad');
    await s.change({ spec: { desiredState: 'RolledBack' } });
    await s.recovers('RolledBack');
    await s.carries(shop, []);
  });

  scenario(
    'too little traffic: Wait halts at its deadline, Proceed goes on and says so, Rollback goes back, and 0 asks for none',
    async (s) => {
      const health = { soakSeconds: 0, minimumRequests: 20, inconclusiveDeadlineSeconds: 5 };
      const cases = ['Wait', 'Proceed', 'Rollback', 'Enough'] as const;
      const [wait, proceed, rollback, enough] = await Promise.all(
        cases.map((name) => s.namespace(name.toLowerCase(), [make.deployment('quiet', { proxy: 'silent' })])),
      );
      const migrate = (namespace: string | undefined, onInconclusive: string, minimumRequests = 20): Promise<string> =>
        s.migrate(
          { waves: [{ name: 'one', namespaces: [namespace] }], health: { ...health, minimumRequests, onInconclusive } },
          { name: s.name(`m-${String(namespace)}`) },
        );
      const [waiting, proceeding, returning, sufficing] = await Promise.all([
        migrate(wait, 'Wait'),
        migrate(proceed, 'Proceed'),
        migrate(rollback, 'Rollback'),
        migrate(enough, 'Wait', 0),
      ]);
      await s.gets('Migrated', sufficing);
      await s.gets('Migrated', proceeding);
      expect(listAt(s.record(proceed!), 'status', 'warnings').map((warning) => warning['reason'])).to.deep.equal([
        'TooLittleTraffic',
      ]);
      await s.stalls(undefined, waiting);
      expect([s.step(wait!), statusOf(s, wait!, 'reason')]).to.deep.equal(['Halted', 'TooLittleTraffic']);
      expect(s.keyed(wait!)).to.deep.equal(['Deployment/quiet']);
      await s.stalls(undefined, returning);
      expect(s.step(rollback!)).to.equal('RolledBack');
      expect(s.rows(rollback!)).to.deep.equal(['Deployment/quiet: Restored TooLittleTraffic']);
    },
  );

  scenario('a workload that speaks no HTTP is verified by the sessions that were answered', async (s) => {
    const shop = await s.namespace('shop', [make.deployment('database', { proxy: 'tcp' })]);
    await s.migrate({ health: { soakSeconds: 0, minimumRequests: 20 } });
    await s.gets('Migrated');
    await s.carries(shop, ['Deployment/database']);
  });

  scenario('a failure in the soak un-commits the namespace first and takes everything back', async (s) => {
    const shop = await s.namespace('shop', [make.deployment('api'), make.deployment('web')], { inject: 'disabled' });
    await s.kubectl('annotate', 'namespace', shop, 'linkerd.io/inject-');
    await s.migrate({ health: { soakSeconds: 40, minimumRequests: 1 } });
    await s.reaches(shop, 'Soak');
    s.stage.proxies.set({ namespace: shop, workload: 'api' }, { behaviour: 'failing', requestsPerSecond: 2_000 });
    await s.stalls('FailureBudgetSpent');
    expect(s.step(shop)).to.equal('RolledBack');
    await s.carries(shop, []);
    const namespace = s.observer.world.namespace(shop)!;
    expect(namespace.metadata.labels).not.to.have.any.keys(
      'meshmigration.io/to',
      'meshmigration.io/from',
      'meshmigration.io/moving',
    );
    expect(namespace.metadata.annotations ?? {}).not.to.have.property('linkerd.io/inject');
  });

  scenario(
    'a failure in the soak with onFailure Workload takes that one back and leaves the others where they are',
    async (s) => {
      const shop = await s.namespace('shop', [make.deployment('api'), make.deployment('web')]);
      await s.migrate({
        health: { soakSeconds: 30, minimumRequests: 1 },
        rollback: { onFailure: 'Workload', maximumFailedNamespaces: 1 },
      });
      await s.reaches(shop, 'Soak');
      s.stage.proxies.set({ namespace: shop, workload: 'api' }, { behaviour: 'failing', requestsPerSecond: 2_000 });
      await s.seen('api is back', () => s.rows(shop).includes('Deployment/api: Restored LowSuccessRate'));
      await s.carries(shop, ['Deployment/web']);
      await s.change({ spec: { health: { soakSeconds: 0 } } });
      await s.stalls('PartiallyMigrated');
      expect(s.observer.world.namespace(shop)!.metadata.labels).not.to.have.property('meshmigration.io/to');
    },
  );

  scenario('the stuck pod of an ordered StatefulSet is evicted on the way back, and no other', async (s) => {
    const shop = await s.namespace('shop', [make.statefulSet('db', { proxy: 'never-ready' })]);
    const first = s.pods(shop).find(({ metadata }) => metadata.name === 'db-0')!.metadata.uid;
    await s.migrate({ restart: deadline });
    await s.stalls();
    expect(s.step(shop)).to.equal('RolledBack');
    expect(s.pods(shop).some(({ metadata }) => metadata.uid === first)).to.equal(true);
    await s.seen('all its pods serve', () => s.unserved(shop).length === 0);
    const evicted = s.observer.writes.filter((write) => write.subresource === 'eviction' && write.namespace === shop);
    expect(evicted.map(({ name, code }) => [name, code])).to.deep.equal([['db-1', 201]]);
  });

  scenario('a disruption budget that refuses to evict it halts with the remedy, and a new retry-at goes on', async (s) => {
    const container = { 'config.linkerd.io/proxy-enable-native-sidecar': 'false' };
    const shop = await s.namespace('shop', [make.statefulSet('db', { proxy: 'never-ready', annotations: container })]);
    await s.create({
      kind: 'PodDisruptionBudget',
      metadata: { name: 'db', namespace: shop },
      spec: { minAvailable: 2, selector: { matchLabels: { app: 'db' } } },
    });
    await s.migrate({ restart: deadline });
    await s.stalls();
    expect([s.step(shop), statusOf(s, shop, 'reason')]).to.deep.equal(['Halted', 'EvictionRefused']);
    expect(statusOf(s, shop, 'remedy')).to.contain('budget');
    await s.kubectl('delete', 'pdb', '-n', shop, 'db');
    await s.change({ spec: { desiredState: 'RolledBack' } });
    await s.recovers('RolledBack');
    await s.seen('all its pods serve', () => s.unserved(shop).length === 0);
  });

  scenario('a changed template of the workload that failed is another try', async (s) => {
    const shop = await s.namespace('shop', [make.deployment('web', { proxy: 'failing' })]);
    await s.migrate();
    await s.stalls();
    expect(s.step(shop)).to.equal('RolledBack');
    const mended = { spec: { template: { metadata: { annotations: { 'standin.test/proxy': 'healthy' } } } } };
    await s.kubectl('patch', '-n', shop, 'deployment/web', '-p', JSON.stringify(mended));
    await s.recovers('Migrated');
    expect(s.record(shop)['status']).to.deep.include({ attempt: 2 });
  });

  scenario('a new value of retry-at is another try, and is echoed', async (s) => {
    const shop = await s.namespace('shop', [make.deployment('web', { proxy: 'failing' })]);
    await s.migrate();
    await s.stalls();
    s.stage.proxies.set({ namespace: shop }, { behaviour: 'healthy' });
    await s.change({ metadata: { annotations: { 'meshmigration.io/retry-at': '2026-01-01' } } });
    await s.recovers('Migrated');
    expect(s.record(shop)['status']).to.deep.include({ attempt: 2, lastHandledRetryAt: '2026-01-01' });
    expect(s.migration()['status']).to.deep.include({ lastHandledRetryAt: '2026-01-01' });
  });

  alone('when the source is not healthy nothing goes back into it: the namespace halts and says so', async (s) => {
    const shop = await s.namespace('shop', [
      make.deployment('bad', { annotations: { 'fake-node.test/ready-after': '4s' }, proxy: 'failing' }),
    ]);
    await s.migrate();
    await s.seen('bad is in flight', () => s.keyed(shop).length > 0);
    await linkerd1Away(s, async () => {
      await s.seen('it waits', () => s.step(shop) === 'Restore' && statusOf(s, shop, 'reason') === 'SourceNotHealthy');
      await s.stalls();
      expect([s.step(shop), statusOf(s, shop, 'reason')]).to.deep.equal(['Halted', 'SourceNotHealthy']);
      await s.carries(shop, ['Deployment/bad']);
    });
    await s.change({ spec: { desiredState: 'RolledBack' } });
    await s.recovers('RolledBack');
    await s.carries(shop, []);
  });

  alone('a way back that finds the source away waits for it, and goes on by itself', async (s) => {
    const shop = await s.namespace('shop', [make.deployment('web')]);
    const other = await s.namespace('other', [make.deployment('web')]);
    await s.migrate();
    await s.recovers('Migrated');
    await linkerd1Away(s, async () => {
      await s.change({ spec: { desiredState: 'RolledBack' } });
      await s.seen('the migration says so', () => JSON.stringify(s.migration()['status']).includes('nothing more goes back'));
      expect([s.step(shop), s.step(other)]).to.deep.equal(['Migrated', 'Migrated']);
    });
    await s.recovers('RolledBack');
    await s.carries(shop, []);
    await s.carries(other, []);
  });
});
