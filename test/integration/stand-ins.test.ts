/**
 * The stand-ins on a real API server: the injector's webhook, the proxies' admin port, Linkerd 1's admin port.
 */
import { expect } from 'chai';
import type { KubeClient } from '../../src/kube/client.ts';
import { createKubeClient } from '../../src/kube/create-client.ts';
import { loadKubeConfig } from '../../src/kube/kubeconfig.ts';
import type { KubeObject } from '../../src/kube/object.ts';
import { DEPLOYMENT, POD } from '../../src/kube/resource-kind.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { startCluster } from '../cluster/cluster.ts';
import { CORE_EVENT, createAll } from '../support/api-objects.ts';
import { parseExposition, samplesOf } from '../support/exposition.ts';
import type { Linkerd1 } from '../support/linkerd1/install.ts';
import { installLinkerd1 } from '../support/linkerd1/install.ts';
import { parseMetricsJson } from '../support/linkerd1/metrics.ts';
import type { Linkerd2 } from '../support/linkerd2/install.ts';
import { installLinkerd2 } from '../support/linkerd2/install.ts';
import type { Proxies } from '../support/linkerd2/proxies.ts';
import { startProxies } from '../support/linkerd2/proxies.ts';
import type { Pod } from '../support/pod.ts';
import { until } from '../support/until.ts';
import * as build from '../support/workloads.ts';

describe('stand-ins on a real API server', function () {
  this.timeout(120_000);
  let cluster: Cluster;
  let client: KubeClient;
  let linkerd2: Linkerd2;
  let linkerd1: Linkerd1;
  let proxies: Proxies;

  before(async () => {
    cluster = await startCluster({ nodes: 2 });
    client = createKubeClient(await loadKubeConfig({ kubeconfig: cluster.kubeconfig, env: {} }), { userAgent: 'stand-ins' });
    linkerd2 = await installLinkerd2(client);
    linkerd1 = await installLinkerd1(client);
    proxies = await startProxies(client);
  });
  after(async () => {
    await proxies.close();
    await linkerd1.close();
    await linkerd2.close();
    await client.close();
    await cluster.stop();
  });

  const pods = async (namespace: string, app: string): Promise<(Pod & KubeObject)[]> => {
    const { items } = await client.list<Pod & KubeObject>(POD, { namespace, labelSelector: `app=${app}` });
    return [...items];
  };
  const readyPods = (namespace: string, app: string, count: number): Promise<(Pod & KubeObject)[]> =>
    until(
      async () => {
        const found = await pods(namespace, app);
        return found.length === count && found.every(isReady) ? found : undefined;
      },
      { what: `${count} ready pods of ${namespace}/${app}` },
    );
  const events = (namespace: string, reason: string): Promise<unknown[]> =>
    until(
      async () => {
        const { items } = await client.list(CORE_EVENT, { namespace, fieldSelector: `reason=${reason}` });
        return items.length > 0 ? items.map((event) => ({ on: event['involvedObject'], message: event['message'] })) : undefined;
      },
      { what: `an event ${reason} in ${namespace}` },
    );

  it('a Deployment in an annotated namespace comes out injected, its pods get ready and its owner gets the event', async () => {
    await createAll(client, [
      build.namespace('injected', { inject: 'enabled' }),
      build.deployment({ name: 'web', namespace: 'injected', requestsPerSecond: 100 }),
    ]);
    for (const pod of await readyPods('injected', 'web', 2)) {
      expect(pod.spec.initContainers?.map(({ name }) => name)).to.deep.equal(['linkerd-init', 'linkerd-proxy']);
      expect(pod.metadata.labels).to.include({ 'linkerd.io/proxy-deployment': 'web', 'linkerd.io/workload-ns': 'injected' });
    }
    const [event] = (await events('injected', 'Injected')) as { on: Record<string, string>; message: string }[];
    expect(event).to.deep.include({ message: 'Linkerd sidecar proxy injected' });
    expect(event?.on).to.include({ kind: 'Deployment', name: 'web', namespace: 'injected' });
  });

  it('the proxies answer on port 4191 of the pod addresses, each as its own pod says', async () => {
    await createAll(client, [
      build.deployment({ name: 'quiet', namespace: 'injected', replicas: 1, proxy: 'silent' }),
      build.deployment({ name: 'plain', namespace: 'injected', replicas: 1, annotations: { 'linkerd.io/inject': 'disabled' } }),
    ]);
    const [web] = await readyPods('injected', 'web', 2);
    const [quiet] = await readyPods('injected', 'quiet', 1);
    const [plain] = await readyPods('injected', 'plain', 1);
    expect(await text(web!, 4191, '/ready')).to.equal('ready\n');
    const answersOf = async (pod: Pod): Promise<number> => {
      const samples = [...samplesOf(parseExposition(await text(pod, 4191, '/metrics'))).values()];
      const own = samples.filter(
        ({ id }) => id.startsWith('response_total{direction="inbound"') && id.includes(pod.status!.podIP!),
      );
      return own.reduce((sum, { raw }) => sum + Number(raw), 0);
    };
    const atFirst = await answersOf(web!);
    expect(await until(async () => (await answersOf(web!)) > atFirst, { what: 'answers of web grow' })).to.equal(true);
    const silent = await answersOf(quiet!);
    expect(await answersOf(quiet!)).to.equal(silent);
    expect(await text(plain!, 4191, '/ready').catch(() => 'closed')).to.equal('closed');
  });

  it('a pod on the host network is left alone, and its owner is told why', async () => {
    await createAll(client, [
      build.namespace('host', { inject: 'enabled' }),
      build.deployment({ name: 'node-agent', namespace: 'host', replicas: 1, podSpec: { hostNetwork: true } }),
    ]);
    const [pod] = await readyPods('host', 'node-agent', 1);
    expect(pod?.spec.initContainers).to.equal(undefined);
    const [event] = (await events('host', 'InjectionSkipped')) as { on: Record<string, string>; message: string }[];
    expect(event?.message).to.equal('Linkerd sidecar proxy injection skipped: hostNetwork is enabled');
    expect(event?.on).to.include({ kind: 'Deployment', name: 'node-agent' });
  });

  it('a proxy that never gets ready keeps its pod from getting ready', async () => {
    await createAll(client, [build.deployment({ name: 'stuck', namespace: 'injected', replicas: 1, proxy: 'never-ready' })]);
    const pod = await until(async () => (await pods('injected', 'stuck')).find(({ status }) => status?.podIP !== undefined), {
      what: 'the stuck pod has an address',
    });
    expect((await ask(pod, 4191, '/ready')).status).to.equal(503);
    expect(isReady(pod)).to.equal(false);
  });

  it('a dry-run shows the injected pod and leaves no event', async () => {
    await createAll(client, [build.namespace('dry', { inject: 'enabled' })]);
    const pod = await client.create<Pod & KubeObject>(POD, build.barePod({ name: 'probe', namespace: 'dry' }), { dryRun: true });
    expect(pod.spec.initContainers?.map(({ name }) => name)).to.include('linkerd-proxy');
    expect((await client.list(CORE_EVENT, { namespace: 'dry' })).items).to.deep.equal([]);
  });

  it('with the injector down pods start without the sidecar, and with it up again they have it', async () => {
    await createAll(client, [build.namespace('outage', { inject: 'enabled' })]);
    await linkerd2.setInjectorDown(true);
    await createAll(client, [build.deployment({ name: 'late', namespace: 'outage', replicas: 1 })]);
    const [late] = await readyPods('outage', 'late', 1);
    expect(late?.spec.initContainers).to.equal(undefined);
    await linkerd2.setInjectorDown(false);
    await createAll(client, [build.deployment({ name: 'later', namespace: 'outage', replicas: 1 })]);
    const [later] = await readyPods('outage', 'later', 1);
    expect(later?.spec.initContainers?.map(({ name }) => name)).to.include('linkerd-proxy');
    expect(linkerd2.problems()).to.deep.equal([]);
  });

  it('Linkerd 1 has a pod on every node whose admin port answers with what it was told to count', async () => {
    const l5d = await readyPods('l5d-system', 'l5d', 2);
    linkerd1.traffic.add('web.shop', { requests: 7, failures: 2 });
    for (const pod of l5d) {
      expect(await text(pod, 9990, '/admin/ping')).to.equal('pong');
      const metrics = parseMetricsJson(await text(pod, 9990, '/admin/metrics.json'));
      expect(metrics.get('rt/outgoing/service/svc/web.shop/requests')).to.equal('7');
      expect(metrics.get('rt/outgoing/service/svc/web.shop/success')).to.equal('5');
    }
    const [web] = await readyPods('injected', 'web', 2);
    expect(await text(web!, 9990, '/admin/ping').catch(() => 'closed')).to.equal('closed');
  });

  it("the control plane's Deployments are available", async () => {
    const { items } = await client.list<KubeObject & { status: { availableReplicas?: number } }>(DEPLOYMENT, {
      namespace: 'linkerd',
    });
    expect(items.map(({ metadata, status }) => [metadata.name, status.availableReplicas])).to.deep.equal([
      ['linkerd-destination', 1],
      ['linkerd-identity', 1],
      ['linkerd-proxy-injector', 1],
    ]);
  });
});

async function ask(pod: Pod, port: number, path: string): Promise<Response> {
  return fetch(`http://${pod.status?.podIP ?? ''}:${port}${path}`, { headers: { connection: 'close' } });
}

async function text(pod: Pod, port: number, path: string): Promise<string> {
  return (await ask(pod, port, path)).text();
}

function isReady({ status }: Pod): boolean {
  const conditions = (status?.['conditions'] ?? []) as { type: string; status: string }[];
  return conditions.some((condition) => condition.type === 'Ready' && condition.status === 'True');
}
