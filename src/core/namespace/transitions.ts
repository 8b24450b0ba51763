// Events: what changed between two statuses of one namespace, once each. Results, not intentions. Pure.

import type { NamespaceMigrationStatus, Step, WorkloadRow, WorkloadState } from '../../api/v1alpha1/namespace-migration.ts';
import type { EventNote } from '../action.ts';
import type { EventReason } from '../event-reasons.ts';
import { readLedger, verifiedTemplate } from './ledger.ts';
import { normal, warning } from './situation.ts';

const stepEvents: Partial<Record<Step, { type: EventNote['type']; reason: EventReason }>> = {
  Preflight: { type: 'Normal', reason: 'PreflightStarted' },
  Cutover: { type: 'Normal', reason: 'CutoverStarted' },
  Soak: { type: 'Normal', reason: 'SoakStarted' },
  Migrated: { type: 'Normal', reason: 'NamespaceMigrated' },
  PartiallyMigrated: { type: 'Warning', reason: 'NamespacePartiallyMigrated' },
  Restore: { type: 'Warning', reason: 'RollbackStarted' },
  RolledBack: { type: 'Normal', reason: 'RollbackCompleted' },
  Halted: { type: 'Warning', reason: 'NamespaceHalted' },
};

/** Events for what changed. */
export function transitions(before: NamespaceMigrationStatus, after: NamespaceMigrationStatus): EventNote[] {
  return [...stepTransition(before, after), ...workloadTransitions(before, after)];
}

function stepTransition(before: NamespaceMigrationStatus, after: NamespaceMigrationStatus): EventNote[] {
  const note = after.message ?? '';
  if (after.blocked === true && before.blocked !== true) return [warning('PreflightFailed', `${after.reason ?? ''}: ${note}`)];
  if (before.step === after.step || after.step === undefined) return [];
  const event = stepEvents[after.step];
  if (event === undefined) return [];
  return [event.type === 'Normal' ? normal(event.reason, note) : warning(event.reason, note)];
}

function workloadTransitions(before: NamespaceMigrationStatus, after: NamespaceMigrationStatus): EventNote[] {
  const { workloads: rows = [] } = after;
  const old = new Map((before.workloads ?? []).map((row) => [row.uid, row.state]));
  const seen = new Set(rows.map((row) => row.uid));
  const ledger = readLedger(after.keyed ?? []);
  const changed = rows.filter((row) => old.get(row.uid) !== row.state).flatMap((row) => rowEvent(row));
  const verified = (before.workloads ?? []).filter(
    (row) =>
      (row.state === 'Moving' || row.state === 'Armed') && !seen.has(row.uid) && verifiedTemplate(ledger, row) !== undefined,
  );
  return [
    ...changed,
    ...verified.map((row) => ({
      ...normal('WorkloadVerified', 'in the target mesh, every pod verified'),
      workload: `${row.kind}/${row.name}`,
    })),
  ];
}

const rowEvents: Partial<Record<WorkloadState, { type: EventNote['type']; reason: EventReason }>> = {
  Failed: { type: 'Warning', reason: 'WorkloadFailed' },
  Drifted: { type: 'Warning', reason: 'WorkloadDrifted' },
  Restored: { type: 'Normal', reason: 'WorkloadRestored' },
  Listed: { type: 'Warning', reason: 'WorkloadListed' },
  Armed: { type: 'Normal', reason: 'WorkloadArmed' },
};

function rowEvent(row: WorkloadRow): EventNote[] {
  const event = rowEvents[row.state];
  if (event === undefined) return [];
  return [{ ...event, note: `${row.reason ?? ''}: ${row.message ?? ''}`, workload: `${row.kind}/${row.name}` }];
}
