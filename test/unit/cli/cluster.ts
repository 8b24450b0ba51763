// A cluster that knows MeshMigrations and NamespaceMigrations only, on this machine, for tests of the plugin.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { MeshMigration } from '../../../src/api/v1alpha1/mesh-migration.ts';
import type { NamespaceMigration } from '../../../src/api/v1alpha1/namespace-migration.ts';
import { startTestServer } from '../kube/api-server.ts';
import type { TestServer } from '../kube/api-server.ts';

type Item = MeshMigration | NamespaceMigration;

/** A running cluster. */
export interface TestCluster {
  readonly kubeconfig: string;
  readonly server: TestServer;
  /** Everybody who watches is told of this object's new state. */
  change(item: Item): void;
  /** The object is gone, and everybody who watches is told. */
  remove(item: Item): void;
  close(): Promise<void>;
}

/** A kubeconfig in a folder of its own, and how to remove it. */
export function kubeconfigFor(address: string): { file: string; remove: () => void } {
  const folder = mkdtempSync(join(tmpdir(), 'kubectl-mm-'));
  const file = join(folder, 'config');
  const cluster = { name: 'test', cluster: { server: address } };
  const context = { name: 'test', context: { cluster: 'test' } };
  writeFileSync(file, JSON.stringify({ 'current-context': 'test', clusters: [cluster], contexts: [context] }));
  return { file, remove: () => rmSync(folder, { recursive: true }) };
}

/** Starts a cluster with these objects. */
export async function startTestCluster(items: readonly Item[]): Promise<TestCluster> {
  const held = new Map(items.map((item) => [item.metadata.uid, item]));
  let version = 100;
  const watchers: { plural: string; response: ServerResponse }[] = [];
  const server = await startTestServer(({ path, query }, response) => {
    const plural = path.split('/').at(-1) ?? '';
    const own = [...held.values()].filter((item) => pluralOf(item) === plural);
    response.setHeader('content-type', 'application/json');
    if (query.get('watch') === null) {
      response.end(JSON.stringify({ metadata: { resourceVersion: '100' }, items: own }));
      return;
    }
    for (const item of own) response.write(frame('ADDED', item));
    const annotations = { 'k8s.io/initial-events-end': 'true' };
    response.write(frame('BOOKMARK', { kind: '', metadata: { resourceVersion: '100', annotations } }));
    watchers.push({ plural, response });
  });
  const tell = (type: string, item: Item): void => {
    for (const { plural, response } of watchers) if (plural === pluralOf(item)) response.write(frame(type, item));
  };
  const { file, remove } = kubeconfigFor(server.endpoint.server);
  return {
    kubeconfig: file,
    server,
    change(item) {
      version += 1;
      const changed = { ...item, metadata: { ...item.metadata, resourceVersion: String(version) } };
      held.set(item.metadata.uid, changed);
      tell('MODIFIED', changed);
    },
    remove(item) {
      held.delete(item.metadata.uid);
      tell('DELETED', item);
    },
    async close() {
      remove();
      await server.close();
    },
  };
}

function pluralOf({ kind }: { kind: string }): string {
  return `${kind.toLowerCase()}s`;
}

function frame(type: string, object: unknown): string {
  return `${JSON.stringify({ type, object })}\n`;
}
