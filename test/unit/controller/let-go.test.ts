// Letting go of what an uninstalled operator must not leave behind, against a server in memory.
import { expect } from 'chai';
import { letGo } from '../../../src/controller/let-go.ts';
import { KubeError } from '../../../src/kube/kube-error.ts';
import type { JsonPatchOperation } from '../../../src/kube/object.ts';

const OURS = 'meshmigration.io/rollback';
const lease = { namespace: 'meshmigration-system', name: 'meshmigration' };

interface Kept {
  finalizers: string[];
  version: number;
}

/** A server with these migrations, which calls `between` before each of its first writes. */
function server(migrations: Record<string, Kept>, between: (write: number) => void = () => undefined) {
  const deleted: string[] = [];
  let writes = 0;
  const client = {
    list: () =>
      Promise.resolve({
        items: Object.entries(migrations).map(([name, { finalizers, version }]) => ({
          metadata: { name, finalizers: [...finalizers], resourceVersion: String(version) },
        })),
      }),
    jsonPatch: (_kind: unknown, { name }: { name: string }, operations: readonly JsonPatchOperation[]) => {
      between((writes += 1));
      const kept = migrations[name];
      if (kept === undefined) return Promise.reject(new KubeError({ kind: 'notFound', message: 'gone' }));
      const [test, change] = operations as unknown as readonly [{ value: unknown }, { value: string[] }];
      if (test.value !== String(kept.version)) return Promise.reject(new KubeError({ kind: 'invalid', message: 'test failed' }));
      migrations[name] = { finalizers: change.value, version: kept.version + 1 };
      return Promise.resolve({});
    },
    delete: (_kind: unknown, { name }: { name: string }) => {
      deleted.push(name);
      return Promise.reject(new KubeError({ kind: 'notFound', message: 'no such lease' }));
    },
  };
  return { client: client as unknown as Parameters<typeof letGo>[0], deleted };
}

describe('letting go after an uninstallation', () => {
  it('takes our finalizer and no other off every migration, and the lease away', async () => {
    const migrations = {
      one: { finalizers: ['example.com/theirs', OURS], version: 1 },
      two: { finalizers: [OURS], version: 1 },
      three: { finalizers: ['example.com/theirs'], version: 1 },
    };
    const { client, deleted } = server(migrations);

    expect(await letGo(client, lease)).to.deep.equal(['one', 'two']);
    expect(Object.values(migrations).map(({ finalizers }) => finalizers)).to.deep.equal([
      ['example.com/theirs'],
      [],
      ['example.com/theirs'],
    ]);
    expect(migrations.three.version).to.equal(1);
    expect(deleted).to.deep.equal(['meshmigration']);
  });

  it('looks again at a migration that somebody else wrote meanwhile, and keeps what they wrote', async () => {
    const migrations = { one: { finalizers: [OURS], version: 1 } };
    const { client } = server(migrations, (write) => {
      if (write === 1) migrations.one = { finalizers: [OURS, 'example.com/new'], version: 7 };
    });

    expect(await letGo(client, lease)).to.deep.equal(['one']);
    expect(migrations.one).to.deep.equal({ finalizers: ['example.com/new'], version: 8 });
  });

  it('does not mind a migration that is deleted meanwhile', async () => {
    const migrations: Record<string, Kept> = { one: { finalizers: [OURS], version: 1 } };
    const { client } = server(migrations, () => delete migrations['one']);

    expect(await letGo(client, lease)).to.deep.equal([]);
  });

  it('gives up with the server’s words when a migration never stands still', async () => {
    const migrations = { one: { finalizers: [OURS], version: 1 } };
    const { client } = server(migrations, () => (migrations.one = { finalizers: [OURS], version: migrations.one.version + 1 }));

    const outcome = await letGo(client, lease).catch((error: unknown) => (error as Error).message);
    expect(outcome).to.equal('test failed');
  });
});
