// What is said of a name that Linkerd 1 answers otherwise while objects of ours are in the cluster: whose doing it may be.

import { expect } from 'chai';
import type { KubeObjectLike } from '../../../src/mesh/adapter.ts';
import { linkerd1Names } from '../../../src/mesh/linkerd1/names.ts';
import type { NamesAnswer } from '../../../src/mesh/names.ts';
import type { Pages } from './l5d-pods.ts';
import { pagesWith, withPods } from './l5d-pods.ts';

const env = [
  { name: 'A', value: 'http://hello' },
  { name: 'http_proxy', value: 'l5d:4140' },
];
const template = { spec: { containers: [{ name: 'app', env }] } };
const service = (namespace: string, more: object = {}): KubeObjectLike =>
  ({
    metadata: { name: 'hello', namespace, uid: `of-${namespace}`, ...more },
    spec: { ports: [{ name: 'http', port: 80, targetPort: 8080 }] },
  }) as KubeObjectLike;
const slice = {
  metadata: { name: 'hello-1', namespace: 'default', labels: { 'kubernetes.io/service-name': 'hello' } },
  ports: [{ name: 'http', port: 8080, protocol: 'TCP' }],
  endpoints: [{ addresses: ['10.0.0.1'], conditions: { ready: true } }],
} as KubeObjectLike;
const marks = {
  labels: { 'app.kubernetes.io/managed-by': 'meshmigration' },
  annotations: { 'meshmigration.io/needed-by': 'shop' },
};
const recorded = { status: { names: [{ kind: 'Service', namespace: 'shop', name: 'hello', uid: 'of-shop' }] } };

const leafOf = (namespace: string): string => {
  const id = `/#/io.l5d.k8s/${namespace}/http/hello`;
  return JSON.stringify({ type: 'leaf', path: '/', bound: { id, path: '/', addr: { type: 'bound', addrs: [], meta: {} } } });
};

const answer = (delegator: Pages[string]): Promise<NamesAnswer> =>
  withPods(
    [{ ...pagesWith({ hello: 4 }), '/delegator.json': delegator }],
    async (io, spec) => {
      const reading = await linkerd1Names.read(spec, io);
      return reading.answer({ namespace: 'shop', callers: [{ kind: 'Deployment', name: 'web', template }] });
    },
    {
      namespaces: ['default', 'shop', 'books'].map((name) => ({ metadata: { name } })),
      services: [service('default'), service('shop', marks)],
      endpointslices: [slice],
      namespacemigrations: [recorded as unknown as KubeObjectLike],
    },
  );

describe('a name that Linkerd 1 answers otherwise than the cluster’s objects say', () => {
  it('leads through what records list, or through something else', async () => {
    const [ours, theirs] = await Promise.all([answer(leafOf('shop')), answer(leafOf('books'))]);

    expect(ours.changed).to.have.length(1);
    expect(ours.changed?.[0]).to.deep.include({ name: '/svc/hello', ours: true });
    expect(ours.changed?.[0]?.message).to.contain('shop/http/hello').and.to.contain('default/http/hello');
    expect(theirs.changed?.[0]).to.deep.include({ name: '/svc/hello', ours: false });
  });

  it('is told from one that is answered as it should be, and from one that could not be asked about', async () => {
    const same = await answer(leafOf('default'));
    const silent = await answer((_request, response) => response.writeHead(503).end());

    expect([same.changed, same.unasked]).to.deep.equal([undefined, []]);
    expect([silent.changed, silent.unasked]).to.deep.equal([undefined, ['/svc/hello']]);
  });
});
