// What people ask of a namespace that has come to an end: the source again, or another try. Pure.

import { keys } from '../../api/v1alpha1/group.ts';
import type { MeshMigration } from '../../api/v1alpha1/mesh-migration.ts';
import type { NamespaceMigration, WorkloadRow } from '../../api/v1alpha1/namespace-migration.ts';
import { cut } from '../within-limits.ts';
import { workloadName } from '../workload/assessed.ts';
import type { Situation } from './situation.ts';

/** A person asks for the source, here or for the whole migration. */
export function wantsBack(s: Situation): boolean {
  const { metadata, spec } = s.migration;
  const deleted = metadata.deletionTimestamp !== undefined && spec.deletionPolicy === 'Rollback';
  return s.settings.rolledBack || s.observation.record.spec.desiredState === 'RolledBack' || deleted;
}

const both = ' and ';
// Two of them and what joins them fit into the status.
const longestValue = 120;

/**
 * The values of the annotation for another try, of the record and of its migration, where one of them was not acted on yet;
 * as they are remembered once they were.
 */
export function retryValue(record: NamespaceMigration, migration: MeshMigration): string | undefined {
  const found = [record.metadata.annotations?.[keys.retryAt], migration.metadata.annotations?.[keys.retryAt]];
  const asked = new Set(found.flatMap((value) => (value === undefined ? [] : [cut(value, longestValue)])));
  const handled = record.status?.lastHandledRetryAt;
  const known = handled === undefined ? [] : [handled, ...handled.split(both)];
  return [...asked].every((value) => known.includes(value)) ? undefined : [...asked].join(both);
}

/** The template of a workload that stands in the way was changed, or the workload is another one by now. */
export function isRepaired(rows: readonly WorkloadRow[], s: Situation): boolean {
  const { workloads } = s.observation;
  const byUid = new Map(workloads.map((w) => [w.uid, w]));
  const names = new Set(workloads.filter((w) => !w.deleting).map(workloadName));
  return rows.some((row) => {
    const same = byUid.get(row.uid);
    if (same !== undefined) return row.template !== undefined && same.template !== row.template;
    return names.has(workloadName(row));
  });
}
