// What is not moved: listed with a reason, found before anything is written, and never broken.
import { expect } from 'chai';
import type { Manifest } from '../../../src/kube/object.ts';
import { listAt, textAt, valueAt } from '../../support/observer/fields.ts';
import { hasProxy } from '../../support/observer/world.ts';
import { until } from '../../support/until.ts';
import { annotated, make } from './scene.ts';
import type { Scene } from './scene.ts';
import { scenariosOf } from './scenarios.ts';

const keys = 'meshmigration.io';
const hold = { [`${keys}/hold`]: 'black friday' };

describe('workloads that are not moved', () => {
  const { scenario } = scenariosOf('listed');

  scenario('what can not be moved safely is listed with its reason and a remedy, and its pods stay', async (s) => {
    const shop = await s.namespace('shop', exceptions);
    await s.create({ kind: 'ConfigMap', metadata: { name: 'owner', namespace: shop } });
    await s.add(shop, await owned(s, shop));
    await s.kubectl('rollout', 'pause', '-n', shop, 'deployment/paused');
    await s.create(autoscaler(shop));
    await s.create(closedPort(shop));
    const before = uidsOf(s, shop);
    await s.migrate();
    await s.stalls('PartiallyMigrated');
    expect(s.rows(shop)).to.deep.equal([
      'CronJob/endless: Listed NotNativeSidecar',
      'Deployment/closed: Listed NetworkPolicyClosesProxy',
      'Deployment/foreign: Listed ForeignMesh',
      'Deployment/held: Listed Held',
      'Deployment/host: Listed HostNetwork',
      'Deployment/opted-out: Listed OptedOut',
      'Deployment/owned: Listed OwnedByController',
      'Deployment/paused: Listed WorkloadPaused',
      'Deployment/person: Listed SourceNeedsPerson',
      'Deployment/port-taken: Listed PortTaken',
      'Deployment/recreated: Listed NoSurge',
      'Deployment/scaled: Listed NoProxyRequest',
      'Deployment/unseen: Listed SourceUnknown',
      'Job/import: Listed NotNativeSidecar',
      'Pod/alone: Listed BarePod',
      'StatefulSet/partitioned: Listed Partitioned',
      'StatefulSet/single: Listed NoSurge',
    ]);
    await s.carries(shop, ['Deployment/web', 'StatefulSet/allowed']);
    const moved = new Set(
      [...s.pods(shop)].filter(hasProxy).map(({ metadata }) => metadata.name.replace(/-[^-]*(-[^-]*)?$/, '')),
    );
    expect([...moved].toSorted()).to.deep.equal(['allowed', 'web']);
    const after = uidsOf(s, shop);
    const gone = [...before].filter(([uid, name]) => !after.has(uid) && !/^(web|allowed)-/.test(name));
    expect(gone).to.deep.equal([]);
    const without = listAt(s.record(shop), 'status', 'workloads').filter((row) => (textAt(row, 'remedy') ?? '') === '');
    expect(without).to.deep.equal([]);
    expect(s.condition('Succeeded')?.status).to.equal('False');
    expect(s.observer.world.namespace(shop)?.metadata.labels).not.to.have.property(`${keys}/to`);
  });

  scenario('the list stands in the status before anything is written', async (s) => {
    const shop = await s.namespace(
      'shop',
      [make.deployment('host', { replicas: 1, port: 8081, podSpec: { hostNetwork: true } }), make.deployment('web')],
      {
        annotations: hold,
      },
    );
    await s.migrate();
    await s.seen('the exception is listed', () => s.rows(shop).includes('Deployment/host: Listed HostNetwork'));
    expect(s.step(shop)).to.equal('Preflight');
    await s.carries(shop, []);
    await s.stalls('Blocked');
  });

  scenario('Jobs never count', async (s) => {
    const shop = await s.namespace('shop', [
      make.deployment('web'),
      make.job('import', { annotations: { 'fake-node.test/complete-after': '600s' } }),
    ]);
    await s.migrate();
    await s.gets('Migrated');
    expect(s.rows(shop)).to.deep.equal([]);
    expect(
      s
        .pods(shop)
        .filter((pod) => !hasProxy(pod))
        .map(({ metadata }) => metadata.name.split('-')[0]),
    ).to.deep.equal(['import']);
  });

  scenario(
    'an exception that a person accepts lets the namespace be committed, and one that is held can not be accepted',
    async (s) => {
      const shop = await s.namespace('shop', [
        make.deployment('opted-out', { annotations: { 'linkerd.io/inject': 'disabled' } }),
        annotated(make.deployment('held'), { ...hold, [`${keys}/accept`]: 'never mind' }),
      ]);
      await s.migrate();
      await s.stalls('PartiallyMigrated');
      await s.kubectl('annotate', '-n', shop, 'deployment/opted-out', `${keys}/accept=it is batch work`);
      await s.seen('the reason is noted', () =>
        listAt(s.record(shop), 'status', 'workloads').some((row) => row['accepted'] === 'it is batch work'),
      );
      await s.stalls('PartiallyMigrated');
      await s.kubectl('annotate', '-n', shop, 'deployment/held', `${keys}/hold-`, `${keys}/accept-`);
      await s.recovers('Migrated');
      await s.carries(shop, ['Deployment/held']);
      expect(s.observer.world.namespace(shop)?.metadata.labels).to.have.property(`${keys}/to`);
    },
  );

  scenario('when the cause of an exception is gone that workload alone is moved, and the namespace is committed', async (s) => {
    const shop = await s.namespace('shop', [make.deployment('web'), annotated(make.deployment('held'), hold)]);
    await s.migrate();
    await s.stalls('PartiallyMigrated');
    const { generation } = (await s.get(`Deployment/${shop}/web`)).metadata;
    await s.kubectl('annotate', '-n', shop, 'deployment/held', `${keys}/hold-`);
    await s.recovers('Migrated');
    await s.carries(shop, ['Deployment/held', 'Deployment/web']);
    expect((await s.get(`Deployment/${shop}/web`)).metadata.generation).to.equal(generation);
  });

  scenario('a quota without room for the proxies is found before anything is written', async (s) => {
    const shop = await s.namespace('shop', [make.deployment('web')]);
    await bounded(s, shop, { pods: '2' });
    await s.migrate();
    await s.stalls('Blocked');
    expect(textAt(s.record(shop), 'status', 'reason')).to.equal('QuotaExceeded');
    await s.carries(shop, []);
    await s.kubectl('delete', 'resourcequota', '-n', shop, 'quota');
    await s.recovers('Migrated');
  });

  scenario('a namespace in which nothing could move is not held up by what refuses a pod there', async (s) => {
    const shop = await s.namespace('shop', []);
    await s.create({ kind: 'ResourceQuota', metadata: { name: 'quota', namespace: shop }, spec: { hard: { pods: '0' } } });
    await s.migrate();
    await s.gets('Migrated');
    expect(s.observer.world.namespace(shop)?.metadata.labels).to.have.property(`${keys}/to`);
  });

  scenario('a quota that bounds what the proxy does not ask for is found before anything is written', async (s) => {
    const shop = await s.namespace('shop', [make.deployment('web')]);
    await bounded(s, shop, { 'requests.cpu': '8' });
    await s.migrate();
    await s.stalls('Blocked');
    expect(s.rows(shop)).to.deep.equal(['Deployment/web: Listed QuotaNeedsProxyResources']);
    await s.carries(shop, []);
  });
});

const exceptions: readonly Manifest[] = [
  make.deployment('web'),
  annotated(make.deployment('held'), hold),
  make.deployment('host', { replicas: 1, podSpec: { hostNetwork: true } }),
  make.deployment('paused'),
  make.statefulSet('partitioned', { spec: { updateStrategy: { rollingUpdate: { partition: 1 } } } }),
  make.barePod('alone'),
  make.statefulSet('single', { replicas: 1 }),
  annotated(make.statefulSet('allowed', { replicas: 1 }), { [`${keys}/allow-downtime`]: 'true' }),
  make.deployment('recreated', { spec: { strategy: { type: 'Recreate' } } }),
  make.deployment('scaled'),
  make.deployment('closed'),
  make.deployment('foreign', { labels: { 'sidecar.istio.io/inject': 'true' } }),
  make.cronJob('endless', { annotations: { 'config.linkerd.io/proxy-enable-native-sidecar': 'false' } }),
  make.job('import', {
    annotations: {
      'config.linkerd.io/proxy-enable-native-sidecar': 'false',
      'fake-node.test/complete-after': '600s',
    },
  }),
  make.deployment('opted-out', { annotations: { 'linkerd.io/inject': 'disabled' } }),
  make.deployment('port-taken', { port: 4143 }),
  make.deployment('person', { env: [{ name: 'JAVA_OPTS', value: '-Dhttp.proxyHost=$(NODE_NAME) -Dhttp.proxyPort=4140' }] }),
  make.deployment('unseen', {
    linkerd1: false,
    env: [{ name: 'http_proxy', valueFrom: { configMapKeyRef: { name: 'proxies', key: 'http' } } }],
  }),
];

async function owned(s: Scene, namespace: string): Promise<Manifest> {
  const { metadata } = await s.get(`ConfigMap/${namespace}/owner`);
  const owner = { apiVersion: 'v1', kind: 'ConfigMap', name: 'owner', uid: metadata.uid, controller: true };
  const manifest = make.deployment('owned');
  return { ...manifest, metadata: { ...manifest.metadata, ownerReferences: [owner] } };
}

function autoscaler(namespace: string): Manifest {
  const target = { type: 'Utilization', averageUtilization: 80 };
  return {
    kind: 'HorizontalPodAutoscaler',
    metadata: { name: 'scaled', namespace },
    spec: {
      ...{ minReplicas: 2, maxReplicas: 4, scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'scaled' } },
      metrics: [{ type: 'Resource', resource: { name: 'cpu', target } }],
    },
  };
}

function closedPort(namespace: string): Manifest {
  return {
    kind: 'NetworkPolicy',
    metadata: { name: 'closed', namespace },
    spec: { podSelector: { matchLabels: { app: 'closed' } }, policyTypes: ['Ingress'], ingress: [{ ports: [{ port: 8080 }] }] },
  };
}

function uidsOf(s: Scene, namespace: string): Map<string, string> {
  return new Map(s.pods(namespace).map(({ metadata }) => [metadata.uid, metadata.name]));
}

// Admission knows of a quota when the controller has counted for it.
async function bounded(s: Scene, namespace: string, hard: Readonly<Record<string, string>>): Promise<void> {
  await s.create({ kind: 'ResourceQuota', metadata: { name: 'quota', namespace }, spec: { hard } });
  const counted = async (): Promise<boolean> =>
    valueAt(await s.get(`ResourceQuota/${namespace}/quota`), 'status', 'hard') !== undefined;
  await until(counted, { what: `the quota of ${namespace} is counted` });
}
