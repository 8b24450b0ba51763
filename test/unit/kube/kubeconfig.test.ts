import { expect } from 'chai';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { stringify } from 'yaml';
import { loadKubeConfig } from '../../../src/kube/kubeconfig.ts';

const base64 = (text: string): string => Buffer.from(text).toString('base64');

const config = (more: object = {}): object => ({
  apiVersion: 'v1',
  kind: 'Config',
  'current-context': 'here',
  clusters: [
    {
      name: 'c',
      cluster: { server: 'https://10.0.0.1:6443/', 'certificate-authority-data': base64('CA'), 'tls-server-name': 'kubernetes' },
    },
  ],
  users: [{ name: 'u', user: { 'client-certificate-data': base64('CERT'), 'client-key': 'keys/client.key' } }],
  contexts: [
    { name: 'here', context: { cluster: 'c', user: 'u', namespace: 'shop' } },
    { name: 'there', context: { cluster: 'c', user: 'u' } },
  ],
  ...more,
});

describe('kubeconfig', () => {
  let dir: string;
  const file = async (name: string, content: unknown): Promise<string> => {
    const path = join(dir, name);
    await writeFile(path, typeof content === 'string' ? content : stringify(content));
    return path;
  };
  const failure = async (load: Promise<unknown>): Promise<string> =>
    load.then(
      () => 'loaded',
      (error: unknown) => (error as Error).message,
    );
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'kubeconfig-'));
  });
  afterEach(() => rm(dir, { recursive: true }));

  it('reads the current context, with paths relative to the file', async () => {
    const kubeconfig = await file('config', config());
    expect(await loadKubeConfig({ kubeconfig, env: {} })).to.deep.equal({
      server: 'https://10.0.0.1:6443',
      namespace: 'shop',
      tls: {
        ca: { pem: 'CA' },
        clientCertificate: { pem: 'CERT' },
        clientKey: { file: join(dir, 'keys/client.key') },
        serverName: 'kubernetes',
      },
      auth: { type: 'none' },
    });
    expect((await loadKubeConfig({ kubeconfig, context: 'there', env: {} })).namespace).to.equal('default');
  });

  it('merges the files of $KUBECONFIG, the first of a name winning', async () => {
    const first = await file('first', {
      'current-context': 'mine',
      contexts: [{ name: 'mine', context: { cluster: 'c', user: 'me' } }],
    });
    const second = await file('second', config({ users: [{ name: 'me', user: { token: 'secret' } }] }));
    const endpoint = await loadKubeConfig({ env: { KUBECONFIG: `${first}${delimiter}${second}` } });
    expect(endpoint).to.deep.include({ server: 'https://10.0.0.1:6443', auth: { type: 'token', token: 'secret' } });
  });

  it('keeps a token file as a file, so that it can be read again', async () => {
    const kubeconfig = await file('config', config({ users: [{ name: 'u', user: { tokenFile: 'token' } }] }));
    expect((await loadKubeConfig({ kubeconfig, env: {} })).auth).to.deep.equal({ type: 'tokenFile', file: join(dir, 'token') });
  });

  it('uses the service account inside a pod', async () => {
    const serviceAccountDir = join(dir, 'sa');
    await mkdir(serviceAccountDir);
    await file('sa/token', 'pod-token');
    await file('sa/namespace', 'system');
    const env = { KUBERNETES_SERVICE_HOST: 'fd00::1', KUBERNETES_SERVICE_PORT: '443', HOME: dir };
    expect(await loadKubeConfig({ env, serviceAccountDir })).to.deep.equal({
      server: 'https://[fd00::1]:443',
      namespace: 'system',
      tls: { ca: { file: join(serviceAccountDir, 'ca.crt') } },
      auth: { type: 'tokenFile', file: join(serviceAccountDir, 'token') },
    });
  });

  const bad: Readonly<Record<string, { readonly content: unknown; readonly want: RegExp }>> = {
    'no current context': {
      content: config({ 'current-context': '' }),
      want: /current-context is missing; run "kubectl config use-context"/,
    },
    'a context that is not there': {
      content: config({ 'current-context': 'gone' }),
      want: /contexts has no entry named "gone"; known: here, there/,
    },
    'a cluster without a server': {
      content: config({ clusters: [{ name: 'c', cluster: {} }] }),
      want: /clusters\[0\]\.cluster\.server is missing/,
    },
    'an old auth provider': {
      content: config({ users: [{ name: 'u', user: { 'auth-provider': { name: 'gcp' } } }] }),
      want: /auth-provider of user "u" is not supported; use an exec credential plugin/,
    },
    'no YAML': { content: 'a: [', want: /is not understood/ },
    'an empty file': { content: '', want: /current-context is missing/ },
  };
  for (const [name, { content, want }] of Object.entries(bad)) {
    it(`names the file and the fix for ${name}`, async () => {
      const kubeconfig = await file('config', content);
      const message = await failure(loadKubeConfig({ kubeconfig, env: {} }));
      expect(message).to.match(want);
      expect(message).to.contain(kubeconfig);
    });
  }

  it('says so when there is no file and no pod', async () => {
    expect(await failure(loadKubeConfig({ env: {} }))).to.contain('set KUBECONFIG');
    expect(await failure(loadKubeConfig({ env: { HOME: dir } }))).to.contain(join(dir, '.kube', 'config'));
  });
});
