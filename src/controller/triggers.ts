// Triggers: which change makes whom look again. They only queue keys; nothing is decided here.

import { isDeepStrictEqual } from 'node:util';
import type { MeshMigration } from '../api/v1alpha1/mesh-migration.ts';
import type { NamespaceMigration, Step } from '../api/v1alpha1/namespace-migration.ts';
import type { Change } from '../runtime/store.ts';
import type { WorkQueue } from '../runtime/work-queue.ts';
import { isJudging } from './observe-namespace.ts';
import type { TrimmedWorkload } from './trimmed.ts';
import type { Views, Whole } from './views.ts';

/** The two queues; keys are names of migrations and of namespaces. */
export interface Queues {
  migrations: WorkQueue;
  namespaces: WorkQueue;
}

/** Wires changes to queues. */
export function wireTriggers(views: Views, queues: Queues): void {
  views.migrations.onChange((change) => {
    queues.migrations.add(change.key, 'meshmigration');
    if (isOwnWord(change)) return;
    // Adoption, overlap and the end of a migration concern the others too.
    for (const other of views.migrations.all()) if (other.name !== change.key) queues.migrations.add(other.name, 'meshmigration');
    for (const record of views.records.all())
      if (record.object.spec.migrationRef.name === change.key) queues.namespaces.add(record.name, 'meshmigration');
  });
  views.records.onChange((change) => {
    const progress = isProgress(change);
    queues.namespaces.addAfter(change.key, patienceMs(change, progress), 'namespacemigration');
    const delayMs = progress ? countsMs : 0;
    for (const { name } of views.migrations.all()) queues.migrations.addAfter(name, delayMs, 'namespacemigration');
  });
  views.namespaces.onChange((change) => {
    queues.namespaces.addAfter(change.key, isAtRest(views, change.key) ? restingMs : 0, 'namespace');
    if (change.type !== 'update' || change.old.uid !== change.value.uid || change.old.labels !== change.value.labels)
      allMigrations(views, queues, 'namespace');
  });
  for (const view of Object.values(views.workloads)) {
    view.onChange((change) => {
      const namespace = change.key.split('/')[0] ?? '';
      if (!concerns(change, views, namespace)) return;
      const delayMs = isAtRest(views, namespace) ? restingMs : isRolling(change) ? rollingMs : 0;
      queues.namespaces.addAfter(namespace, delayMs, 'workload');
    });
  }
}

// Milliseconds. Who wrote a status goes on by himself.
const ownWordMs = 500;

function patienceMs(change: Change<Whole<NamespaceMigration>>, progress: boolean): number {
  if (change.type !== 'update' || !isOwnWord(change)) return 0;
  if (isResting(change.value.object)) return restingMs;
  return progress ? ownWordMs : 0;
}

// A status is only what we said ourselves; nobody acts on it but who wrote it.
function isOwnWord(change: Change<Whole<MeshMigration | NamespaceMigration>>): boolean {
  if (change.type !== 'update') return false;
  const asked = ({ object: { metadata, spec } }: Whole<MeshMigration | NamespaceMigration>): unknown => [
    metadata.uid,
    metadata.generation,
    metadata.deletionTimestamp,
    metadata.annotations,
    spec,
  ];
  return isDeepStrictEqual(asked(change.old), asked(change.value));
}

// How far a namespace is within its step only changes what the migration counts: that can wait for more of the same.
const countsMs = 500;

function isProgress(change: Change<Whole<NamespaceMigration>>): boolean {
  if (change.type !== 'update') return false;
  const standing = ({ object: { metadata, spec, status } }: Whole<NamespaceMigration>): unknown => [
    [metadata.uid, metadata.deletionTimestamp, spec],
    [status?.step, status?.blocked, status?.failed, status?.restoreCause, status?.attempt],
  ];
  return isDeepStrictEqual(standing(change.old), standing(change.value));
}

function allMigrations(views: Views, queues: Queues, reason: string): void {
  for (const migration of views.migrations.all()) queues.migrations.add(migration.name, reason);
}

// Milliseconds. What happens in a namespace that is at rest comes in bursts, and nothing waits for it.
const restingMs = 2_000;

function isAtRest(views: Views, namespace: string): boolean {
  const record = views.records.get(namespace);
  return record !== undefined && isResting(record.object);
}

// How many pods a rollout has reached matters when it is the last.
const rollingMs = 250;

function isRolling(change: Change<TrimmedWorkload>): boolean {
  if (change.type !== 'update') return false;
  const { old, value } = change;
  const [before, after] = [old, value].map(({ rollout: { ready: _r, updated: _u, total: _t, ...rest } }) => rest);
  return old.generation === value.generation && old.deleting === value.deleting && isDeepStrictEqual(before, after);
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
