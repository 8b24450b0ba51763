// The policies in a real API server and the webhook's own code, held together beyond the corpus: on pods that nobody
// thought of, both make the same changes.

import { expect } from 'chai';
import fc from 'fast-check';
import { podPatch } from '../../src/admission/pod-patch.ts';
import type { KubeClient } from '../../src/kube/client.ts';
import { createKubeClient } from '../../src/kube/create-client.ts';
import { loadKubeConfig } from '../../src/kube/kubeconfig.ts';
import { NAMESPACE, POD } from '../../src/kube/resource-kind.ts';
import type { Container, EnvVar, PodTemplate } from '../../src/mesh/adapter.ts';
import { allAdapters } from '../../src/mesh/registry.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { startCluster } from '../cluster/cluster.ts';
import { withoutEmpty } from '../golden/admission-corpus.ts';
import { SERVICE_ACCOUNT } from '../support/api-objects.ts';
import { applyPatch } from '../support/json-patch.ts';
import { installPolicies } from '../support/policies.ts';
import { until } from '../support/until.ts';

const names = ['http_proxy', 'HTTP_PROXY', 'grpc_proxy', 'NODE_NAME', 'HOST_IP', 'OTHER', 'no_proxy'];
const values = [
  '$(NODE_NAME):4140',
  'http://$(NODE_NAME):4140/',
  'https://$(HOST_IP):4240',
  '$(http_proxy)',
  '$(HTTP_PROXY)',
  'with $(http_proxy) inside',
  '$$(http_proxy)',
  'l5d:4140',
  'http://l5d.linkerd1.svc.cluster.local:4240/',
  'http://l5d..svc:4140',
  'xl5d:4140',
  'db.example:4140',
  '',
];
const sources = [
  { fieldRef: { fieldPath: 'spec.nodeName' } },
  { fieldRef: { fieldPath: 'status.hostIP' } },
  { fieldRef: { fieldPath: 'metadata.name' } },
  { configMapKeyRef: { name: 'c', key: 'k' } },
  { secretKeyRef: { name: 's', key: 'k' } },
];
const name = fc.constantFrom(...names);
const variable: fc.Arbitrary<EnvVar> = fc.oneof(
  fc.record({ name, value: fc.constantFrom(...values) }),
  fc.record({ name, valueFrom: fc.constantFrom(...sources) }),
);
const container = (of: string): fc.Arbitrary<Container> =>
  fc.record(
    {
      name: fc.constant(of),
      image: fc.constant('app:1'),
      env: fc.array(variable, { maxLength: 6 }),
      args: fc.array(fc.constantFrom('-x', '$(http_proxy)', '$(OTHER)'), { maxLength: 2 }),
      envFrom: fc.array(fc.constantFrom({ configMapRef: { name: 'c' } }, { prefix: 'A_', secretRef: { name: 's' } }), {
        maxLength: 1,
      }),
    },
    { requiredKeys: ['name', 'image'] },
  );
const anyKeys = {
  'meshmigration.io/to': fc.constantFrom('linkerd2', 'linkerd2', 'linkerd2', 'none', 'none', 'linkerd1', 'other', ''),
  'meshmigration.io/from': fc.constantFrom('linkerd1', 'linkerd1', 'linkerd1', 'linkerd2', 'none'),
  'meshmigration.io/hold': fc.constantFrom('', 'why'),
  'meshmigration.io/linkerd1-ports': fc.constantFrom('4140', '4240', ' 4140 ,4240,', 'x', ''),
  'meshmigration.io/linkerd1-variables': fc.constantFrom('http_proxy', 'http_proxy,,OTHER, http_proxy', ''),
  'linkerd.io/inject': fc.constantFrom('enabled', 'disabled', 'odd'),
};
const annotations = fc.oneof(
  fc.record(anyKeys, { requiredKeys: [] }),
  fc.record(anyKeys, { requiredKeys: ['meshmigration.io/to', 'meshmigration.io/from'] }),
);
const proxied = fc.constantFrom<'no' | 'containers' | 'initContainers'>(
  'no',
  'containers',
  'containers',
  'initContainers',
  'initContainers',
);
const pod: fc.Arbitrary<PodTemplate> = fc
  .record({
    annotations,
    proxied,
    app: container('app'),
    helper: container('helper'),
    init: container('setup'),
    redirected: fc.boolean(),
  })
  .map(({ annotations: keys, proxied: where, app, helper, init, redirected }) => {
    const proxy = { name: 'linkerd-proxy', image: 'proxy:1' };
    const redirecting = { ...structuredClone(init), name: 'init-linkerd' };
    return {
      metadata: { annotations: keys, labels: { app: 'x' } },
      spec: {
        containers: [app, ...(where === 'containers' ? [proxy] : []), helper],
        initContainers: [
          ...(redirected ? [redirecting] : []),
          ...(where === 'initContainers' ? [{ ...proxy, restartPolicy: 'Always' }] : []),
          init,
        ],
      },
    };
  });

const namespaces = {
  'without-keys': {},
  committed: { labels: { 'meshmigration.io/to': 'linkerd2', 'meshmigration.io/from': 'linkerd1' } },
  'committed-with-settings': {
    labels: { 'meshmigration.io/to': 'linkerd2', 'meshmigration.io/from': 'linkerd1' },
    annotations: { 'meshmigration.io/linkerd1-ports': '4240', 'meshmigration.io/linkerd1-variables': 'HTTP_PROXY' },
  },
  'committed-to-none': { labels: { 'meshmigration.io/to': 'none', 'meshmigration.io/from': 'linkerd2' } },
} as const;
type Place = keyof typeof namespaces;
const places = Object.keys(namespaces) as Place[];

describe('the policies and the webhook on pods that nobody thought of', function () {
  this.timeout(180_000);
  let cluster: Cluster;
  let client: KubeClient;

  before(async () => {
    cluster = await startCluster({ nodes: 1 });
    client = createKubeClient(await loadKubeConfig({ kubeconfig: cluster.kubeconfig, env: {} }), { userAgent: 'admission' });
    for (const place of places) {
      await client.create(NAMESPACE, { metadata: { name: place, ...namespaces[place] } });
      await until(() => client.get(SERVICE_ACCOUNT, { namespace: place, name: 'default' }), { what: `the account of ${place}` });
    }
    await installPolicies(client, { only: 'pods', develop: true });
  });
  after(async () => {
    await client.close();
    await cluster.stop();
  });

  it('change the same', async () => {
    let changed = 0;
    await fc.assert(
      fc.asyncProperty(pod, fc.constantFrom(...places), async (before, place) => {
        const patch = podPatch(before, { metadata: namespaces[place] }, allAdapters);
        if (patch.length > 0) changed += 1;
        const manifest = { ...before, metadata: { ...before.metadata, name: 'pod', namespace: place } };
        const created = await client.create(POD, manifest, { dryRun: true });
        expect(essence(created)).to.deep.equal(essence(applyPatch(before, patch)));
      }),
      { numRuns: 600 },
    );
    expect(changed).to.be.greaterThan(150);
  });
});

/** What admission of ours may change, without what the API server fills in. */
function essence({ metadata, spec }: PodTemplate): unknown {
  const lists = { containers: spec?.containers ?? [], initContainers: spec?.initContainers ?? [] };
  const shown = Object.entries(lists).map(([list, containers]) => [
    list,
    containers.map((each) => ({ name: each.name, env: (each.env ?? []).map(plain) })),
  ]);
  return withoutEmpty({ annotations: metadata?.annotations, labels: metadata?.labels, ...Object.fromEntries(shown) });
}

function plain({ name: of, value, valueFrom }: EnvVar): unknown {
  const { fieldRef, ...other } = valueFrom ?? {};
  return { name: of, value: value ?? '', ...other, fieldPath: fieldRef?.fieldPath ?? '' };
}
