// Namespaces that are left alone, whoever calls into them: excluded ones, those of control planes, and what a person holds. Reads only.

import { keys } from '../../api/v1alpha1/group.ts';
import type { MeshMigration } from '../../api/v1alpha1/mesh-migration.ts';
import type { ClosedPlaces } from '../../core/closed-places.ts';
import type { Surroundings } from '../surroundings.ts';
import type { Views } from '../views.ts';

/** What tells that a namespace is to be left alone. */
export interface ClosedBy {
  readonly views: { readonly namespaces: Pick<Views['namespaces'], 'get'> };
  readonly surroundings: Pick<Surroundings, 'meshes'>;
  readonly isExcluded: (namespace: string) => boolean;
}

/** Where nothing may be written for a migration, as it is now. */
export function closedPlaces({ views, surroundings, isExcluded }: ClosedBy): (migration: MeshMigration) => Promise<ClosedPlaces> {
  return async (migration) => {
    const { controlPlaneNamespaces } = await surroundings.meshes(migration);
    return (namespace) => {
      if (isExcluded(namespace)) return 'it is excluded';
      if (controlPlaneNamespaces.includes(namespace)) return 'a control plane of a mesh lives in it';
      return heldBy(views.namespaces.get(namespace)?.annotations);
    };
  };
}

/** A person holds the namespace. */
export function heldBy(annotations: Readonly<Record<string, string>> | undefined): string | undefined {
  const held = annotations?.[keys.hold];
  return held === undefined ? undefined : `a person holds it${held === '' ? '' : ` (${held.slice(0, 200)})`}`;
}
