// Triggers: which change makes whom look again. They only queue keys; nothing is decided here.

import { isDeepStrictEqual } from 'node:util';
import type { NamespaceMigration, Step } from '../api/v1alpha1/namespace-migration.ts';
import type { Change } from '../runtime/store.ts';
import type { WorkQueue } from '../runtime/work-queue.ts';
import { isJudging } from './observe-namespace.ts';
import type { TrimmedWorkload } from './trimmed.ts';
import type { Views } from './views.ts';

/** The two queues; keys are names of migrations and of namespaces. */
export interface Queues {
  migrations: WorkQueue;
  namespaces: WorkQueue;
}

/** Wires changes to queues. */
export function wireTriggers(views: Views, queues: Queues): void {
  views.migrations.onChange(({ key }) => {
    queues.migrations.add(key, 'meshmigration');
    // Adoption, overlap and the end of a migration concern the others too.
    for (const other of views.migrations.all()) if (other.name !== key) queues.migrations.add(other.name, 'meshmigration');
    for (const record of views.records.all())
      if (record.object.spec.migrationRef.name === key) queues.namespaces.add(record.name, 'meshmigration');
  });
  views.records.onChange(({ key }) => {
    queues.namespaces.add(key, 'namespacemigration');
    allMigrations(views, queues, 'namespacemigration');
  });
  views.namespaces.onChange((change) => {
    queues.namespaces.add(change.key, 'namespace');
    if (change.type !== 'update' || change.old.uid !== change.value.uid || change.old.labels !== change.value.labels)
      allMigrations(views, queues, 'namespace');
  });
  for (const view of Object.values(views.workloads)) {
    view.onChange((change) => {
      const namespace = change.key.split('/')[0] ?? '';
      if (concerns(change, views, namespace)) queues.namespaces.add(namespace, 'workload');
    });
  }
}

function allMigrations(views: Views, queues: Queues, reason: string): void {
  for (const migration of views.migrations.all()) queues.migrations.add(migration.name, reason);
}

const resting: readonly Step[] = ['Pending', 'Migrated', 'PartiallyMigrated', 'RolledBack', 'Halted'];

// At rest a rollout is its owner's business; only templates, keys and annotations can matter.
function concerns(change: Change<TrimmedWorkload>, views: Views, namespace: string): boolean {
  const record = views.records.get(namespace);
  if (record === undefined) return false;
  if (change.type !== 'update' || !isResting(record.object)) return true;
  const { old, value } = change;
  return old.generation !== value.generation || !isDeepStrictEqual(old.annotations, value.annotations);
}

function isResting(record: NamespaceMigration): boolean {
  return !isJudging(record) && resting.includes(record.status?.step ?? 'Pending');
}
