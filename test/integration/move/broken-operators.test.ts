// For each rule of the observer an operator that breaks it, on a real API server without any fence: a few writes under the
// operator's own user name. The observer must find each, from the audit log and its own watches.
import { expect } from 'chai';
import type { KubeClient } from '../../../src/kube/client.ts';
import { createKubeClient } from '../../../src/kube/create-client.ts';
import { loadKubeConfig } from '../../../src/kube/kubeconfig.ts';
import type { JsonPatchOperation, Manifest } from '../../../src/kube/object.ts';
import { DEPLOYMENT, NAMESPACE, POD } from '../../../src/kube/resource-kind.ts';
import { startCluster } from '../../cluster/cluster.ts';
import type { Cluster } from '../../cluster/cluster.ts';
import { kubectl } from '../../cluster/kubectl.ts';
import { createAll } from '../../support/api-objects.ts';
import { usualPlace } from '../../support/observer/keys.ts';
import type { Violation } from '../../support/observer/invariant.ts';
import { startObserver } from '../../support/observer/observer.ts';
import type { Seen, World } from '../../support/observer/world.ts';
import { isReady } from '../../support/observer/world.ts';
import { until } from '../../support/until.ts';
import * as build from '../../support/workloads.ts';
import { MESH_MIGRATION, NAMESPACE_MIGRATION } from './scene.ts';

/** A broken operator in a namespace of its own, with a Deployment `web` of four pods and a record at Cutover. */
interface Broken {
  readonly namespace: string;
  /** Writes as the operator. */
  readonly client: KubeClient;
  readonly when: <T>(what: string, look: (world: World) => T | undefined | false) => Promise<T>;
  readonly world: World;
}

const keys = { 'meshmigration.io/to': 'linkerd2', 'meshmigration.io/from': 'linkerd1', 'meshmigration.io/cutover': 'broken00-1' };
const annotation = (key: string): string => `/spec/template/metadata/annotations/${key.replaceAll('/', '~1')}`;

const mistakes: Readonly<Record<string, (broken: Broken) => Promise<void>>> = {
  'narrow writes': async ({ client, namespace }) => {
    await client.mergePatch(DEPLOYMENT, { namespace, name: 'web' }, { spec: { replicas: 3 } });
  },
  exclusion: async ({ client }) => {
    await client.mergePatch(NAMESPACE, { name: 'kube-public' }, { metadata: { labels: { 'meshmigration.io/moving': 'true' } } });
  },
  'intent first': async (b) => {
    await cutOver(b);
  },
  'once only': async (b) => {
    await announce(b, 'Cutover', 'Moving');
    await cutOver(b);
    await cutOver(b);
  },
  'never again': async (b) => {
    await announce(b, 'Cutover', 'Moving');
    await cutOver(b);
    await b.when('the watch has told the keys', () => isKeyedAt(b));
    await cutOver(b, 'broken00-2');
  },
  'needless status': async (b) => {
    await announce(b, 'Soak');
    await announce(b, 'Soak');
  },
  'namespaces at once': async (b) => {
    await b.client.create(NAMESPACE, build.namespace(`${b.namespace}-too`));
    const other = { ...b, namespace: `${b.namespace}-too` };
    await b.client.create(NAMESPACE_MIGRATION, await recordOf(other, b.namespace));
    await b.when('both namespaces are known', () => b.world.record(other.namespace) !== undefined);
    await announce(b, 'Preflight');
    await announce(other, 'Preflight');
  },
  'workloads at once': async (b) => {
    await b.client.create(DEPLOYMENT, build.deployment({ name: 'api', namespace: b.namespace, replicas: 1 }));
    await b.when('api is known', () => b.world.workload('Deployment', b.namespace, 'api'));
    await announce(b, 'Cutover', 'Moving');
    await cutOver(b);
    await cutOver({ ...b }, keys['meshmigration.io/cutover'], 'api');
  },
  'one mesh per pod': async ({ client, namespace }) => {
    const proxy = { name: 'linkerd-proxy', image: 'proxy.example/proxy:1' };
    const pod = build.barePod({ name: 'both', namespace });
    const spec = pod['spec'] as { containers: object[] };
    await client.create(POD, { ...pod, spec: { ...spec, containers: [...spec.containers, proxy] } });
  },
  availability: async (b) => {
    await announce(b, 'Cutover', 'Moving');
    await cutOver(b);
    const pods = b.world.all('pods', b.namespace).slice(0, 3);
    await Promise.all(pods.map(({ metadata }) => b.client.delete(POD, { namespace: b.namespace, name: metadata.name })));
  },
  'honest status': async ({ client, namespace }) => {
    await client.mergePatch(
      MESH_MIGRATION,
      { name: namespace },
      { status: { observedGeneration: 9 } },
      { subresource: 'status' },
    );
  },
  'ready means verified': async ({ client, namespace }) => {
    const time = '2026-01-01T00:00:00Z';
    const ready = { type: 'Ready', status: 'True', reason: 'Migrated', message: 'all is well', lastTransitionTime: time };
    await client.mergePatch(MESH_MIGRATION, { name: namespace }, { status: { conditions: [ready] } }, { subresource: 'status' });
  },
  'exact restore': async (b) => {
    await b.client.mergePatch(
      NAMESPACE,
      { name: b.namespace },
      { metadata: { annotations: { 'linkerd.io/inject': 'enabled' } } },
    );
    await b.client.mergePatch(NAMESPACE, { name: b.namespace }, { metadata: { annotations: { 'linkerd.io/inject': null } } });
    await announce(b, 'RolledBack');
  },
  'no residue': async (b) => {
    await b.client.mergePatch(NAMESPACE, { name: b.namespace }, { metadata: { labels: { 'meshmigration.io/moving': 'true' } } });
    await announce(b, 'Migrated');
  },
  quiescence: async (b) => {
    let value = 0;
    const busy = setInterval(() => {
      const labels = { 'meshmigration.io/moving': String((value += 1)) };
      // It goes on until after the run has ended, when nobody may be there to answer.
      b.client.mergePatch(NAMESPACE, { name: b.namespace }, { metadata: { labels } }).catch(() => undefined);
      if (value === 24) clearInterval(busy);
    }, 400);
    await announce(b, 'Cutover');
  },
};

describe('the observer catches an operator that breaks', function () {
  this.timeout(60_000);
  let cluster: Cluster;
  let admin: KubeClient;
  let operator: KubeClient;

  before(async function () {
    this.timeout(120_000);
    cluster = await startCluster({ nodes: 2 });
    await kubectl(cluster, ['apply', '--server-side', '-k', new URL('../../../crds', import.meta.url).pathname]);
    await kubectl(cluster, ['wait', '--for=condition=Established', 'crd', '--all']);
    const clientFor = async (kubeconfig: string): Promise<KubeClient> =>
      createKubeClient(await loadKubeConfig({ kubeconfig, env: {} }), { userAgent: 'tests' });
    admin = await clientFor(cluster.kubeconfig);
    operator = await clientFor(await cluster.kubeconfigFor(usualPlace.user, ['system:masters']));
  });
  after(async () => {
    await Promise.all([admin.close(), operator.close()]);
    await cluster.stop();
  });

  // All at once, each in a namespace of its own: what one observer finds in the others' it leaves out.
  const found = new Map<string, string>();
  before('all broken operators run', async function () {
    this.timeout(120_000);
    const observed = await startObserver({ client: admin, auditLogFile: cluster.auditLogFile });
    const names = Object.keys(mistakes);
    await Promise.all(names.map((name) => prepare(admin, operator, namespaceOf(name))));
    await observed.close();
    const observer = await startObserver({ client: admin, auditLogFile: cluster.auditLogFile });
    const { world } = observer;
    await Promise.all(
      Object.entries(mistakes).map(([name, mistake]) =>
        mistake({ namespace: namespaceOf(name), client: operator, world, when: (what, look) => observer.when(what, look) }),
      ),
    );
    await observer.end().catch(() => undefined);
    for (const name of names) found.set(name, told(observer.violations.filter(({ invariant }) => invariant === name)));
  });

  for (const name of Object.keys(mistakes)) {
    it(`“${name}”`, () => {
      const where = name === 'exclusion' ? 'kube-public' : namespaceOf(name);
      expect(found.get(name)).to.contain(where);
    });
  }
});

function told(violations: readonly Violation[]): string {
  return violations.map(({ message, evidence }) => `${message} ${evidence}`).join('\n');
}

function namespaceOf(mistake: string): string {
  return mistake.replaceAll(' ', '-');
}

async function prepare(admin: KubeClient, operator: KubeClient, namespace: string): Promise<void> {
  await createAll(admin, [
    build.namespace(namespace, namespace === 'exact-restore' ? { inject: '' } : {}),
    build.deployment({ name: 'web', namespace, replicas: 4 }),
  ]);
  const waves = [{ name: 'one', namespaces: [namespace] }];
  const pace = { maxConcurrentWorkloads: 1 };
  const spec = { source: { mesh: 'Linkerd1' }, target: { mesh: 'Linkerd2' }, waves, pace };
  await admin.create(MESH_MIGRATION, { metadata: { name: namespace }, spec });
  const record = await recordOf({ client: admin, namespace }, namespace);
  if (namespace !== 'intent-first') await operator.create(NAMESPACE_MIGRATION, record);
  await eventuallyServed(admin, namespace);
}

async function eventuallyServed(admin: KubeClient, namespace: string): Promise<void> {
  const ready = async (): Promise<number> => (await admin.list<Seen>(POD, { namespace })).items.filter(isReady).length;
  await until(async () => (await ready()) === 4, { what: `the pods of ${namespace} are ready` });
}

async function recordOf({ client, namespace }: Pick<Broken, 'client' | 'namespace'>, migration: string): Promise<Manifest> {
  const { metadata } = await client.get(MESH_MIGRATION, { name: migration });
  const own = await client.get(NAMESPACE, { name: namespace });
  const inject = own.metadata.annotations?.['linkerd.io/inject'];
  const key = 'linkerd.io/inject';
  return {
    metadata: { name: namespace },
    spec: {
      ...{ source: 'Linkerd1', target: 'Linkerd2', wave: 'one', namespaceUID: own.metadata.uid },
      migrationRef: { name: migration, uid: metadata.uid },
      originals: { annotations: [inject === undefined ? { key, present: false } : { key, present: true, value: inject }] },
    },
  };
}

/** Stores a status as the operator does; `state` gives each Deployment a row. */
async function announce(b: Pick<Broken, 'client' | 'namespace'>, step: string, state?: string): Promise<void> {
  const { metadata } = await b.client.get(NAMESPACE_MIGRATION, { name: b.namespace });
  const { items } = await b.client.list(DEPLOYMENT, { namespace: b.namespace });
  const rows = items.map((one) => ({ kind: 'Deployment', name: one.metadata.name, uid: one.metadata.uid, state, attempt: 1 }));
  const status = { step, attempt: 1, ...(state !== undefined && { workloads: rows, counts: countsOf(rows.length) }) };
  const operations: JsonPatchOperation[] = [
    { op: 'test', path: '/metadata/uid', value: metadata.uid },
    { op: 'add', path: '/status', value: status },
  ];
  await b.client.jsonPatch(NAMESPACE_MIGRATION, { name: b.namespace }, operations, { subresource: 'status' });
}

function countsOf(moving: number): Readonly<Record<string, number>> {
  return { total: moving, moving, pending: 0, verified: 0, armed: 0, failed: 0, restored: 0, drifted: 0, listed: 0 };
}

async function cutOver(
  b: Pick<Broken, 'client' | 'namespace'>,
  value = keys['meshmigration.io/cutover'],
  name = 'web',
): Promise<void> {
  const ref = { namespace: b.namespace, name };
  for (let attempt = 0; ; attempt += 1) {
    const { uid, resourceVersion } = (await b.client.get(DEPLOYMENT, ref)).metadata;
    const annotations = { ...keys, 'meshmigration.io/cutover': value };
    const manifest = { metadata: { ...ref, uid, resourceVersion }, spec: { template: { metadata: { annotations } } } };
    try {
      await b.client.applyServerSide(DEPLOYMENT, ref, manifest, { fieldManager: 'meshmigration' });
      return;
    } catch (error) {
      if (attempt === 20) throw error;
    }
  }
}

function isKeyedAt({ world, namespace }: Broken): boolean {
  const workload = world.workload('Deployment', namespace, 'web');
  return JSON.stringify(workload ?? {}).includes(annotation('meshmigration.io/cutover').split('/').at(-1)!.replace('~1', '/'));
}
