import { expect } from 'chai';
import { createHealthServer, freshnessCheck, syncCheck } from '../../../src/runtime/health-server.ts';
import type { HealthServer, HealthServerOptions } from '../../../src/runtime/health-server.ts';

describe('health server', () => {
  let server: HealthServer | undefined;
  const serve = async (options: Partial<HealthServerOptions>): Promise<(path: string) => Promise<[number, string]>> => {
    const made = createHealthServer({
      host: '127.0.0.1',
      port: 0,
      alive: [],
      ready: [],
      metrics: { contentType: 'text/plain; version=0.0.4', text: () => Promise.resolve('up 1\n') },
      ...options,
    });
    await made.start(new AbortController().signal);
    server = made;
    return async (path) => {
      const response = await fetch(`http://127.0.0.1:${String(made.port())}${path}`);
      return [response.status, await response.text()];
    };
  };
  afterEach(() => server?.stop());

  it('answers for life, readiness and metrics apart', async () => {
    let synced = false;
    let age = 0;
    const reflector = { hasSynced: () => synced, lastError: () => new Error('forbidden'), lastFrameAgeMs: () => age };
    const get = await serve({ alive: [freshnessCheck('pods', reflector)], ready: [syncCheck('pods', reflector)] });
    expect(await get('/healthz')).to.deep.equal([200, '[+] pods ok\n']);
    expect(await get('/readyz')).to.deep.equal([500, '[-] pods failed: not synced: forbidden\n']);
    synced = true;
    age = 15 * 60_000;
    expect(await get('/readyz')).to.deep.equal([200, '[+] pods ok\n']);
    expect(await get('/healthz')).to.deep.equal([500, '[-] pods failed: nothing heard for 900 s\n']);
    expect(await get('/metrics')).to.deep.equal([200, 'up 1\n']);
    expect((await get('/'))[0]).to.equal(404);
  });

  it('takes a check that throws for a failure, and survives metrics that fail', async () => {
    const check = (): string => {
      throw new Error('broken check');
    };
    const metrics = { contentType: 'text/plain', text: () => Promise.reject(new Error('broken')) };
    const get = await serve({ alive: [{ name: 'odd', check }], metrics });
    expect(await get('/healthz')).to.deep.equal([500, '[-] odd failed: Error: broken check\n']);
    expect((await get('/metrics'))[0]).to.equal(500);
  });

  it('says where it cannot listen', async () => {
    await serve({});
    const port = server!.port();
    const second = createHealthServer({
      host: '127.0.0.1',
      port,
      alive: [],
      ready: [],
      metrics: { contentType: '', text: () => Promise.resolve('') },
    });
    const error: unknown = await Promise.resolve(second.start(new AbortController().signal)).catch((reason: unknown) => reason);
    expect(String(error)).to.contain(`cannot listen on 127.0.0.1:${String(port)}`);
  });
});
