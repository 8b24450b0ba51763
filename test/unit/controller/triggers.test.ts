// Who looks again when something changes: nobody for what we said ourselves, and for progress only after a while.
import { expect } from 'chai';
import { wireTriggers } from '../../../src/controller/triggers.ts';
import type { Views, Whole } from '../../../src/controller/views.ts';
import type { MeshMigration } from '../../../src/api/v1alpha1/mesh-migration.ts';
import type { NamespaceMigration } from '../../../src/api/v1alpha1/namespace-migration.ts';
import type { Change } from '../../../src/runtime/store.ts';
import type { WorkQueue } from '../../../src/runtime/work-queue.ts';
import { aMigration, aRecord } from '../../model/builders.ts';

type Listener<T> = (change: Change<Whole<T>>) => void;

/** Views that change when the test says so, and queues that only write down. */
function wired() {
  const told: string[] = [];
  const queueOf = (name: string): WorkQueue =>
    ({
      add: (key: string) => told.push(`${name} ${key}`),
      addAfter: (key: string, ms: number) => told.push(`${name} ${key}${ms > 0 ? ' later' : ''}`),
    }) as unknown as WorkQueue;
  const listeners: { migrations?: Listener<MeshMigration>; records?: Listener<NamespaceMigration> } = {};
  const viewOf = (kind: 'migrations' | 'records', all: unknown[]) => ({
    all: () => all,
    onChange: (listener: never) => (listeners[kind] = listener),
  });
  const quiet = { onChange: () => undefined, all: () => [] };
  const views = {
    migrations: viewOf('migrations', [whole(aMigration()), whole(aMigration({}, { name: 'other', uid: 'other' }))]),
    records: viewOf('records', [whole(aRecord())]),
    namespaces: quiet,
    workloads: {},
  };
  wireTriggers(views as unknown as Views, { migrations: queueOf('migration'), namespaces: queueOf('namespace') });
  return { told, listeners };
}

function whole<T extends { metadata: { name: string; uid: string; resourceVersion: string } }>(object: T): Whole<T> {
  const { name, uid, resourceVersion } = object.metadata;
  return { name, uid, resourceVersion, object };
}

function updated<T extends { metadata: { name: string; uid: string; resourceVersion: string } }>(old: T, value: T) {
  return { type: 'update', key: value.metadata.name, old: whole(old), value: whole(value) } as const;
}

describe('a changed migration', () => {
  it('makes its namespaces and the other migrations look again when its spec or an annotation changed', () => {
    const { told, listeners } = wired();
    listeners.migrations?.(updated(aMigration(), aMigration({}, { generation: 2 })));
    expect(told).to.deep.equal(['migration move', 'migration other', 'namespace shop']);
    told.length = 0;
    listeners.migrations?.(updated(aMigration(), aMigration({}, { annotations: { 'meshmigration.io/retry-at': '1' } })));
    expect(told).to.deep.equal(['migration move', 'migration other', 'namespace shop']);
  });

  it('concerns itself alone when only its status changed', () => {
    const { told, listeners } = wired();
    listeners.migrations?.(updated(aMigration(), { ...aMigration(), status: { summary: 'news' } }));
    expect(told).to.deep.equal(['migration move']);
  });
});

describe('a changed record', () => {
  it('is looked at at once by its migration when its step changed', () => {
    const { told, listeners } = wired();
    listeners.records?.(updated(aRecord({ step: 'Cutover' }), aRecord({ step: 'Commit' })));
    expect(told).to.deep.equal(['namespace shop', 'migration move', 'migration other']);
  });

  it('is counted and looked at later when a workload got further', () => {
    const { told, listeners } = wired();
    listeners.records?.(updated(aRecord({ step: 'Cutover', progress: '1/3' }), aRecord({ step: 'Cutover', progress: '2/3' })));
    expect(told).to.deep.equal(['namespace shop later', 'migration move later', 'migration other later']);
  });
});
