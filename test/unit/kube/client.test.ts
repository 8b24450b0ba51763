import { expect } from 'chai';
import type { KubeClient, RequestRecord } from '../../../src/kube/client.ts';
import { createKubeClient } from '../../../src/kube/create-client.ts';
import type { KubeClientOptions } from '../../../src/kube/create-client.ts';
import { KubeError } from '../../../src/kube/kube-error.ts';
import { CONFIG_MAP, DEPLOYMENT, NAMESPACE, POD } from '../../../src/kube/resource-kind.ts';
import { json, startTestServer, status } from './api-server.ts';
import type { Behaviour, TestServer } from './api-server.ts';

const meta = (name: string): object => ({ metadata: { name, namespace: 'shop', uid: `uid-${name}`, resourceVersion: '1' } });
const object: Behaviour = (_request, response) => json(response, meta('cart'));

describe('client of a real HTTP server', () => {
  let server: TestServer;
  let client: KubeClient;
  const records: RequestRecord[] = [];

  const connect = async (behave: Behaviour, options: Partial<KubeClientOptions> = {}, tls = false): Promise<void> => {
    server = await startTestServer(behave, tls);
    client = createKubeClient(server.endpoint, {
      userAgent: 'test/1',
      random: () => 0,
      onRequest: (record) => records.push(record),
      ...options,
    });
  };
  const failure = async (call: Promise<unknown>): Promise<KubeError> => {
    const error: unknown = await call.then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).to.be.instanceOf(KubeError);
    return error as KubeError;
  };
  beforeEach(() => void records.splice(0));
  afterEach(async () => {
    await server.close();
    await client.close();
  });

  it('sends each call in the shape the API server expects', async () => {
    await connect(object);
    const ref = { name: 'cart', namespace: 'shop' };
    await client.get(DEPLOYMENT, ref);
    await client.applyServerSide(DEPLOYMENT, ref, { metadata: { uid: 'u' } }, { fieldManager: 'mm', force: true, dryRun: true });
    await client.jsonPatch(NAMESPACE, { name: 'shop' }, [{ op: 'remove', path: '/metadata/labels/a~1b' }], {
      fieldManager: 'mm',
    });
    await client.mergePatch(DEPLOYMENT, ref, { status: {} }, { subresource: 'status' });
    await client.create(CONFIG_MAP, { metadata: { name: 'a', namespace: 'shop' } }, { fieldValidation: 'Strict' });
    await client.delete(POD, ref, { uid: 'u', propagationPolicy: 'Foreground' });
    await client.evict(ref, { uid: 'u' });
    const seen = server.arrived.map(({ method, path, query }) => `${method} ${path}?${query.toString()}`);
    expect(seen).to.deep.equal([
      'GET /apis/apps/v1/namespaces/shop/deployments/cart?',
      'PATCH /apis/apps/v1/namespaces/shop/deployments/cart?dryRun=All&fieldManager=mm&force=true',
      'PATCH /api/v1/namespaces/shop?fieldManager=mm',
      'PATCH /apis/apps/v1/namespaces/shop/deployments/cart/status?',
      'POST /api/v1/namespaces/shop/configmaps?fieldValidation=Strict',
      'DELETE /api/v1/namespaces/shop/pods/cart?',
      'POST /api/v1/namespaces/shop/pods/cart/eviction?',
    ]);
    expect(server.arrived.map(({ headers }) => headers['content-type'])).to.deep.equal([
      undefined,
      'application/apply-patch+yaml',
      'application/json-patch+json',
      'application/merge-patch+json',
      'application/json',
      'application/json',
      'application/json',
    ]);
    expect(JSON.parse(server.arrived[1]!.body)).to.deep.equal({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { uid: 'u', name: 'cart', namespace: 'shop' },
    });
    expect(JSON.parse(server.arrived[6]!.body)).to.nested.include({ kind: 'Eviction', 'deleteOptions.preconditions.uid': 'u' });
    expect(server.arrived[0]!.headers).to.include({ authorization: 'Bearer secret-token', 'user-agent': 'test/1' });
  });

  it('lets no name leave its place in the URL', async () => {
    await connect(object);
    for (const name of ['', '.', '..', '../secrets', 'a/b', 'a%2fb', 'a b']) {
      const error = await failure(Promise.resolve().then(() => client.get(POD, { name, namespace: 'shop' })));
      expect(error).to.include({ kind: 'invalid', reason: 'InvalidRequest' });
    }
    const error = await failure(Promise.resolve().then(() => client.get(POD, { name: 'cart' })));
    expect(error.message).to.contain('Pod is namespaced');
    await client.get(POD, { name: 'ünï?#&', namespace: 'constructor' });
    expect(server.arrived.map(({ path }) => path)).to.deep.equal(['/api/v1/namespaces/constructor/pods/%C3%BCn%C3%AF%3F%23%26']);
  });

  it('makes hundreds of calls over a few TLS connections', async () => {
    await connect(object, { inFlight: 4 }, true);
    await Promise.all(Array.from({ length: 300 }, () => client.get(POD, { name: 'cart', namespace: 'shop' })));
    expect(server.arrived).to.have.length(300);
    expect(server.connections()).to.be.at.most(6);
  });

  it('has no more calls in flight than allowed, and lets an urgent one pass', async () => {
    const waiting: (() => void)[] = [];
    let most = 0;
    await connect(
      async ({ path }, response) => {
        if (!path.endsWith('/lease')) {
          await new Promise<void>((resolve) => waiting.push(resolve));
          most = Math.max(most, waiting.length);
        }
        json(response, meta('a'));
      },
      { inFlight: 3 },
    );
    const calls = Array.from({ length: 8 }, () => client.get(POD, { name: 'slow', namespace: 'shop' }));
    await client.get(POD, { name: 'lease', namespace: 'shop' }, { urgent: true });
    expect(server.arrived.filter(({ path }) => path.endsWith('/slow')).length).to.be.at.most(3);
    let done = false;
    const all = Promise.all(calls).then(() => (done = true));
    while (!done) {
      expect(waiting.length).to.be.at.most(3);
      for (const resume of waiting.splice(0)) resume();
      await new Promise((resolve) => setImmediate(resolve));
    }
    await all;
    expect(most).to.be.at.most(3);
  });

  it('lists page by page and begins again when the snapshot is gone', async () => {
    let expired = false;
    await connect(({ query }, response) => {
      const page = query.get('continue');
      if (page === 'two' && !expired) {
        expired = true;
        json(response, status(410, 'Expired', 'the provided continue parameter is too old'), 410);
        return;
      }
      const items = page === null ? [meta('a'), meta('b')] : [meta('c')];
      json(response, { items, metadata: { resourceVersion: '7', continue: page === null ? 'two' : '' } });
    });
    const list = await client.list(POD, { namespace: 'shop', labelSelector: 'app=cart' });
    expect(list.items.map(({ metadata, kind }) => `${kind} ${metadata.name}`)).to.deep.equal(['Pod a', 'Pod b', 'Pod c']);
    expect(list.resourceVersion).to.equal('7');
    expect(server.arrived.map(({ query }) => query.get('continue'))).to.deep.equal([null, 'two', null, 'two']);
    expect(server.arrived[0]!.query.toString()).to.equal('labelSelector=app%3Dcart&limit=500');
  });

  it('keeps of a list what is made of each object, begins a broken one again, and repeats none for what making throws', async () => {
    let breaks = 1;
    await connect((_request, response) => {
      const text = JSON.stringify({ items: [meta('a'), meta('b')], metadata: { resourceVersion: '7' } });
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': text.length });
      if (breaks-- > 0) response.write(text.slice(0, -40), () => response.socket?.destroy());
      else response.end(text);
    });
    const names = await client.listOf(POD, ({ kind, metadata }) => `${String(kind)} ${metadata.name}`, { namespace: 'shop' });
    expect(names).to.deep.equal(['Pod a', 'Pod b']);
    expect(server.arrived).to.have.length(2);
    const thrown = new TypeError('a label is missing');
    const making = (): never => {
      throw thrown;
    };
    expect(await client.listOf(POD, making).catch((error: unknown) => error)).to.equal(thrown);
    expect(server.arrived).to.have.length(3);
  });

  it('repeats a read that fails for a while, and never a write', async () => {
    let fail = 2;
    await connect((request, response) => {
      fail -= 1;
      if (fail < 0) json(response, meta('cart'));
      else if (request.method === 'GET') response.socket?.destroy();
      else json(response, status(500, 'InternalError', 'storage'), 500);
    });
    const read = await client.get(POD, { name: 'cart', namespace: 'shop' });
    expect(read.metadata.name).to.equal('cart');
    expect(server.arrived).to.have.length(3);
    fail = 1;
    const error = await failure(client.create(POD, { metadata: { name: 'cart', namespace: 'shop' } }));
    expect(error).to.include({ kind: 'server', ambiguous: true });
    expect(server.arrived).to.have.length(4);
    expect(records.map((record) => record.status)).to.deep.equal([0, 0, 200, 500]);
  });

  it('hands a 429 that asks for a long wait to the caller at once', async () => {
    await connect((_request, response) => json(response, status(429, 'TooManyRequests', 'later'), 429, { 'retry-after': '30' }));
    const error = await failure(client.get(POD, { name: 'cart', namespace: 'shop' }));
    expect(error).to.include({ kind: 'tooManyRequests', retryAfterSeconds: 30 });
    expect(server.arrived).to.have.length(1);
  });

  it('calls a write ambiguous when its answer does not come, breaks off or lies about its length', async () => {
    const behaviours: Record<string, Behaviour> = {
      timeout: () => undefined,
      unreachable: (_request, response) => {
        response.writeHead(200, { 'content-length': '1000' });
        response.write('{"metadata":');
        setImmediate(() => response.socket?.destroy());
      },
    };
    await connect(object);
    for (const [wantKind, behave] of Object.entries(behaviours)) {
      server.behave = behave;
      const error = await failure(client.mergePatch(POD, { name: 'cart', namespace: 'shop' }, {}, { timeoutMs: 150 }));
      expect(error).to.include({ kind: wantKind, ambiguous: true });
    }
    server.behave = (_request, response) => void response.end('{"metadata":');
    expect(await failure(client.mergePatch(POD, { name: 'cart', namespace: 'shop' }, {}))).to.include({
      kind: 'protocol',
      ambiguous: true,
    });
    server.behave = () => undefined;
    const dry = client.mergePatch(POD, { name: 'cart', namespace: 'shop' }, {}, { timeoutMs: 150, dryRun: true });
    expect(await failure(dry)).to.include({ kind: 'timeout', ambiguous: false });
  });

  it('knows that nothing was sent when nobody listens or the certificate is wrong', async () => {
    await connect(object, {}, true);
    const untrusting = createKubeClient({ ...server.endpoint, tls: {} }, { userAgent: 'test/1' });
    const error = await failure(untrusting.mergePatch(POD, { name: 'cart', namespace: 'shop' }, {}));
    expect(error).to.include({ kind: 'unreachable', ambiguous: false });
    await untrusting.close();
    await server.close();
    expect(await failure(client.mergePatch(POD, { name: 'cart', namespace: 'shop' }, {}))).to.include({
      kind: 'unreachable',
      ambiguous: false,
    });
  });

  it('ends a call when its caller aborts', async () => {
    const abort = new AbortController();
    await connect(() => abort.abort());
    const error = await failure(client.get(POD, { name: 'cart', namespace: 'shop' }, { signal: abort.signal }));
    expect(error.kind).to.equal('aborted');
  });
});
