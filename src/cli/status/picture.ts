// What the status commands know of the cluster: both kinds as last read, and which record belongs to which migration. Pure.

import { MESH_MIGRATION, NAMESPACE_MIGRATION } from '../../api/v1alpha1/group.ts';
import type { MeshMigration } from '../../api/v1alpha1/mesh-migration.ts';
import type { NamespaceMigration } from '../../api/v1alpha1/namespace-migration.ts';
import type { KubeObject } from '../../kube/object.ts';

export { MESH_MIGRATION, NAMESPACE_MIGRATION };

/** Everything that is shown. */
export interface Picture {
  /** By name. */
  readonly migrations: readonly MeshMigration[];
  /** By namespace. */
  readonly records: readonly NamespaceMigration[];
}

/** One migration and the records that are its own. */
export interface MigrationPicture {
  readonly migration: MeshMigration;
  readonly records: readonly NamespaceMigration[];
}

/** A MeshMigration as read, without what is never shown. */
export function migrationOf(object: KubeObject): MeshMigration {
  return trimmed(object) as unknown as MeshMigration;
}

/** A NamespaceMigration as read, without what is never shown. */
export function recordOf(object: KubeObject): NamespaceMigration {
  return trimmed(object) as unknown as NamespaceMigration;
}

function trimmed(object: KubeObject): object {
  const { apiVersion, kind, spec, status } = object as KubeObject & { readonly spec?: unknown; readonly status?: unknown };
  const { name, uid, generation = 0, resourceVersion = '', annotations, creationTimestamp, deletionTimestamp } = object.metadata;
  const metadata = {
    ...{ name, uid, generation, resourceVersion },
    ...(creationTimestamp !== undefined && { creationTimestamp }),
    ...(annotations !== undefined && { annotations }),
    ...(deletionTimestamp !== undefined && { deletionTimestamp }),
  };
  return { apiVersion, kind, metadata, spec, ...(status !== undefined && { status }) };
}

/** The picture of these objects, in a stable order. */
export function pictureOf(migrations: Iterable<MeshMigration>, records: Iterable<NamespaceMigration>): Picture {
  return { migrations: [...migrations].toSorted(byName), records: [...records].toSorted(byName) };
}

/** The migration of that name with its records; undefined when there is none. */
export function pictureOfOne(picture: Picture, name: string): MigrationPicture | undefined {
  const migration = picture.migrations.find(({ metadata }) => metadata.name === name);
  if (migration === undefined) return undefined;
  return { migration, records: picture.records.filter((record) => isOf(record, migration)) };
}

/** Records whose migration is gone. */
export function orphansOf({ migrations, records }: Picture): NamespaceMigration[] {
  return records.filter((record) => !migrations.some((migration) => isOf(record, migration)));
}

// One that was deleted and created again under its name is another one, until it takes the record over.
function isOf({ spec }: NamespaceMigration, { metadata }: MeshMigration): boolean {
  return spec.migrationRef.name === metadata.name && spec.migrationRef.uid === metadata.uid;
}

interface Named {
  readonly metadata: { readonly name: string };
}

function byName(a: Named, b: Named): number {
  return a.metadata.name < b.metadata.name ? -1 : a.metadata.name > b.metadata.name ? 1 : 0;
}
