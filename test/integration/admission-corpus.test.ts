// The policies inside a real API server do to every pod of the corpus what is written there by hand, as the webhook's
// own code does in test/golden.

import { expect } from 'chai';
import type { KubeClient } from '../../src/kube/client.ts';
import { createKubeClient } from '../../src/kube/create-client.ts';
import { loadKubeConfig } from '../../src/kube/kubeconfig.ts';
import { NAMESPACE, POD } from '../../src/kube/resource-kind.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { startCluster } from '../cluster/cluster.ts';
import { corpus } from '../golden/admission-corpus.ts';
import type { CorpusCase, CorpusPod } from '../golden/admission-corpus.ts';
import { SERVICE_ACCOUNT } from '../support/api-objects.ts';
import { installPolicies } from '../support/policies.ts';
import { until } from '../support/until.ts';

describe('the admission policies on the corpus of pods', function () {
  this.timeout(120_000);
  let cluster: Cluster;
  let client: KubeClient;
  const expected = new Map<string, unknown>();

  before(async () => {
    cluster = await startCluster({ nodes: 1 });
    client = createKubeClient(await loadKubeConfig({ kubeconfig: cluster.kubeconfig, env: {} }), { userAgent: 'admission' });
    for (const each of corpus) await createNamespace(each);
    for (const each of corpus) expected.set(each.name, await dryRun(each, each.expected));
    await installPolicies(client, { only: 'pods', develop: true });
  });
  after(async () => {
    await client.close();
    await cluster.stop();
  });

  async function createNamespace({ name, namespace }: CorpusCase): Promise<void> {
    await client.create(NAMESPACE, { metadata: { name, ...namespace } });
    await until(() => client.get(SERVICE_ACCOUNT, { namespace: name, name: 'default' }), { what: `the account of ${name}` });
  }

  /** What the API server would store, but for what differs from create to create. */
  async function dryRun({ name }: CorpusCase, pod: CorpusPod): Promise<Record<string, unknown>> {
    const manifest = {
      metadata: { ...pod.metadata, name: 'pod', namespace: name },
      spec: { ...pod.spec, automountServiceAccountToken: false },
    };
    const { metadata, ...rest } = await client.create(POD, manifest, { dryRun: true });
    return { ...rest, labels: metadata.labels ?? {}, annotations: metadata.annotations ?? {} };
  }

  for (const each of corpus) {
    it(`${each.name}: ${each.why}`, async () => {
      expect(await dryRun(each, each.pod)).to.deep.equal(expected.get(each.name));
    });

    it(`${each.name}: a second time nothing changes`, async () => {
      expect(await dryRun(each, each.expected)).to.deep.equal(expected.get(each.name));
    });
  }
});
