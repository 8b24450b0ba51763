// Admission beside a real injector: joined and left in one create, refused while the namespace moves and the injector is
// down, recorded elsewhere.

import { expect } from 'chai';
import { readFile } from 'node:fs/promises';
import type { KubeClient } from '../../src/kube/client.ts';
import { createKubeClient } from '../../src/kube/create-client.ts';
import { loadKubeConfig } from '../../src/kube/kubeconfig.ts';
import type { Manifest, Unstructured } from '../../src/kube/object.ts';
import { DEPLOYMENT, POD } from '../../src/kube/resource-kind.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { startCluster } from '../cluster/cluster.ts';
import { createAll, SERVICE_ACCOUNT } from '../support/api-objects.ts';
import type { Linkerd2 } from '../support/linkerd2/install.ts';
import { installLinkerd2 } from '../support/linkerd2/install.ts';
import { installPolicies } from '../support/policies.ts';
import { until } from '../support/until.ts';
import * as build from '../support/workloads.ts';

const keys = { 'meshmigration.io/to': 'linkerd2', 'meshmigration.io/from': 'linkerd1', 'meshmigration.io/cutover': '0a1b2c3d-1' };

describe('admission beside a real injector', function () {
  this.timeout(120_000);
  let cluster: Cluster;
  let client: KubeClient;
  let linkerd2: Linkerd2;

  before(async () => {
    cluster = await startCluster({ nodes: 1 });
    client = createKubeClient(await loadKubeConfig({ kubeconfig: cluster.kubeconfig, env: {} }), { userAgent: 'admission' });
    linkerd2 = await installLinkerd2(client);
    await createAll(client, [
      build.namespace('resting'),
      build.namespace('moving', { labels: { 'meshmigration.io/moving': 'true' } }),
      build.namespace('committed', {
        inject: 'enabled',
        labels: { 'meshmigration.io/to': 'linkerd2', 'meshmigration.io/from': 'linkerd1' },
      }),
    ]);
    for (const namespace of ['resting', 'moving', 'committed'])
      await until(() => client.get(SERVICE_ACCOUNT, { namespace, name: 'default' }), { what: `the account of ${namespace}` });
    await installPolicies(client, { only: 'pods', develop: true });
    await refusing();
  });
  after(async () => {
    await linkerd2.close();
    await client.close();
    await cluster.stop();
  });
  afterEach(() => linkerd2.setInjectorDown(false));

  /** A pod as its ReplicaSet would create it. */
  const pod = (namespace: string, annotations: Record<string, string>, podSpec: object = {}): Manifest =>
    build.barePod({ name: 'web', namespace, annotations, podSpec: podSpec as Record<string, unknown> });
  const create = async (manifest: Manifest): Promise<Seen> => seen(await client.create(POD, manifest, { dryRun: true }));
  const refused = (manifest: Manifest): Promise<string> =>
    create(manifest).then(
      () => 'created',
      (error: unknown) => (error as Error).message,
    );

  /** The refusal takes a second or two to act, like the policies. */
  async function refusing(): Promise<void> {
    await linkerd2.setInjectorDown(true);
    await until(async () => (await refused(pod('moving', keys))) !== 'created', {
      what: 'keyed pods without a proxy are refused',
    });
    await linkerd2.setInjectorDown(false);
  }

  it('a keyed pod has the proxy and no trace of its source after one create', async () => {
    expect(await create(pod('resting', keys))).to.deep.include({ proxy: true, env: ['NODE_NAME'] });
  });

  it('a pod without keys in a committed namespace comes out the same', async () => {
    expect(await create(pod('committed', {}))).to.deep.include({ proxy: true, env: ['NODE_NAME'] });
  });

  it('a held pod in a committed namespace stays wholly in its source', async () => {
    const held = await create(pod('committed', { 'meshmigration.io/hold': 'audit' }));
    expect(held).to.deep.include({ proxy: false, env: ['NODE_NAME', 'http_proxy'] });
  });

  it('a pod on the network of its host is passed over by the injector and so keeps its source', async () => {
    expect(await create(pod('resting', keys, { hostNetwork: true }))).to.deep.include({
      proxy: false,
      env: ['NODE_NAME', 'http_proxy'],
    });
  });

  it('with the injector down a keyed pod keeps its source where nothing moves', async () => {
    await linkerd2.setInjectorDown(true);
    expect(await create(pod('resting', keys))).to.deep.include({ proxy: false, env: ['NODE_NAME', 'http_proxy'] });
  });

  it('with the injector down a keyed pod is refused where its namespace moves, and others are not', async () => {
    await linkerd2.setInjectorDown(true);
    expect(await refused(pod('moving', keys))).to.contain(
      'the pod has not joined linkerd2; old pods go on serving until its injector answers',
    );
    expect(await create(pod('moving', {}))).to.deep.include({ proxy: false, env: ['NODE_NAME', 'http_proxy'] });
  });

  it('a rollout waits while the injector is down and ends by itself when it is back', async () => {
    await linkerd2.setInjectorDown(true);
    await createAll(client, [build.deployment({ name: 'rolling', namespace: 'moving', replicas: 1, annotations: keys })]);
    const status = async (): Promise<string> =>
      JSON.stringify((await client.get(DEPLOYMENT, { namespace: 'moving', name: 'rolling' }))['status']);
    await until(async () => (await status()).includes('has not joined linkerd2'), {
      what: 'the controller says why it has no pod',
    });
    await linkerd2.setInjectorDown(false);
    await until(async () => (await status()).includes('"availableReplicas":1'), { what: 'the rollout ends', timeoutMs: 60_000 });
    const { items } = await client.list(POD, { namespace: 'moving', labelSelector: 'app=rolling' });
    expect(items.map(seen)).to.deep.equal([{ proxy: true, env: ['NODE_NAME'] }]);
  });

  it('a pod of a committed namespace that has not joined is recorded in the audit log', async () => {
    await linkerd2.setInjectorDown(true);
    await create(pod('committed', {}));
    await until(
      async () => {
        const lines = (await readFile(cluster.auditLogFile, 'utf8')).split('\n');
        return lines.some(
          (line) => line.includes('"namespace":"committed"') && line.includes('has not joined the mesh that it is keyed for'),
        );
      },
      { what: 'the record in the audit log' },
    );
    expect(await refused(pod('committed', {}))).to.equal('created');
  });
});

/** What matters of a pod. */
interface Seen {
  proxy: boolean;
  env: readonly string[];
}

interface Named {
  name: string;
  env?: { name: string }[];
}

function seen(pod: Unstructured): Seen {
  const { containers, initContainers = [] } = pod['spec'] as { containers: Named[]; initContainers?: Named[] };
  const [app] = containers.filter(({ name }) => !name.startsWith('linkerd-'));
  return {
    proxy: [...containers, ...initContainers].some(({ name }) => name === 'linkerd-proxy'),
    env: (app?.env ?? []).map(({ name }) => name),
  };
}
