// Applications that are told Linkerd 1's address by a ConfigMap or Secret: left alone where the operator may not look, moved with an
// explicit empty value where it may.

import { join } from 'node:path';
import { expect } from 'chai';
import { MESH_MIGRATION } from '../../../src/api/v1alpha1/group.ts';
import type { Unstructured } from '../../../src/kube/object.ts';
import { CONFIG_MAP, DEPLOYMENT, POD, SECRET } from '../../../src/kube/resource-kind.ts';
import { kubectl } from '../../cluster/kubectl.ts';
import { createAll } from '../../support/api-objects.ts';
import { until } from '../../support/until.ts';
import * as build from '../../support/workloads.ts';
import type { Stage } from './stage.ts';
import { theStage } from './stage.ts';
import { migrate, reaches, rolledBack } from './words.ts';

const role = join(import.meta.dirname, '../../../config/rbac/optional-configuration.yaml');
const address = 'http://l5d.linkerd.svc.cluster.local:4140';

const workloads = ['whole', 'single', 'other'] as const;

interface Variable {
  readonly name: string;
  readonly value?: string;
}

describe('a proxy address in a ConfigMap or Secret', function () {
  this.timeout(120_000);
  let stage: Stage;
  before(async () => {
    stage = await theStage();
  });
  // What is told Linkerd 1's address would keep it in use for the tests that follow.
  after(async () => {
    await kubectl(stage.cluster, ['delete', '--ignore-not-found', '-f', role]);
    for (const namespace of ['veiled', 'unveiled'])
      for (const name of workloads) await stage.client.delete(DEPLOYMENT, { namespace, name });
  });

  const told = async (namespace: string): Promise<void> => {
    await createAll(stage.client, [build.namespace(namespace)]);
    const place = { namespace };
    await stage.client.create(CONFIG_MAP, { metadata: { ...place, name: 'proxy' }, data: { proxy: address, COLOUR: 'blue' } });
    await stage.client.create(CONFIG_MAP, { metadata: { ...place, name: 'plain' }, data: { COLOUR: 'blue' } });
    const data = { proxy: Buffer.from(address).toString('base64') };
    await stage.client.create(SECRET, { metadata: { ...place, name: 'proxy' }, data });
    const app = { name: 'app', image: 'app.example/app:1' };
    const from = { name: 'http_proxy', valueFrom: { secretKeyRef: { name: 'proxy', key: 'proxy' } } };
    const ofContainer = (name: string, container: object) =>
      build.deployment({ name, namespace, linkerd1: false, podSpec: { containers: [{ ...app, ...container }] } });
    await createAll(stage.client, [
      ofContainer('whole', { envFrom: [{ prefix: 'http_', configMapRef: { name: 'proxy' } }] }),
      ofContainer('single', { env: [from] }),
      ofContainer('other', { envFrom: [{ configMapRef: { name: 'plain' } }] }),
    ]);
  };
  const rows = (status: Readonly<Record<string, unknown>>): readonly { name: string; state: string; reason?: string }[] =>
    (status['workloads'] ?? []) as readonly { name: string; state: string; reason?: string }[];
  const template = async (namespace: string, name: string): Promise<{ metadata: { annotations?: Record<string, string> } }> =>
    ((await stage.client.get(DEPLOYMENT, { namespace, name }))['spec'] as { template: never }).template;
  const variables = (pod: Unstructured): readonly Variable[] =>
    (pod['spec'] as { containers: readonly { name: string; env?: readonly Variable[] }[] }).containers.find(
      ({ name }) => name === 'app',
    )?.env ?? [];
  const pods = async (namespace: string, app: string): Promise<readonly Unstructured[]> =>
    (await stage.client.list(POD, { namespace, labelSelector: `app=${app}` })).items.filter(
      ({ metadata }) => metadata.deletionTimestamp === undefined,
    );

  it('keeps its workload where it is while the operator may not look', async () => {
    await told('veiled');
    await migrate(stage.client, 'veiled');
    const status = await reaches(stage.client, 'veiled', 'PartiallyMigrated');
    const listed = rows(status).filter(({ state, reason }) => state === 'Listed' && reason === 'SourceUnknown');
    expect(listed.map(({ name }) => name)).to.have.members([...workloads]);
    expect((await template('veiled', 'whole')).metadata.annotations ?? {}).not.to.have.property('meshmigration.io/to');
  });

  it('lets a workload that was listed follow when the optional role is granted later', async () => {
    await kubectl(stage.cluster, ['apply', '-f', role]);
    const touched = async (): Promise<true | undefined> => {
      const at = { metadata: { annotations: { 'example.test/touched': await changes() } } };
      for (const name of workloads) await stage.client.mergePatch(DEPLOYMENT, { namespace: 'veiled', name }, at);
      const migration = await stage.client.get(MESH_MIGRATION, { name: 'veiled' });
      const { conditions = [] } = (migration['status'] ?? {}) as { conditions?: readonly { type: string; status: string }[] };
      return conditions.some(({ type, status }) => type === 'Succeeded' && status === 'True') ? true : undefined;
    };
    const changes = async (): Promise<string> =>
      (await stage.client.get(DEPLOYMENT, { namespace: 'veiled', name: 'whole' })).metadata.resourceVersion ?? '';
    await until(touched, { what: 'the listed workloads of veiled have followed', timeoutMs: 60_000, everyMs: 2_000 });
    await reaches(stage.client, 'veiled', 'Migrated');
  });

  it('keeps a workload where it is whose other container takes the same variable from elsewhere', async () => {
    const namespace = 'shared';
    await createAll(stage.client, [build.namespace(namespace)]);
    const proxies = { http_proxy: address };
    await stage.client.create(CONFIG_MAP, { metadata: { namespace, name: 'mesh' }, data: proxies });
    const elsewhere = { http_proxy: 'http://proxy.example:3128' };
    await stage.client.create(CONFIG_MAP, { metadata: { namespace, name: 'company' }, data: elsewhere });
    const from = (name: string, configMap: string) => ({
      ...{ name, image: 'app.example/app:1' },
      envFrom: [{ configMapRef: { name: configMap } }],
    });
    const podSpec = { containers: [from('app', 'mesh'), from('cache', 'company')] };
    await createAll(stage.client, [build.deployment({ name: 'both', namespace, linkerd1: false, podSpec })]);
    await migrate(stage.client, namespace);
    const status = await reaches(stage.client, namespace, 'PartiallyMigrated');
    const listed = rows(status).map(({ name, state, reason }) => [name, state, reason]);
    expect(listed).to.deep.equal([['both', 'Listed', 'VariableShared']]);
    await stage.client.delete(DEPLOYMENT, { namespace, name: 'both' });
  });

  it('is hidden by an explicit empty value where the operator may look, and comes back with the rollback', async () => {
    await told('unveiled');
    await migrate(stage.client, 'unveiled');
    await reaches(stage.client, 'unveiled', 'Migrated');
    for (const name of ['whole', 'single']) {
      const { annotations = {} } = (await template('unveiled', name)).metadata;
      expect(annotations, name).to.include({ 'meshmigration.io/linkerd1-variables': 'http_proxy' });
      // The API server leaves out an empty value.
      const found = await pods('unveiled', name);
      expect(found.map((pod) => variables(pod).filter((variable) => variable.name === 'http_proxy'))).to.deep.equal([
        [{ name: 'http_proxy' }],
        [{ name: 'http_proxy' }],
      ]);
    }
    expect((await template('unveiled', 'other')).metadata.annotations).not.to.have.property(
      'meshmigration.io/linkerd1-variables',
    );

    await rolledBack(stage.client, 'unveiled');
    expect((await template('unveiled', 'single')).metadata.annotations ?? {}).to.deep.equal({});
    const [pod] = await pods('unveiled', 'single');
    expect(pod && variables(pod)).to.deep.equal([
      { name: 'http_proxy', valueFrom: { secretKeyRef: { name: 'proxy', key: 'proxy' } } },
    ]);
  });
});
