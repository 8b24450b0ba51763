// What must be so at the end of the way forward and of the way back, each as a sentence when it is not. Pure.
import type { NamespaceMigration } from '../../src/api/v1alpha1/namespace-migration.ts';
import { BROKEN, NAMESPACES } from './application.ts';
import type { PodsByMesh } from './snapshot.ts';

/** Records by namespace. */
export type Records = ReadonlyMap<string, NamespaceMigration>;

/** Every namespace has moved, but for the broken workload, which went back and is named with its remedy. */
export function wrongForward(records: Records, pods: ReadonlyMap<string, PodsByMesh>): string[] {
  const steps = NAMESPACES.flatMap((name) => {
    const wanted = name === BROKEN.namespace ? 'PartiallyMigrated' : 'Migrated';
    const found = records.get(name)?.status?.step ?? 'without a record';
    return found === wanted ? [] : [`namespace ${name} is ${found} instead of ${wanted}`];
  });
  const odd = [...pods]
    .filter(([, { both, neither }]) => both + neither > 0)
    .map(([name]) => `${name} has pods in both meshes or none`);
  return [...steps, ...odd, ...wrongRow(records)];
}

function wrongRow(records: Records): string[] {
  const rows = records.get(BROKEN.namespace)?.status?.workloads ?? [];
  const row = rows.find(({ kind, name }) => kind === BROKEN.kind && name === BROKEN.name);
  const named = `${BROKEN.kind}/${BROKEN.name}`;
  if (row?.state !== 'Restored') return [`${named} is ${row?.state ?? 'not listed'} instead of Restored`];
  return (row.remedy ?? '') === '' ? [`${named} is listed without a remedy`] : [];
}

/** Every namespace is back. */
export function wrongBack(records: Records): string[] {
  return NAMESPACES.flatMap((name) => {
    const found = records.get(name)?.status?.step ?? 'without a record';
    return found === 'RolledBack' ? [] : [`namespace ${name} is ${found} instead of RolledBack`];
  });
}
