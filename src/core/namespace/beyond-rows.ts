// What is kept of a row that the status has no room for: an entry of the ledger instead, from which a row is made again. Only
// rows that nothing else could tell: failed, gone back after a failure, or refused. Pure.

import type { WorkloadRow } from '../../api/v1alpha1/namespace-migration.ts';
import type { Workload } from '../observation.ts';
import { uidPrefix } from '../pair.ts';
import { reasons, remedyOf } from '../reasons.ts';
import { refusalReasons } from '../workload/unkeyed.ts';

// <uid>:<state>:<attempt>:<template>:<reason>
const form = /^(.{1,8}):(Failed|Restored|Listed):(\d+):([^:]*):([^:]*)$/;

/** Entries for rows that are left out, by the first 8 characters of the workload's uid. */
export function entriesFor(rows: readonly WorkloadRow[]): [string, string][] {
  return rows.filter(mustBeKept).map((row) => {
    const uid = uidPrefix(row.uid);
    const parts = [uid, row.state, row.attempt ?? 1, row.template ?? '', (row.reason ?? '').slice(0, 63)];
    return [uid, parts.join(':')];
  });
}

function mustBeKept(row: WorkloadRow): boolean {
  if (row.state === 'Restored') return row.reason !== 'RolledBack';
  return row.state === 'Failed' || (row.state === 'Listed' && refusalReasons.has(row.reason ?? ''));
}

/**
 * Rows for workloads of which only an entry is kept; their clock begins at this moment.
 * @param since as the API writes times
 */
export function rowsFrom(entries: readonly string[], workloads: readonly Workload[], since: string): WorkloadRow[] {
  if (!entries.some((entry) => form.test(entry))) return [];
  const byUid = new Map(workloads.map((w) => [uidPrefix(w.uid), w]));
  return entries.flatMap((entry) => {
    const [, uid = '', state, attempt, template, reason = ''] = form.exec(entry) ?? [];
    const workload = byUid.get(uid);
    if (workload === undefined) return [];
    const { kind, name } = workload;
    const row = { kind, name, uid: workload.uid, state: state as WorkloadRow['state'], attempt: Number(attempt), since };
    return [{ ...row, ...(template !== '' && template !== undefined && { template }), ...wordsFor(reason) }];
  });
}

function wordsFor(reason: string): Required<Pick<WorkloadRow, 'reason' | 'message' | 'remedy'>> {
  const message = Object.hasOwn(reasons, reason) ? reasons[reason as keyof typeof reasons].meaning : 'it failed';
  return { reason, message, remedy: remedyOf(reason) };
}
