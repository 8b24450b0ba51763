// Writes to our own two kinds: statuses as a whole, conditional on the version they were decided on.

import { FIELD_MANAGER } from '../api/v1alpha1/group.ts';
import type { MeshMigration, MeshMigrationStatus } from '../api/v1alpha1/mesh-migration.ts';
import type { NamespaceMigration, NamespaceMigrationStatus } from '../api/v1alpha1/namespace-migration.ts';
import type { Action } from '../core/action.ts';
import { adoptedStatus } from '../core/migration/back.ts';
import type { KubeClient } from '../kube/client.ts';
import type { JsonPatchOperation } from '../kube/object.ts';
import { MESH_MIGRATION, NAMESPACE_MIGRATION } from './kinds.ts';
import type { Views } from './views.ts';

interface Writers {
  client: KubeClient;
  views: Views;
}

interface Versioned {
  metadata: { uid: string; resourceVersion: string };
}

function whole(object: Versioned, path: string, value: unknown): JsonPatchOperation[] {
  return [
    { op: 'test', path: '/metadata/uid', value: object.metadata.uid },
    { op: 'test', path: '/metadata/resourceVersion', value: object.metadata.resourceVersion },
    { op: 'add', path, value },
  ];
}

/** Replaces the status of a record with one that fits its kind. Refused (422) when anything about the record changed meanwhile. */
export async function patchRecordStatus(w: Writers, record: NamespaceMigration, status: NamespaceMigrationStatus): Promise<void> {
  const { name } = record.metadata;
  const options = { subresource: 'status', fieldManager: FIELD_MANAGER };
  w.views.records.wrote(name, await w.client.jsonPatch(NAMESPACE_MIGRATION, { name }, whole(record, '/status', status), options));
}

/** Replaces the status of a migration with one that fits its kind. Refused (422) when anything about it changed meanwhile. */
export async function patchMigrationStatus(w: Writers, migration: MeshMigration, status: MeshMigrationStatus): Promise<void> {
  const { name } = migration.metadata;
  const options = { subresource: 'status', fieldManager: FIELD_MANAGER };
  w.views.migrations.wrote(
    name,
    await w.client.jsonPatch(MESH_MIGRATION, { name }, whole(migration, '/status', status), options),
  );
}

/** Sets or takes away our finalizer and no other. */
export async function patchFinalizer(w: Writers, migration: MeshMigration, finalizer: string, present: boolean): Promise<void> {
  const found = migration.metadata.finalizers ?? [];
  const next = present ? [...found, finalizer] : found.filter((f) => f !== finalizer);
  const { name } = migration.metadata;
  const operations = whole(migration, '/metadata/finalizers', next);
  w.views.migrations.wrote(name, await w.client.jsonPatch(MESH_MIGRATION, { name }, operations, { fieldManager: FIELD_MANAGER }));
}

/** Makes the record of a migration that is gone another one's: first what it says, then whose it is. */
export async function adoptRecord(w: Writers, action: Action & { kind: 'adoptRecord' }): Promise<void> {
  const held = w.views.records.get(action.name)?.object;
  if (held?.metadata.uid !== action.uid) return;
  await patchRecordStatus(w, held, adoptedStatus(held));
  const reset = w.views.records.get(action.name)?.object ?? held;
  const operations: JsonPatchOperation[] = [
    ...whole(reset, '/spec/migrationRef', action.migration),
    { op: 'replace', path: '/spec/wave', value: action.wave },
  ];
  const { name } = action;
  w.views.records.wrote(
    name,
    await w.client.jsonPatch(NAMESPACE_MIGRATION, { name }, operations, { fieldManager: FIELD_MANAGER }),
  );
}
