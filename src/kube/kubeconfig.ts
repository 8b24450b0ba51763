// Kube room: finds the API server from a kubeconfig or from inside a pod. Reads files only, and no environment but what it is given.
// Only two leaf modules of client-node are loaded here: its index would pull OpenID, tar, WebSockets and every model into memory.
import { readFile } from 'node:fs/promises';
import { delimiter, dirname, join, resolve } from 'node:path';
import { newClusters, newContexts, newUsers } from '@kubernetes/client-node/dist/config_types.js';
import type { Cluster, Context, User } from '@kubernetes/client-node';
import { parse } from 'yaml';
import type { AuthSource, KubeEndpoint, PemSource, TlsSource } from './endpoint.ts';

/** Where to look. The environment is passed in: the composition root is its only reader. */
export interface KubeConfigOptions {
  /** A file named by the user; wins over everything. */
  readonly kubeconfig?: string | undefined;
  /** Context to use instead of the current one. */
  readonly context?: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Mount of the pod's service account; only tests pass it. */
  readonly serviceAccountDir?: string;
}

const SERVICE_ACCOUNT_DIR = '/var/run/secrets/kubernetes.io/serviceaccount';

/**
 * The endpoint by the first of: `kubeconfig`, $KUBECONFIG (several files are merged, the first wins per name),
 * the pod's service account, ~/.kube/config. Throws an Error that names the file, the field and the fix.
 */
export async function loadKubeConfig(options: KubeConfigOptions): Promise<KubeEndpoint> {
  const named = options.kubeconfig ?? options.env['KUBECONFIG'];
  if (named !== undefined && named !== '') return fromFiles(named.split(delimiter).filter(Boolean), options.context);
  const inCluster = await fromServiceAccount(options);
  if (inCluster !== undefined) return inCluster;
  const home = options.env['HOME'] ?? options.env['USERPROFILE'];
  if (home === undefined) throw new Error('no API server is known: set KUBECONFIG, pass a kubeconfig, or run inside a pod');
  return fromFiles([join(home, '.kube', 'config')], options.context);
}

async function fromServiceAccount(options: KubeConfigOptions): Promise<KubeEndpoint | undefined> {
  const host = options.env['KUBERNETES_SERVICE_HOST'];
  const port = options.env['KUBERNETES_SERVICE_PORT'];
  const dir = options.serviceAccountDir ?? SERVICE_ACCOUNT_DIR;
  const tokenFile = join(dir, 'token');
  if (!host || !port || !(await isReadable(tokenFile))) return undefined;
  const namespace = (await readFile(join(dir, 'namespace'), 'utf8').catch(() => 'default')).trim();
  return {
    server: `https://${host.includes(':') ? `[${host}]` : host}:${port}`,
    namespace,
    tls: { ca: { file: join(dir, 'ca.crt') } },
    auth: { type: 'tokenFile', file: tokenFile },
  };
}

interface Loaded {
  readonly clusters: readonly Cluster[];
  readonly users: readonly (User & { readonly tokenFile?: string })[];
  readonly contexts: readonly Context[];
  readonly current: string | undefined;
}

async function fromFiles(files: readonly string[], context: string | undefined): Promise<KubeEndpoint> {
  const loaded = await Promise.all(files.map(loadFile));
  const where = files.join(', ');
  const name = context ?? loaded.map((file) => file.current).find(Boolean);
  if (name === undefined)
    throw new Error(`${where}: current-context is missing; run "kubectl config use-context" or name a context`);
  const chosen = find(
    loaded.flatMap((file) => file.contexts),
    name,
    `${where}: contexts`,
  );
  const cluster = find(
    loaded.flatMap((file) => file.clusters),
    chosen.cluster,
    `${where}: clusters`,
  );
  const users = loaded.flatMap((file) => file.users);
  const user = chosen.user ? find(users, chosen.user, `${where}: users`) : undefined;
  if (cluster.proxyUrl)
    throw new Error(`${where}: proxy-url of cluster "${cluster.name}" is not supported; use a direct address`);
  return {
    server: cluster.server,
    namespace: chosen.namespace ?? 'default',
    tls: tlsOf(cluster, user),
    auth: user === undefined ? { type: 'none' } : authOf(user, where),
    ...(user?.impersonateUser ? { impersonateUser: user.impersonateUser } : {}),
  };
}

async function loadFile(file: string): Promise<Loaded> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new Error(`kubeconfig ${file} cannot be read`, { cause });
  });
  try {
    const document = parse(text) as Record<string, unknown> | null;
    const absolute = (path: unknown): string | undefined =>
      typeof path === 'string' && path ? resolve(dirname(file), path) : undefined;
    const current = document?.['current-context'];
    return {
      clusters: newClusters(document?.['clusters']).map((cluster) => ({
        ...cluster,
        ...paths({ caFile: absolute(cluster.caFile) }),
      })),
      users: usersOf(document?.['users'], absolute),
      contexts: newContexts(document?.['contexts']),
      current: typeof current === 'string' && current !== '' ? current : undefined,
    };
  } catch (cause) {
    throw new Error(`kubeconfig ${file} is not understood: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}

interface RawUser {
  readonly name?: unknown;
  readonly user?: Readonly<Record<string, unknown>> | null;
}

// Token files have two spellings in the wild (kubectl writes tokenFile) and are re-read later, so they are kept from client-node.
function usersOf(raw: unknown, absolute: (path: unknown) => string | undefined): Loaded['users'] {
  const entries = Array.isArray(raw) ? (raw as readonly RawUser[]) : [];
  const withoutFile = entries.map((entry) => ({ ...entry, user: { ...entry.user, 'token-file': undefined } }));
  return newUsers(withoutFile).map((user, index) => {
    const said = entries[index]?.user;
    return {
      ...user,
      ...paths({
        certFile: absolute(user.certFile),
        keyFile: absolute(user.keyFile),
        tokenFile: absolute(said?.['tokenFile'] ?? said?.['token-file']),
      }),
    };
  });
}

function paths<T extends Record<string, string | undefined>>(given: T): { [K in keyof T]?: string } {
  return Object.fromEntries(Object.entries(given).filter(([, path]) => path !== undefined)) as { [K in keyof T]?: string };
}

function tlsOf(cluster: Cluster, user: User | undefined): TlsSource {
  const ca = pem(cluster.caData, cluster.caFile);
  const clientCertificate = pem(user?.certData, user?.certFile);
  const clientKey = pem(user?.keyData, user?.keyFile);
  return {
    ...(ca ? { ca } : {}),
    ...(clientCertificate ? { clientCertificate } : {}),
    ...(clientKey ? { clientKey } : {}),
    ...(cluster.tlsServerName ? { serverName: cluster.tlsServerName } : {}),
    ...(cluster.skipTLSVerify ? { skipVerify: true } : {}),
  };
}

function authOf(user: Loaded['users'][number], where: string): AuthSource {
  if (user.exec) return { type: 'exec', user };
  if (user.tokenFile) return { type: 'tokenFile', file: user.tokenFile };
  if (user.token) return { type: 'token', token: user.token };
  if (user.authProvider)
    throw new Error(`${where}: auth-provider of user "${user.name}" is not supported; use an exec credential plugin`);
  if (user.username)
    throw new Error(`${where}: username of user "${user.name}" is not supported by Kubernetes any more; use a token`);
  return { type: 'none' };
}

function pem(data: string | undefined, file: string | undefined): PemSource | undefined {
  if (data) return { pem: Buffer.from(data, 'base64').toString('utf8') };
  return file ? { file } : undefined;
}

function find<T extends { readonly name: string }>(entries: readonly T[], name: string, where: string): T {
  const found = entries.find((entry) => entry.name === name);
  if (found === undefined)
    throw new Error(`${where} has no entry named "${name}"; known: ${entries.map((entry) => entry.name).join(', ')}`);
  return found;
}

async function isReadable(file: string): Promise<boolean> {
  return readFile(file).then(
    () => true,
    () => false,
  );
}
