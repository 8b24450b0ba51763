// What tests may rely on in a cluster: real controllers, pods with addresses that answer, an audit log, and its switches.
// Runs inside: node test/cluster/inside.ts -- mocha test/cluster/cluster.test.ts
import { expect } from 'chai';
import { existsSync, readFileSync } from 'node:fs';
import { createServer, get, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { join } from 'node:path';
import { issueCertificates } from './certificates.ts';
import { startCluster, type Cluster } from './cluster.ts';
import { deployment, joinPolicy, pod, service, webhook } from './fixtures/manifests.ts';
import { kubectl } from './kubectl.ts';
import { until } from './readiness.ts';

let cluster: Cluster;
let other: Cluster;

async function listening(server: Server, port: number): Promise<void> {
  await new Promise<void>((resolve) => server.listen(port, '0.0.0.0', resolve));
}

async function body(url: string): Promise<string> {
  return await new Promise((resolve, reject) => {
    get(url, (response) => {
      let text = '';
      response.on('data', (chunk: Buffer) => (text += chunk.toString()));
      response.on('end', () => resolve(text));
    }).on('error', reject);
  });
}

const podIps = async (of: Cluster): Promise<string[]> =>
  (await kubectl(of, ['get', 'pods', '-l', 'app=web', '-o', 'jsonpath={.items[*].status.podIP}'])).split(' ').sort();

describe('A test cluster', function () {
  this.timeout(120_000);

  before(async () => {
    cluster = await startCluster();
    other = await startCluster({ nodes: 1 });
    for (const each of [cluster, other]) {
      await kubectl(each, ['apply', '-f', '-'], deployment('web', 3));
      await kubectl(each, ['apply', '-f', '-'], service('web'));
    }
  });

  after(async () => {
    await cluster.stop();
    await other.stop();
  });

  it('is ready within ten seconds', () => {
    expect(cluster.readyAfter).to.be.lessThan(10_000);
  });

  it('rolls a Deployment out on fake nodes and fills its EndpointSlices, also beside another cluster', async () => {
    for (const each of [cluster, other]) {
      await kubectl(each, ['rollout', 'status', 'deployment/web', '--timeout=30s']);
      // A pod may be Ready a moment before its address is told.
      await until('an address for each pod', 10_000, async () => new Set(await podIps(each)).size === 3);
      const ips = await podIps(each);
      const slices = [
        'get',
        'endpointslices',
        '-l',
        'kubernetes.io/service-name=web',
        '-o',
        'jsonpath={.items[*].endpoints[*].addresses[0]}',
      ];
      await until('endpoints', 10_000, async () => (await kubectl(each, slices)).split(' ').sort().join() === ips.join());
    }
  });

  it('gives each pod an address that a server of this process answers', async () => {
    const server = createServer((request, response) => response.end(request.socket.localAddress));
    await listening(server, 4191);
    try {
      for (const ip of [...(await podIps(cluster)), ...(await podIps(other))])
        expect(await body(`http://${ip}:4191/`)).to.equal(ip);
    } finally {
      server.close();
    }
  });

  it('logs a write with its body and a read without', async () => {
    const events = (): Record<string, unknown>[] =>
      readFileSync(cluster.auditLogFile, 'utf8')
        .split('\n')
        .filter((line) => line.endsWith('}'))
        .map((line) => JSON.parse(line) as Record<string, unknown>);
    const created = (event: Record<string, unknown>): boolean =>
      event['verb'] === 'create' && String(event['requestURI']).startsWith('/apis/apps/v1/namespaces/default/deployments');
    await until('the write is in the log', 5000, () => Promise.resolve(events().some(created)));
    expect(events().find(created)).to.nested.include({
      level: 'Request',
      stage: 'ResponseComplete',
      'requestObject.metadata.name': 'web',
    });
    expect(events().find((event) => event['verb'] === 'list')).to.not.have.property('responseObject');
  });

  it('knows users by certificate and service accounts by token', async () => {
    const jane = await cluster.kubeconfigFor('jane', ['readers']);
    const whoami = ['auth', 'whoami', '-o', 'jsonpath={.status.userInfo.username} {.status.userInfo.groups[0]}'];
    expect(await kubectl({ ...cluster, kubeconfig: jane }, whoami)).to.equal('jane readers');
    const account = await cluster.serviceAccountKubeconfig('default', 'default');
    expect(await kubectl({ ...cluster, kubeconfig: account }, whoami)).to.contain('system:serviceaccount:default:default');
  });

  for (const [as, phase, status] of [
    ['NotReady', 'Running', '{"running":'],
    ['ImagePullBackOff', 'Pending', '{"waiting":{"message":"Back-off pulling image \\"proxy\\"","reason":"ImagePullBackOff"}}'],
    ['CrashLoopBackOff', 'Running', '"reason":"CrashLoopBackOff"'],
  ] as const) {
    it(`shows a pod whose proxy is broken as ${as}, until it is mended`, async () => {
      const name = `broken-${as.toLowerCase()}`;
      await kubectl(cluster, ['apply', '-f', '-'], pod(name, { broken: 'linkerd-proxy', as }));
      const read = async (path: string): Promise<string> =>
        await kubectl(cluster, ['get', 'pod', name, '-o', `jsonpath=${path}`]);
      await until('the pod has a status', 10_000, async () => (await read('{.status.containerStatuses[1].name}')) !== '');
      expect(await read('{.status.phase}')).to.equal(phase);
      expect(await read('{.status.containerStatuses[1].state}')).to.contain(status);
      expect(await read('{.status.conditions[?(@.type=="Ready")].status}')).to.equal('False');
      await kubectl(cluster, ['annotate', 'pod', name, 'fake-node.test/broken-container-']);
      await kubectl(cluster, ['wait', '--for=condition=Ready', `pod/${name}`, '--timeout=10s']);
    });
  }

  it('calls a webhook named by a Service at the address of a ready pod, and not without one', async () => {
    const dir = join(cluster.dir, 'pki');
    await issueCertificates({
      dir,
      authorities: [{ name: 'webhook-ca', commonName: 'webhook-ca' }],
      leaves: [{ name: 'webhook', authority: 'webhook-ca', commonName: 'webhook', hosts: ['hook.default.svc'], server: true }],
    });
    const [ca, cert, key] = ['webhook-ca.crt', 'webhook.crt', 'webhook.key'].map((file) => readFileSync(join(dir, file)));
    const refusing = createTlsServer({ cert, key }, (request, response) => {
      let text = '';
      request.on('data', (chunk: Buffer) => (text += chunk.toString()));
      request.on('end', () => {
        const { request: asked } = JSON.parse(text) as { request: { uid: string } };
        const answer = { uid: asked.uid, allowed: false, status: { message: 'refused by the webhook' } };
        response.setHeader('content-type', 'application/json');
        response.end(JSON.stringify({ apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', response: answer }));
      });
    });
    await listening(refusing, 8443);
    try {
      await kubectl(cluster, ['apply', '-f', '-'], deployment('hook', 1));
      await kubectl(cluster, ['apply', '-f', '-'], service('hook'));
      await kubectl(cluster, ['rollout', 'status', 'deployment/hook', '--timeout=30s']);
      await kubectl(cluster, ['apply', '-f', '-'], webhook('hook', (ca ?? Buffer.of()).toString('base64')));
      const complaint = async (): Promise<string> =>
        await kubectl(cluster, ['create', 'configmap', 'watched', '--dry-run=server']).catch((error: unknown) => String(error));
      await until('the webhook refuses', 10_000, async () => (await complaint()).includes('refused by the webhook'));
      await kubectl(cluster, ['scale', 'deployment/hook', '--replicas=0']);
      await until('no pod is left to call', 10_000, async () => (await complaint()).includes('no endpoints available'));
    } finally {
      refusing.close();
      await kubectl(cluster, ['delete', 'validatingwebhookconfiguration', 'hook']);
    }
  });

  it('serves MutatingAdmissionPolicy v1 and acts by it, and only serves it when it stands for an older server', async () => {
    for (const manifest of joinPolicy('marked')) await kubectl(other, ['apply', '-f', '-'], manifest);
    const label = async (): Promise<string> =>
      await kubectl(
        other,
        ['create', '--dry-run=server', '-o', 'jsonpath={.metadata.labels.marked}', '-f', '-'],
        pod('asked', {}),
      );
    await until('the policy acts', 20_000, async () => (await label()) === 'yes');
    await other.restartApiServer({ featureGates: { MutatingAdmissionPolicy: false } });
    expect(await kubectl(other, ['get', 'mutatingadmissionpolicies.v1.admissionregistration.k8s.io', '-o', 'name'])).to.contain(
      'marked',
    );
    expect(await label()).to.equal('');
  });

  it('hangs while its store is frozen and goes on afterwards', async () => {
    other.pauseEtcd();
    let answered = '';
    try {
      answered = await kubectl(other, ['create', 'namespace', 'late', '--request-timeout=1s']).catch(() => 'hung');
    } finally {
      other.resumeEtcd();
    }
    expect(answered).to.equal('hung');
    const later = async (): Promise<boolean> => await kubectl(other, ['get', 'namespace', 'default']).then(Boolean, () => false);
    await until('the store answers', 20_000, later);
  });

  it('is gone with its folder after stop', async () => {
    await other.stop();
    expect(existsSync(other.dir)).to.equal(false);
    const error = await kubectl(other, ['get', 'nodes']).catch((reason: unknown) => String(reason));
    expect(error).to.not.contain('node-1');
  });
});
