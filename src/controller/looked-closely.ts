// Which pods must have been read live for a decision to count: of whole namespaces the core says it, of single workloads those that
// are about to be concluded on. Pure.

import type { NamespaceMigrationStatus as Status, WorkloadState } from '../api/v1alpha1/namespace-migration.ts';
import type { NamespaceDecision } from '../core/decision.ts';
import { workloadName } from '../core/workload/assessed.ts';
import { closenessOf, takesBack } from '../core/namespace/closeness.ts';
import type { NamespaceObservation, Workload } from '../core/observation.ts';
import type { LivePods } from './live-lists.ts';
import type { Closeness } from './observe-namespace.ts';

/** What a decision must have been made on. */
export function neededFor({ record, workloads }: NamespaceObservation, decision: NamespaceDecision): Closeness {
  const before = record.status ?? {};
  const closeness = closenessOf(before, decision);
  if (!closeness.pods) return { pods: new Set(), workloads: closeness.workloads };
  const all = closeness.workloads || (takesBack(decision) && decision.status.step === 'Restore');
  return { pods: all ? 'all' : concernedBy(before, decision, workloads), workloads: closeness.workloads };
}

/** What was looked at is at least what is needed. */
export function covers(looked: Closeness, needed: Closeness): boolean {
  if (needed.workloads && !looked.workloads) return false;
  if (looked.pods === 'all') return true;
  const { pods } = looked;
  return needed.pods !== 'all' && [...needed.pods].every((name) => pods.has(name));
}

function concernedBy(before: Status, { outcome, status }: NamespaceDecision, workloads: readonly Workload[]): LivePods {
  const names = concluded(before, status, workloads);
  if (names === 'all' || outcome.kind !== 'act') return names;
  const back = outcome.actions.flatMap((action) => (action.kind === 'restoreTemplate' ? [workloadName(action.workload)] : []));
  return new Set([...names, ...back]);
}

const conclusions = ['failed', 'restored'] as const;
const concluding: ReadonlySet<WorkloadState> = new Set(['Failed', 'Restored']);

// The workloads that are about to count as failed or restored. Where rows don't tell which, all.
function concluded(before: Status, after: Status, workloads: readonly Workload[]): LivePods {
  const more = conclusions.reduce((sum, key) => sum + Math.max(0, (after.counts?.[key] ?? 0) - (before.counts?.[key] ?? 0)), 0);
  const [oldRows, rows] = [statesOf(before), statesOf(after)];
  const isConcluded = (uid: string): boolean => rows.get(uid) !== oldRows.get(uid) && concluding.has(rows.get(uid) ?? 'Pending');
  const names = workloads.filter(({ uid }) => isConcluded(uid)).map(workloadName);
  return names.length >= more ? new Set(names) : 'all';
}

function statesOf(status: Status): Map<string, WorkloadState> {
  return new Map((status.workloads ?? []).map((row) => [row.uid, row.state]));
}
