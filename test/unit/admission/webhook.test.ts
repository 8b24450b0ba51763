// The webhook over real TLS, without a cluster: reviews in, answers out, bad input refused with its reason.

import { expect } from 'chai';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createCertificateWatch } from '../../../src/admission/webhook/certificate.ts';
import type { KeyPair } from '../../../src/admission/webhook/certificate.ts';
import { mutate } from '../../../src/admission/webhook/mutate.ts';
import { createWebhookServer } from '../../../src/admission/webhook/server.ts';
import type { WebhookServer } from '../../../src/admission/webhook/server.ts';
import type { KubeReader } from '../../../src/kube/client.ts';
import { KubeError } from '../../../src/kube/kube-error.ts';
import { allAdapters } from '../../../src/mesh/registry.ts';
import { systemClock } from '../../../src/runtime/clock.ts';
import { silentLog } from '../../../src/telemetry/logger.ts';
import { issueCertificate } from '../../support/certificate.ts';
import type { ServingCertificate } from '../../support/certificate.ts';
import { until } from '../../support/until.ts';

const issue = (): ServingCertificate => issueCertificate({ dnsNames: ['localhost'], addresses: ['127.0.0.1'], now: new Date() });
const pairOf = ({ certPem, keyPem }: ServingCertificate): KeyPair => ({ cert: certPem, key: keyPem });

const keyed = {
  metadata: { annotations: { 'meshmigration.io/to': 'linkerd2', 'meshmigration.io/from': 'linkerd1' } },
  spec: { containers: [] },
};
const review = (object: unknown, change: object = {}): object => ({
  apiVersion: 'admission.k8s.io/v1',
  kind: 'AdmissionReview',
  request: {
    uid: 'u-1',
    namespace: 'shop',
    operation: 'CREATE',
    resource: { group: '', version: 'v1', resource: 'pods' },
    object,
    ...change,
  },
});

/** Answers the namespace `shop` as committed to no mesh, and anything else as the API server's failure. */
const reader = (asked: string[]): Pick<KubeReader, 'get'> => ({
  get: ((_kind: unknown, { name }: { name: string }) => {
    asked.push(name);
    return name === 'shop'
      ? Promise.resolve({
          metadata: { name, labels: { 'meshmigration.io/to': 'linkerd2', 'meshmigration.io/from': 'linkerd1' } },
        })
      : Promise.reject(new KubeError({ kind: 'unreachable', message: 'no API server' }));
  }) as unknown as KubeReader['get'],
});

interface Answer {
  status: number;
  body: string;
}

describe('the webhook', () => {
  let server: WebhookServer;
  let ca: string;
  let asked: string[];

  beforeEach(async () => {
    const certificate = issue();
    ca = certificate.caPem;
    asked = [];
    const options = { reader: reader(asked), adapters: allAdapters };
    server = createWebhookServer({ host: '127.0.0.1', port: 0, answer: (body) => mutate(body, options), log: silentLog });
    server.serveWith(pairOf(certificate));
    await server.start(new AbortController().signal);
  });
  afterEach(() => server.stop());

  function post(body: string, how: { path?: string; method?: string; type?: string; trust?: string } = {}): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const call = request(
        {
          host: '127.0.0.1',
          port: server.port(),
          path: how.path ?? '/pods?timeout=5s',
          method: how.method ?? 'POST',
          ca: how.trust ?? ca,
          agent: false,
          headers: { 'content-type': how.type ?? 'application/json' },
        },
        (response) => {
          let text = '';
          response.on('data', (chunk) => (text += String(chunk)));
          response.on('end', () => resolve({ status: response.statusCode ?? 0, body: text }));
        },
      );
      call.on('error', reject);
      call.end(body);
    });
  }

  it('answers a keyed pod with a patch and does not ask for its namespace', async () => {
    const { status, body } = await post(JSON.stringify(review(keyed)));
    expect(status).to.equal(200);
    const { response } = JSON.parse(body) as { response: { uid: string; allowed: boolean; patchType: string; patch: string } };
    expect(response).to.include({ uid: 'u-1', allowed: true, patchType: 'JSONPatch' });
    expect(JSON.parse(Buffer.from(response.patch, 'base64').toString())).to.deep.equal([
      { op: 'add', path: '/metadata/annotations/linkerd.io~1inject', value: 'enabled' },
    ]);
    expect(asked).to.deep.equal([]);
  });

  it('answers a pod without keys by its namespace', async () => {
    const { body } = await post(JSON.stringify(review({ metadata: {}, spec: { containers: [] } })));
    const { response } = JSON.parse(body) as { response: { patch: string } };
    expect(Buffer.from(response.patch, 'base64').toString()).to.contain('linkerd.io~1inject');
    expect(asked).to.deep.equal(['shop']);
  });

  it('allows a pod that needs no change without a patch', async () => {
    const pod = { metadata: { annotations: { 'meshmigration.io/to': 'none', 'meshmigration.io/from': 'none' } }, spec: {} };
    const { body } = await post(JSON.stringify(review(pod)));
    expect(JSON.parse(body)).to.have.property('response').that.deep.equals({ uid: 'u-1', allowed: true });
  });

  it('gives no answer when the namespace can not be read, so that the failure policy decides', async () => {
    const { status, body } = await post(JSON.stringify(review({ metadata: {} }, { namespace: 'elsewhere' })));
    expect({ status, body }).to.deep.equal({ status: 500, body: 'no API server' });
  });

  const bad: readonly (readonly [
    what: string,
    body: string,
    how: Parameters<typeof post>[1],
    status: number,
    message: string,
  ])[] = [
    ['a body that is no JSON', '{', {}, 400, 'the body is no JSON'],
    [
      'another kind',
      JSON.stringify({ apiVersion: 'v1', kind: 'Pod' }),
      {},
      400,
      'apiVersion is "v1"; this webhook takes "admission.k8s.io/v1"',
    ],
    ['another operation', JSON.stringify(review(keyed, { operation: 'UPDATE' })), {}, 400, 'request.operation is "UPDATE"'],
    [
      'another resource',
      JSON.stringify(review(keyed, { resource: { group: '', resource: 'services' } })),
      {},
      400,
      'request.resource.resource is "services"',
    ],
    ['a review without a pod', JSON.stringify(review(undefined)), {}, 400, 'request.object is missing'],
    ['a review without a uid', JSON.stringify(review(keyed, { uid: '' })), {}, 400, 'request.uid is missing'],
    ['another path', '{}', { path: '/' }, 404, '/ is not served; use /pods'],
    ['another method', '', { method: 'GET' }, 405, 'GET is not taken'],
    ['another type', '{}', { type: 'text/plain' }, 415, 'content-type is "text/plain"'],
    ['a body beyond the limit', `"${'x'.repeat(4 * 1024 * 1024)}"`, {}, 413, 'the body is larger than 4194304 bytes'],
  ];
  for (const [what, body, how, status, message] of bad) {
    it(`refuses ${what} and says why`, async () => {
      const answer = await post(body, how);
      expect(answer.status).to.equal(status);
      expect(answer.body).to.contain(message);
    });
  }

  it('serves a renewed certificate to new connections without a restart', async () => {
    const renewed = issue();
    server.serveWith(pairOf(renewed));
    expect((await post(JSON.stringify(review(keyed)), { trust: renewed.caPem })).status).to.equal(200);
    const refused = await post('{}').catch((error: unknown) => (error as NodeJS.ErrnoException).code);
    expect(refused).to.match(/SIGNATURE|CERT|VERIFY/);
  });
});

describe('the certificate of the webhook', () => {
  let directory: string;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'meshmigration-certificate-'));
  });
  afterEach(() => rm(directory, { recursive: true }));

  const write = async ({ cert, key }: KeyPair): Promise<void> => {
    await writeFile(join(directory, 'tls.crt'), cert);
    await writeFile(join(directory, 'tls.key'), key);
  };

  it('is read again when the files change, and a pair that does not fit never replaces a good one', async () => {
    const [first, second] = [pairOf(issue()), pairOf(issue())];
    const seen: KeyPair[] = [];
    const problems: string[] = [];
    const log = { ...silentLog, error: (message: string) => void problems.push(message) };
    await write(first);
    const watch = createCertificateWatch({ directory, clock: systemClock, log, onPair: (pair) => seen.push(pair), everyMs: 5 });
    await watch.start(new AbortController().signal);
    await write({ cert: second.cert, key: first.key });
    await until(() => Promise.resolve(problems.length > 0), { what: 'the bad pair is noticed', everyMs: 5 });
    await write(second);
    await until(() => Promise.resolve(seen.length === 2), { what: 'the good pair is served', everyMs: 5 });
    await watch.stop?.();
    expect(seen).to.deep.equal([first, second]);
    expect(problems[0]).to.equal('the new certificate is not usable, the old one stays');
  });

  it('must be there at the start', async () => {
    const watch = createCertificateWatch({ directory, clock: systemClock, log: silentLog, onPair: () => undefined });
    const failure = await Promise.resolve(watch.start(new AbortController().signal)).catch((error: unknown) => String(error));
    expect(failure).to.match(/tls\.(crt|key)/);
  });
});
