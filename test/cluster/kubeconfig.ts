// Kubeconfig files of test clusters. It makes no certificates and calls nobody.
import { readFile, writeFile } from 'node:fs/promises';

/** How a user shows who they are: by a certificate and key in PEM files, or by a token. */
export type Identity = { readonly certificateFile: string; readonly keyFile: string } | { readonly token: string };

/** A server and the authority that signed its certificate. */
export interface Server {
  readonly server: string;
  readonly caFile: string;
}

/** Writes a kubeconfig that carries all it needs, for one user, and returns its path. */
export async function writeKubeconfig(path: string, server: Server, identity: Identity): Promise<string> {
  const user =
    'token' in identity
      ? { token: identity.token }
      : {
          'client-certificate-data': await base64(identity.certificateFile),
          'client-key-data': await base64(identity.keyFile),
        };
  const name = 'test';
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': name,
    clusters: [{ name, cluster: { server: server.server, 'certificate-authority-data': await base64(server.caFile) } }],
    users: [{ name, user }],
    contexts: [{ name, context: { cluster: name, user: name } }],
  };
  await writeFile(path, JSON.stringify(config, null, 2), { mode: 0o600 });
  return path;
}

async function base64(file: string): Promise<string> {
  return (await readFile(file)).toString('base64');
}
