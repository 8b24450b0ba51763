import { expect } from 'chai';
import { createCredentials } from '../../../src/kube/credentials.ts';
import type { Credentials } from '../../../src/kube/credentials.ts';
import { createKubeClient } from '../../../src/kube/create-client.ts';
import type { KubeEndpoint } from '../../../src/kube/endpoint.ts';
import { POD } from '../../../src/kube/resource-kind.ts';
import { json, startTestServer, status } from './api-server.ts';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const endpoint: KubeEndpoint = {
  server: 'https://server',
  namespace: 'default',
  tls: { ca: { file: 'ca' } },
  auth: { type: 'tokenFile', file: 'token' },
};

describe('credentials', () => {
  let now = 0;
  let files: Map<string, string>;
  let reads: string[];
  let credentials: Credentials;
  beforeEach(() => {
    now = 0;
    reads = [];
    files = new Map([
      ['ca', 'CA 1'],
      ['token', 'token 1\n'],
    ]);
    credentials = createCredentials(endpoint, {
      monotonicMs: () => now,
      readText: (file) => {
        reads.push(file);
        const text = files.get(file);
        return text === undefined ? Promise.reject(new Error(`no ${file}`)) : Promise.resolve(text);
      },
    });
  });

  it('reads files again after a minute, once for all callers', async () => {
    await Promise.all([credentials.current(), credentials.current()]);
    now = 59_999;
    files.set('token', 'token 2');
    expect((await credentials.current()).authorization).to.equal('Bearer token 1');
    expect(reads).to.have.length(2);
    now = 60_000;
    expect((await credentials.current()).authorization).to.equal('Bearer token 2');
  });

  it('asks for new connections exactly when the TLS material changed', async () => {
    const first = await credentials.current();
    now = 60_000;
    files.set('token', 'token 2');
    const second = await credentials.current();
    expect(second.tlsKey).to.equal(first.tlsKey);
    now = 120_000;
    files.set('ca', 'CA 2');
    expect((await credentials.current()).tlsKey).not.to.equal(first.tlsKey);
  });

  it('goes on with what it has while a file is missing, and fails when there never was one', async () => {
    await credentials.current();
    files.delete('token');
    now = 60_000;
    expect((await credentials.current()).authorization).to.equal('Bearer token 1');
    const never = createCredentials(endpoint, { monotonicMs: () => now, readText: () => Promise.reject(new Error('no file')) });
    const error: unknown = await never.current().catch((reason: unknown) => reason);
    expect(String(error)).to.contain('no file');
  });

  it('runs an exec plugin and uses its token', async () => {
    const plugin = { status: { token: 'from-plugin' } };
    const user = {
      name: 'u',
      exec: { command: process.execPath, args: ['-e', `console.log(${JSON.stringify(JSON.stringify(plugin))})`] },
    };
    const made = createCredentials({ ...endpoint, tls: {}, auth: { type: 'exec', user } }, { monotonicMs: () => now });
    expect((await made.current()).authorization).to.equal('Bearer from-plugin');
  });

  it('tries once more with a rotated token after a 401, also for a write', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'token-'));
    const file = join(dir, 'token');
    await writeFile(file, 'old');
    let valid = 'Bearer old';
    const server = await startTestServer(({ headers }, response) => {
      if (headers.authorization === valid) json(response, { metadata: { name: 'a', uid: 'u' } });
      else json(response, status(401, 'Unauthorized', 'Unauthorized'), 401);
    });
    const client = createKubeClient({ ...server.endpoint, auth: { type: 'tokenFile', file } }, { userAgent: 'test/1' });
    const ref = { name: 'a', namespace: 'shop' };
    await client.get(POD, ref);
    await writeFile(file, 'new');
    valid = 'Bearer new';
    expect((await client.mergePatch(POD, ref, {})).metadata.name).to.equal('a');
    valid = 'Bearer somebody else';
    const error: unknown = await client.mergePatch(POD, ref, {}).catch((reason: unknown) => reason);
    expect(error).to.include({ kind: 'unauthorized' });
    expect(server.arrived).to.have.length(4);
    await server.close();
    await client.close();
    await rm(dir, { recursive: true });
  });
});
