// Which workload of a namespace a dry run is made of. It tries none.

import { keys } from '../api/v1alpha1/group.ts';
import type { MeshMigration } from '../api/v1alpha1/mesh-migration.ts';
import type { MeshAdapter } from '../mesh/adapter.ts';
import { sourceUseOf } from './assemble.ts';
import { adaptersOf } from './preflight-facts.ts';
import type { TrimmedWorkload } from './trimmed.ts';

const unseen = (): undefined => undefined;

/**
 * A template that uses the source and may join the target shows most; one that needs a look into ConfigMaps is not tried. The one
 * that was tried before is tried again: once it has moved, its template shows as much.
 * @param last UID of the workload that was tried before
 */
export function typicalWorkload(
  workloads: readonly TrimmedWorkload[],
  migration: MeshMigration,
  last?: string,
): TrimmedWorkload | undefined {
  const { target } = adaptersOf(migration);
  const able = workloads.filter((w) => isAble(w, target));
  const users = able.filter((w) => {
    const membership = sourceUseOf(w, migration, unseen);
    return membership.state === 'present' && membership.uses.every((use) => use.removedBy === 'admission');
  });
  const again = able.find((w) => w.uid === last && (users.includes(w) || w.keys[keys.cutover] !== undefined));
  return again ?? users[0] ?? able.find((w) => sourceUseOf(w, migration, unseen).state === 'absent');
}

/** None of them could move: each is on its way out, another controller's, or passed over by the target. */
export function noneCouldMove(workloads: readonly TrimmedWorkload[], migration: MeshMigration): boolean {
  const { target } = adaptersOf(migration);
  return !workloads.some((w) => isAble(w, target));
}

function isAble({ deleting, template, owner }: TrimmedWorkload, target: MeshAdapter): boolean {
  return !deleting && template.spec?.hostNetwork !== true && !target.optsOut(template) && owner === undefined;
}
