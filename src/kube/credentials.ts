// Kube room: turns an endpoint's sources into what a connection needs, and notices when files or plugins hand out something new.
import { readFile } from 'node:fs/promises';
import { ExecAuth } from '@kubernetes/client-node/dist/exec_auth.js';
import type { AuthSource, KubeEndpoint, PemSource } from './endpoint.ts';

/** Material of one moment. `tlsKey` changes exactly when new connections must be made with new material. */
export interface Material {
  readonly tls: {
    readonly ca?: string;
    readonly cert?: string;
    readonly key?: string;
    readonly servername?: string;
    readonly rejectUnauthorized: boolean;
  };
  readonly tlsKey: string;
  /** Value of the Authorization header. */
  readonly authorization?: string;
}

/** Source of material. */
export interface Credentials {
  /** Re-read when older than a minute, the age client-go allows. Fails only when nothing could ever be read. */
  current(): Promise<Material>;
  /** After a 401: the next `current` reads again. */
  invalidate(): void;
}

/** How credentials read and measure. */
export interface CredentialOptions {
  /** Milliseconds of a clock that never goes back. */
  readonly monotonicMs: () => number;
  readonly readText?: (file: string) => Promise<string>;
}

const MAXIMUM_AGE_MS = 60_000;

/** Credentials of an endpoint; many callers at once cause one read. */
export function createCredentials(endpoint: KubeEndpoint, options: CredentialOptions): Credentials {
  const exec = new ExecAuth();
  const read = options.readText ?? ((file) => readFile(file, 'utf8'));
  let known: Material | undefined;
  let readAt = -Infinity;
  let pending: Promise<Material> | undefined;

  const refresh = async (): Promise<Material> => {
    try {
      known = await readMaterial(endpoint, read, exec);
    } catch (error) {
      // A rotation in progress must not stop a running process: what was valid a moment ago mostly still is.
      if (known === undefined) throw error;
    }
    readAt = options.monotonicMs();
    return known;
  };
  return {
    current() {
      if (known !== undefined && options.monotonicMs() - readAt < MAXIMUM_AGE_MS) return Promise.resolve(known);
      pending ??= refresh().finally(() => (pending = undefined));
      return pending;
    },
    invalidate() {
      readAt = -Infinity;
    },
  };
}

type ReadText = (file: string) => Promise<string>;

async function readMaterial(endpoint: KubeEndpoint, read: ReadText, exec: ExecAuth): Promise<Material> {
  const { tls } = endpoint;
  const plugin = await authenticate(endpoint.auth, read, exec);
  const parts = {
    ...optional('ca', await pemText(tls.ca, read)),
    ...optional('cert', plugin.cert ?? (await pemText(tls.clientCertificate, read))),
    ...optional('key', plugin.key ?? (await pemText(tls.clientKey, read))),
    ...optional('servername', tls.serverName),
    rejectUnauthorized: tls.skipVerify !== true,
  };
  return { tls: parts, tlsKey: JSON.stringify(parts), ...optional('authorization', plugin.authorization) };
}

interface Identity {
  readonly authorization?: string | undefined;
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
}

async function authenticate(auth: AuthSource, read: ReadText, exec: ExecAuth): Promise<Identity> {
  switch (auth.type) {
    case 'none':
      return {};
    case 'token':
      return { authorization: `Bearer ${auth.token}` };
    case 'tokenFile':
      return { authorization: `Bearer ${(await read(auth.file)).trim()}` };
    case 'exec': {
      const filled: { headers: Record<string, string>; cert?: string; key?: string } = { headers: {} };
      await exec.applyAuthentication(auth.user, filled);
      return { authorization: filled.headers['Authorization'], cert: filled.cert, key: filled.key };
    }
  }
}

async function pemText(source: PemSource | undefined, read: ReadText): Promise<string | undefined> {
  if (source === undefined) return undefined;
  return 'pem' in source ? source.pem : read(source.file);
}

function optional<K extends string>(key: K, value: string | undefined): { readonly [P in K]?: string } {
  return (value === undefined ? {} : { [key]: value }) as { readonly [P in K]?: string };
}
