// What the operator reads of ConfigMaps and Secrets, how often, and what it makes of a refusal.

import { expect } from 'chai';
import type { MeshMigration } from '../../../src/api/v1alpha1/mesh-migration.ts';
import { createConfiguration } from '../../../src/controller/configuration.ts';
import type { Configuration } from '../../../src/controller/configuration.ts';
import { trimWorkload } from '../../../src/controller/trimmed.ts';
import type { TrimmedWorkload } from '../../../src/controller/trimmed.ts';
import { KubeError } from '../../../src/kube/kube-error.ts';
import type { ObjectRef } from '../../../src/kube/object.ts';
import type { ResourceKind } from '../../../src/kube/resource-kind.ts';

const migration = {
  metadata: { name: 'm', uid: 'u', generation: 1 },
  spec: { source: { mesh: 'Linkerd1' }, target: { mesh: 'Linkerd2' }, waves: [] },
} as unknown as MeshMigration;

const workload = (container: object): TrimmedWorkload =>
  trimWorkload('Deployment')({
    metadata: { name: 'web', namespace: 'shop', uid: 'w' },
    spec: { template: { spec: { containers: [{ name: 'app', ...container }] } } },
  } as never);

const encoded = Buffer.from('l5d.linkerd:4140').toString('base64');
const stored: Readonly<Record<string, object>> = {
  'Secret/proxies': { metadata: { uid: 's', resourceVersion: '1' }, data: { http_proxy: encoded } },
  'ConfigMap/settings': { metadata: { uid: 'c', resourceVersion: '1' }, data: { COLOUR: 'blue' } },
};

describe('ConfigMaps and Secrets that templates refer to', () => {
  let now = 0;
  let asked: string[] = [];
  let refused: readonly string[] = [];
  let configuration: Configuration;
  const client = {
    get: (kind: ResourceKind, { name }: ObjectRef) => {
      const key = `${kind.kind}/${name}`;
      asked.push(key);
      const error = refused.includes(kind.kind) ? 'forbidden' : stored[key] === undefined ? 'notFound' : undefined;
      return error === undefined ? Promise.resolve(stored[key]) : Promise.reject(new KubeError({ kind: error, message: error }));
    },
  };
  beforeEach(() => {
    [now, asked, refused] = [0, [], []];
    configuration = createConfiguration(client as never, () => now);
  });

  const both = workload({ envFrom: [{ secretRef: { name: 'proxies' } }, { configMapRef: { name: 'settings' } }] });

  it('are read, Secrets decoded, and only those that the mesh would look into', async () => {
    const other = workload({ env: [{ name: 'PASSWORD', valueFrom: { secretKeyRef: { name: 'database', key: 'password' } } }] });
    const resolve = await configuration.of(migration, 'shop', [both, other]);
    expect(asked).to.have.members(['Secret/proxies', 'ConfigMap/settings']);
    expect(resolve('Secret', 'proxies')).to.deep.equal({ http_proxy: 'l5d.linkerd:4140' });
    expect(resolve('ConfigMap', 'settings')).to.deep.equal({ COLOUR: 'blue' });
    expect(resolve('Secret', 'database')).to.equal(undefined);
  });

  it('are not read again for some seconds, and the answer is the same function while it answers the same', async () => {
    const first = await configuration.of(migration, 'shop', [both]);
    now = 14_000;
    expect(await configuration.of(migration, 'shop', [both])).to.equal(first);
    expect(asked).to.have.length(2);
    now = 16_000;
    expect(await configuration.of(migration, 'shop', [both])).to.equal(first);
    expect(asked).to.have.length(4);
    expect(configuration.known('shop')).to.equal(first);
  });

  it('stay unknown where the role is not granted, without a refused question for each workload', async () => {
    refused = ['Secret'];
    const more = workload({ envFrom: [{ secretRef: { name: 'other' } }] });
    const resolve = await configuration.of(migration, 'shop', [both, more]);
    expect(resolve('Secret', 'proxies')).to.equal(undefined);
    expect(resolve('ConfigMap', 'settings')).to.deep.equal({ COLOUR: 'blue' });
    expect(asked.filter((key) => key.startsWith('Secret'))).to.have.length(1);
  });

  it('are seen some seconds after the role was granted', async () => {
    refused = ['Secret'];
    await configuration.of(migration, 'shop', [both]);
    refused = [];
    expect(configuration.isVeiled('shop')).to.equal(true);
    now = 3_000;
    const resolve = await configuration.of(migration, 'shop', [both]);
    expect(resolve('Secret', 'proxies')).to.deep.equal({ http_proxy: 'l5d.linkerd:4140' });
    expect(configuration.isVeiled('shop')).to.equal(false);
  });

  it('that do not exist are unknown, not empty', async () => {
    const resolve = await configuration.of(migration, 'shop', [workload({ envFrom: [{ configMapRef: { name: 'missing' } }] })]);
    expect(resolve('ConfigMap', 'missing')).to.equal(undefined);
  });
});
