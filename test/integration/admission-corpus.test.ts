// What a real API server makes of every pod of the corpus: by the policies alone, by the policies and the webhook
// together, and, on a server where policies do not act, by the webhook alone. Each time it is what is written there by
// hand, as the webhook's own code does in test/golden.

import { expect } from 'chai';
import type { KubeClient } from '../../src/kube/client.ts';
import { createKubeClient } from '../../src/kube/create-client.ts';
import { loadKubeConfig } from '../../src/kube/kubeconfig.ts';
import { NAMESPACE, POD } from '../../src/kube/resource-kind.ts';
import type { ApiServerOptions, Cluster } from '../cluster/cluster.ts';
import { startCluster } from '../cluster/cluster.ts';
import { corpus } from '../golden/admission-corpus.ts';
import type { CorpusCase, CorpusPod } from '../golden/admission-corpus.ts';
import type { AdmissionWebhook } from '../support/admission-webhook.ts';
import { startAdmissionWebhook } from '../support/admission-webhook.ts';
import { SERVICE_ACCOUNT } from '../support/api-objects.ts';
import { installPolicies } from '../support/policies.ts';
import { until } from '../support/until.ts';

let cluster: Cluster;
let client: KubeClient;
let webhook: AdmissionWebhook | undefined;
const expected = new Map<string, unknown>();

/** A cluster that knows what the expected pods look like once the API server has filled them in. */
async function start(options: ApiServerOptions): Promise<void> {
  cluster = await startCluster({ nodes: 1, ...options });
  client = createKubeClient(await loadKubeConfig({ kubeconfig: cluster.kubeconfig, env: {} }), { userAgent: 'admission' });
  for (const { name, namespace } of corpus) {
    await client.create(NAMESPACE, { metadata: { name, ...namespace } });
    await until(() => client.get(SERVICE_ACCOUNT, { namespace: name, name: 'default' }), { what: `the account of ${name}` });
  }
  for (const each of corpus) expected.set(each.name, await dryRun(each, each.expected));
}

async function stop(): Promise<void> {
  await webhook?.close();
  webhook = undefined;
  await client.close();
  await cluster.stop();
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

/** Waits until a pod of the corpus is changed as expected. */
async function acting(): Promise<void> {
  const [each] = corpus.filter(({ name }) => name === 'committed-namespace');
  if (each === undefined) throw new Error('the corpus has no committed-namespace');
  const wanted = JSON.stringify(expected.get(each.name));
  await until(async () => JSON.stringify(await dryRun(each, each.pod)) === wanted, { what: 'admission acts' });
}

function everyPod(): void {
  for (const each of corpus) {
    it(`${each.name}: ${each.why}`, async () => {
      expect(await dryRun(each, each.pod)).to.deep.equal(expected.get(each.name));
    });

    it(`${each.name}: a second time nothing changes`, async () => {
      expect(await dryRun(each, each.expected)).to.deep.equal(expected.get(each.name));
    });
  }
}

describe('on a server with mutating admission policies', function () {
  this.timeout(120_000);
  before(() => start({}));
  after(stop);

  describe('the policies alone', () => {
    before(() => installPolicies(client, { only: 'pods', develop: true }));
    everyPod();
  });

  describe('the policies and the webhook together', () => {
    before(async () => {
      webhook = await startAdmissionWebhook(cluster, client);
      await acting();
    });
    everyPod();
  });
});

describe('on a server where policies are served and do not act', function () {
  this.timeout(120_000);
  before(async () => {
    await start({ featureGates: { MutatingAdmissionPolicy: false } });
    await installPolicies(client, { only: 'pods', idle: true });
    webhook = await startAdmissionWebhook(cluster, client);
    await acting();
  });
  after(stop);

  describe('the webhook', everyPod);

  describe('the end of the webhook', () => {
    it('is in order when it is asked for', async () => {
      expect(await webhook?.close()).to.equal(0);
      webhook = undefined;
    });
  });
});
