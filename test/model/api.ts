// Every write of the operator, as the API server carries it out: with preconditions on uid, resourceVersion and values.

import { API_VERSION } from '../../src/api/v1alpha1/group.ts';
import type { MeshMigration, MeshMigrationStatus } from '../../src/api/v1alpha1/mesh-migration.ts';
import type { NamespaceMigration, NamespaceMigrationStatus } from '../../src/api/v1alpha1/namespace-migration.ts';
import { FINALIZER } from '../../src/api/v1alpha1/group.ts';
import type { Action, KeyChange } from '../../src/core/action.ts';
import { adoptedStatus, startedStatus } from '../../src/core/migration/back.ts';
import { podKey } from './kube.ts';
import { wrote } from './view.ts';
import type { View } from './view.ts';
import { changeWorkload, drop, newUid, put } from './world.ts';
import type { ModelWorkload, World } from './world.ts';

/** What a write came to. `changed` is false where everything was so already. */
export type Answer = { kind: 'done'; changed: boolean } | { kind: 'stale' };

const stale: Answer = { kind: 'stale' };
const unchanged: Answer = { kind: 'done', changed: false };
const changed: Answer = { kind: 'done', changed: true };

/** Replaces the status of a record that nobody has touched since it was seen. */
export function writeRecordStatus(world: World, view: View, seen: NamespaceMigration, status: NamespaceMigrationStatus): Answer {
  const key = seen.metadata.name;
  const live = world.objects.records.get(key);
  if (live === undefined || !isSame(live, seen)) return stale;
  wrote(view, 'records', key, put(world, 'records', key, { ...live, status }));
  return changed;
}

/** Replaces the status of a migration that nobody has touched since it was seen. */
export function writeMigrationStatus(world: World, view: View, seen: MeshMigration, status: MeshMigrationStatus): Answer {
  const key = seen.metadata.name;
  const live = world.objects.migrations.get(key);
  if (live === undefined || !isSame(live, seen)) return stale;
  wrote(view, 'migrations', key, put(world, 'migrations', key, { ...live, status }));
  return changed;
}

type Versioned = MeshMigration | NamespaceMigration;

function isSame(live: Versioned, seen: Versioned): boolean {
  return live.metadata.uid === seen.metadata.uid && live.metadata.resourceVersion === seen.metadata.resourceVersion;
}

/** Carries out one action. */
export function write(world: World, view: View, action: Action, migration: MeshMigration | undefined): Answer {
  switch (action.kind) {
    case 'cutOver':
      return cutOver(world, view, action);
    case 'restoreTemplate':
      return restoreTemplate(world, view, action);
    case 'changeNamespace':
      return changeNamespace(world, view, action);
    case 'evictPod':
      return evict(world, action);
    case 'setFinalizer':
      return migration === undefined ? stale : setFinalizer(world, view, migration, action.present);
    case 'prepareNames':
    case 'removeNames':
      return writeNames(world, action);
    default:
      return writeRecord(world, view, action);
  }
}

// An object of that name that is there already, or gone already, is as it should be.
function writeNames(world: World, action: Action & { kind: 'prepareNames' | 'removeNames' }): Answer {
  const { aliases } = world.environment;
  const wanted = action.kind === 'prepareNames';
  if (aliases.has(action.namespace) === wanted) return unchanged;
  world.rv += 1;
  if (wanted) aliases.add(action.namespace);
  else aliases.delete(action.namespace);
  return changed;
}

function liveWorkload(
  world: World,
  target: { namespace: string; kind: string; name: string },
): [string, ModelWorkload | undefined] {
  const key = `${target.namespace}/${target.kind}/${target.name}`;
  return [key, world.objects.workloads.get(key)];
}

// Server-side apply with uid and resourceVersion in the body: refused for another object and for another version.
function cutOver(world: World, view: View, action: Action & { kind: 'cutOver' }): Answer {
  const [key, live] = liveWorkload(world, action.workload);
  if (live === undefined || live.uid !== action.workload.uid || String(live.rv) !== action.workload.resourceVersion) return stale;
  const minReady =
    action.minReadySeconds === undefined ? {} : { minReadySeconds: action.minReadySeconds, minReadyOwner: 'us' as const };
  changeWorkload(world, key, { keys: { ...live.keys, ...action.keys }, ...minReady });
  wrote(view, 'workloads', key, world.objects.workloads.get(key) ?? live);
  return changed;
}

// A live read, then a JSON Patch that tests what it takes away.
function restoreTemplate(world: World, view: View, action: Action & { kind: 'restoreTemplate' }): Answer {
  const [key, live] = liveWorkload(world, action.workload);
  if (live === undefined) return stale;
  if (live.uid !== action.workload.uid) return unchanged;
  const keys = patched(live.keys, action.changes);
  if (keys === undefined) return stale;
  const dropped = action.dropMinReadySeconds && live.minReadySeconds > 0;
  if (JSON.stringify(keys) === JSON.stringify(live.keys) && !dropped) return unchanged;
  changeWorkload(world, key, { keys, ...(dropped && { minReadySeconds: 0, minReadyOwner: 'nobody' as const }) });
  wrote(view, 'workloads', key, world.objects.workloads.get(key) ?? live);
  return changed;
}

function patched(found: Readonly<Record<string, string>>, changes: readonly KeyChange[]): Record<string, string> | undefined {
  const next = { ...found };
  for (const { key, from, to } of changes) {
    if (next[key] === to) continue;
    if (from !== undefined && next[key] !== from) return undefined;
    if (to === undefined) Reflect.deleteProperty(next, key);
    else next[key] = to;
  }
  return next;
}

function changeNamespace(world: World, view: View, action: Action & { kind: 'changeNamespace' }): Answer {
  const live = world.objects.namespaces.get(action.namespace);
  if (live === undefined) return stale;
  if (live.uid !== action.uid || live.deleting) return unchanged;
  if (action.resourceVersion !== undefined && action.resourceVersion !== String(live.rv)) return stale;
  const labels = patched(live.labels, action.labels);
  const annotations = patched(live.annotations, action.annotations);
  if (labels === undefined || annotations === undefined) return stale;
  const next = { ...live, labels, annotations };
  if (JSON.stringify(next) === JSON.stringify(live)) return unchanged;
  wrote(view, 'namespaces', live.name, put(world, 'namespaces', live.name, next));
  return changed;
}

function evict(world: World, action: Action & { kind: 'evictPod' }): Answer {
  const key = podKey(action);
  const live = world.objects.pods.get(key);
  if (live === undefined || live.uid !== action.uid) return stale;
  if (live.deleting) return unchanged;
  put(world, 'pods', key, { ...live, deleting: true, ready: false });
  return changed;
}

function setFinalizer(world: World, view: View, seen: MeshMigration, present: boolean): Answer {
  const key = seen.metadata.name;
  const live = world.objects.migrations.get(key);
  if (live === undefined || !isSame(live, seen)) return stale;
  const finalizers = present ? [FINALIZER] : [];
  if (!present && live.metadata.deletionTimestamp !== undefined) drop(world, 'migrations', key);
  else wrote(view, 'migrations', key, put(world, 'migrations', key, { ...live, metadata: { ...live.metadata, finalizers } }));
  return changed;
}

type RecordAction = Extract<Action, { kind: 'createRecord' | 'adoptRecord' | 'deleteRecord' | 'startRecord' }>;

function writeRecord(world: World, view: View, action: RecordAction): Answer {
  const live = world.objects.records.get(action.name);
  switch (action.kind) {
    case 'createRecord': {
      if (live !== undefined) return stale;
      const metadata = { name: action.name, uid: newUid(world), generation: 1, resourceVersion: '' };
      const record = { apiVersion: API_VERSION, kind: 'NamespaceMigration', metadata, spec: action.spec };
      wrote(view, 'records', action.name, put(world, 'records', action.name, record));
      return changed;
    }
    case 'deleteRecord':
      if (live?.metadata.uid !== action.uid) return stale;
      drop(world, 'records', action.name);
      return changed;
    case 'startRecord': {
      const seen = view.objects.records.get(action.name);
      if (seen?.metadata.resourceVersion !== action.resourceVersion) return unchanged;
      return writeRecordStatus(world, view, seen, startedStatus(seen, action, world.now));
    }
    case 'adoptRecord':
      return adopt(world, view, action);
  }
}

function adopt(world: World, view: View, action: Action & { kind: 'adoptRecord' }): Answer {
  const seen = view.objects.records.get(action.name);
  if (seen?.metadata.uid !== action.uid) return unchanged;
  if (writeRecordStatus(world, view, seen, adoptedStatus(seen)).kind === 'stale') return stale;
  const live = world.objects.records.get(action.name) ?? seen;
  const spec = { ...live.spec, migrationRef: action.migration, wave: action.wave };
  const metadata = { ...live.metadata, generation: live.metadata.generation + 1 };
  wrote(view, 'records', action.name, put(world, 'records', action.name, { ...live, metadata, spec }));
  return changed;
}
