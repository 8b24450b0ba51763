// What only the proxies' own counters tell after a move: resets on undefined ports, calls without a connection, one pod
// that stands apart. The numbers are those of stand-ins that count as real proxies did.
import { expect } from 'chai';
import { listAt, textAt } from '../../support/observer/fields.ts';
import { hasProxy } from '../../support/observer/world.ts';
import { make } from './scene.ts';
import { scenariosOf } from './scenarios.ts';

const alone = { rollback: { onFailure: 'Workload', maximumFailedNamespaces: 1 } };

describe('gates on what proxies count', () => {
  const { scenario } = scenariosOf('gate');

  scenario(
    'resets on undefined ports are waited for while a proxy may not know an added port, and take a workload back when they come later',
    async (s) => {
      const shop = await s.namespace('shop', [make.deployment('api', { proxy: 'resetting' }), make.deployment('web')]);
      await s.migrate({
        ...alone,
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

  scenario('calls that find no connection take a workload back, with its number and remedy', async (s) => {
    const shop = await s.namespace('shop', [make.deployment('api', { proxy: 'unconnected' }), make.deployment('web')]);
    await s.migrate(alone);
    await s.stalls('PartiallyMigrated');
    expect(s.rows(shop)).to.deep.equal(['Deployment/api: Restored ConnectionErrors']);
    await s.carries(shop, ['Deployment/web']);
    const failure = listAt(s.migration(), 'status', 'failures').find((one) => one['workload'] === 'Deployment/api');
    expect(textAt(failure, 'message')).to.match(/\d+ calls found no connection/);
    expect(textAt(failure, 'remedy')).not.to.equal('');
  });

  scenario('one pod that fails among many that do not takes its workload back, by name', async (s) => {
    const shop = await s.namespace('shop', [make.deployment('api', { proxy: 'silent', replicas: 4 }), make.deployment('web')]);
    await s.migrate({ ...alone, health: { soakSeconds: 60, minimumRequests: 0 } });
    await s.reaches(shop, 'Soak');
    const [odd] = s.pods(shop).filter((pod) => hasProxy(pod) && pod.metadata.name.startsWith('api-'));
    s.stage.proxies.set({ namespace: shop, workload: 'api' }, { behaviour: 'healthy', requestsPerSecond: 4_000 });
    s.stage.proxies.set({ namespace: shop, workload: odd!.metadata.name }, { behaviour: 'failing', requestsPerSecond: 40 });
    await s.seen('api is back', () => s.rows(shop).includes('Deployment/api: Restored PodsDiffer'), 60_000);
    await s.carries(shop, ['Deployment/web']);
    const failures = listAt(s.migration(), 'status', 'failures').map((failure) => textAt(failure, 'message'));
    expect(failures.join()).to.contain(odd!.metadata.name);
  });
});
