// What is found before anything is written: of the cluster, of both meshes, of admission, of a namespace and of its keys.
import { expect } from 'chai';
import { join } from 'node:path';
import { POD } from '../../../src/kube/resource-kind.ts';
import { listAt, textAt } from '../../support/observer/fields.ts';
import { sourceTrace } from '../../support/observer/world.ts';
import type { Seen } from '../../support/observer/world.ts';
import { until } from '../../support/until.ts';
import { linkerd1Away } from './outage.ts';
import { make } from './scene.ts';
import type { Scene } from './scene.ts';
import { scenariosOf } from './scenarios.ts';

const admission = join(import.meta.dirname, '../../../config/admission');
const reasonOf = (s: Scene, namespace: string): string | undefined => textAt(s.record(namespace), 'status', 'reason');

/** A namespace that is blocked for this reason, with nothing written. */
async function blocked(s: Scene, namespace: string, reason: string): Promise<void> {
  await s.seen(
    `${namespace} is blocked: ${reason}`,
    () => s.step(namespace) === 'Preflight' && reasonOf(s, namespace) === reason,
  );
  await s.stalls('Blocked');
  expect(s.keyed(namespace)).to.deep.equal([]);
  expect((await s.get(`Namespace/${namespace}`)).metadata.labels).not.to.have.property('meshmigration.io/moving');
  const failure = listAt(s.migration(), 'status', 'failures').find((one) => one['namespace'] === namespace);
  expect(failure).to.include({ reason });
  expect(textAt(failure, 'remedy')).not.to.equal('');
}

describe('preflight', () => {
  const { scenario, alone } = scenariosOf('pre');

  scenario('Pod Security that forbids the proxy blocks the namespace until it allows it', async (s) => {
    const shop = await s.namespace('shop', [make.deployment('web')], {
      labels: { 'pod-security.kubernetes.io/enforce': 'baseline' },
    });
    await s.migrate();
    await blocked(s, shop, 'PodSecurity');
    await s.kubectl('label', 'namespace', shop, 'pod-security.kubernetes.io/enforce=privileged', '--overwrite');
    await s.recovers('Migrated');
  });

  scenario('a namespace that the injector passes over is blocked', async (s) => {
    const shop = await s.namespace('shop', [make.deployment('web')], {
      labels: { 'config.linkerd.io/admission-webhooks': 'disabled' },
    });
    await s.migrate();
    await blocked(s, shop, 'TargetSkipsNamespace');
  });

  scenario(
    'a key of the namespace that somebody else owns: Block blocks, PodOnly leaves the namespace alone, Takeover takes and gives back',
    async (s) => {
      const names = ['block', 'pod-only', 'takeover'] as const;
      const [block, podOnly, takeover] = await Promise.all(
        names.map((name) => s.namespace(name, [make.deployment('web')], { inject: '', labels: { scene: s.name(name) } })),
      );
      const policy = (namespace: string, onManagedField: string): Promise<string> =>
        s.migrate(
          { waves: [{ name: 'one', namespaces: [namespace] }], gitOps: { onManagedField } },
          { name: s.name(onManagedField.toLowerCase()) },
        );
      const [blocking, leaving, taking] = await Promise.all([
        policy(block!, 'Block'),
        policy(podOnly!, 'PodOnly'),
        policy(takeover!, 'Takeover'),
      ]);
      await s.stalls('Blocked', blocking);
      expect(reasonOf(s, block!)).to.equal('FieldOwnedByGitOps');
      await s.gets('Migrated', leaving);
      await s.carries(podOnly!, ['Deployment/web']);
      const untouched = (await s.get(`Namespace/${podOnly!}`)).metadata;
      expect([
        Object.keys(untouched.labels ?? {}).filter((key) => key.startsWith('meshmigration')),
        untouched.annotations,
      ]).to.deep.equal([[], { 'linkerd.io/inject': '' }]);
      await s.gets('Migrated', taking);
      expect((await s.get(`Namespace/${takeover!}`)).metadata.annotations).to.include({ 'linkerd.io/inject': 'enabled' });
      await s.change({ spec: { desiredState: 'RolledBack' } }, taking);
      await s.gets('RolledBack', taking);
      expect((await s.get(`Namespace/${takeover!}`)).metadata.annotations).to.deep.equal({ 'linkerd.io/inject': '' });
    },
  );

  scenario('a blocked namespace gives its place to the next', async (s) => {
    const a = await s.namespace('a', [make.deployment('web')], {
      labels: { 'config.linkerd.io/admission-webhooks': 'disabled' },
    });
    const b = await s.namespace('b', [make.deployment('web')]);
    await s.migrate({ pace: { maxConcurrentNamespaces: 1 } });
    await s.stalls('Blocked');
    expect([s.step(a), s.step(b)]).to.deep.equal(['Preflight', 'Migrated']);
  });

  alone('two control planes in one namespace are found', async (s) => {
    const shop = await s.namespace('shop', [make.deployment('web')]);
    await s.create(secondLinkerd1);
    try {
      await s.migrate({ source: { mesh: 'Linkerd1', linkerd1: { namespace: 'linkerd', daemonSet: 'l5d' } } });
      await blocked(s, shop, 'SharedNamespace');
    } finally {
      await s.kubectl('delete', 'daemonset', '-n', 'linkerd', 'l5d');
    }
    await s.change({ spec: { source: { linkerd1: null } } });
    await s.recovers('Migrated');
  });

  alone('with the injector down nothing starts, and when it is back the move starts by itself', async (s) => {
    const shop = await s.namespace('shop', [make.deployment('web')]);
    await s.stage.linkerd2.setInjectorDown(true);
    try {
      await s.migrate();
      await blocked(s, shop, 'TargetNotReady');
    } finally {
      await s.stage.linkerd2.setInjectorDown(false);
    }
    await s.recovers('Migrated');
  });

  alone('with the source down nothing starts, and when it is back the move starts by itself', async (s) => {
    const shop = await s.namespace('shop', [make.deployment('web')]);
    await linkerd1Away(s, async () => {
      await s.migrate();
      await blocked(s, shop, 'SourceNotHealthy');
    });
    await s.recovers('Migrated');
  });

  alone('admission that is installed and does not act is found by a dry run', async (s) => {
    const shop = await s.namespace('shop', [make.deployment('web')]);
    await s.kubectl('delete', 'mutatingadmissionpolicybinding', 'meshmigration-leave-linkerd1');
    try {
      await until(async () => sourceTrace(await triedPod(s)) !== undefined, { what: 'the policy has stopped to act' });
      await s.migrate();
      await blocked(s, shop, 'AdmissionNotActive');
    } finally {
      await s.kubectl('apply', '--server-side', '--force-conflicts', '-k', admission);
    }
    await s.recovers('Migrated');
  });
});

async function triedPod(s: Scene): Promise<Seen> {
  const keys = { 'meshmigration.io/to': 'linkerd2', 'meshmigration.io/from': 'linkerd1', 'meshmigration.io/cutover': 'try-1' };
  const pod = make.barePod('try', { annotations: keys });
  return await s.stage.client.create<Seen>(
    POD,
    { ...pod, metadata: { ...pod.metadata, namespace: s.name('shop') } },
    { dryRun: true },
  );
}

const secondLinkerd1 = {
  kind: 'DaemonSet',
  metadata: { name: 'l5d', namespace: 'linkerd' },
  spec: {
    selector: { matchLabels: { app: 'l5d' } },
    template: {
      metadata: { labels: { app: 'l5d' } },
      spec: { containers: [{ name: 'l5d', image: 'buoyantio/linkerd:1.7.5' }] },
    },
  },
};
