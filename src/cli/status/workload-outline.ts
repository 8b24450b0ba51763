// Rows of a NamespaceMigration as nodes of the tree: which workload stands where, why, and what to do. Pure.

import type { NamespaceMigrationStatus, Warning, WorkloadRow, WorkloadState } from '../../api/v1alpha1/namespace-migration.ts';
import type { WorkloadCounts } from '../../api/v1alpha1/mesh-migration-status.ts';
import { isInconclusive } from '../../core/reasons-about-traffic.ts';
import type { Mark, Note, OutlineNode } from '../outline.ts';
import { clean } from '../text.ts';
import { problemNotes } from './problem-notes.ts';

/** What needs a look comes first, what is simply on its way after it. */
const order: readonly WorkloadState[] = ['Failed', 'Drifted', 'Restored', 'Listed', 'Moving', 'Armed', 'Pending', 'Verified'];

const counted: Readonly<Record<WorkloadState, keyof WorkloadCounts>> = {
  Pending: 'pending',
  Moving: 'moving',
  Verified: 'verified',
  Armed: 'armed',
  Failed: 'failed',
  Restored: 'restored',
  Drifted: 'drifted',
  Listed: 'listed',
};

/** The workloads of a namespace that a person may want to see, the most urgent first. */
export function workloadNodes(status: NamespaceMigrationStatus): OutlineNode[] {
  const rows = status.workloads ?? [];
  const shown = rows.filter((row) => !isBackByRequest(row)).toSorted(byUrgency);
  return [...shown.map(workloadNode), ...unlisted(status, rows), ...warningNodes(status)];
}

/** Back because a person asked for it. The namespace counts these; a row for each would hide the others. */
export function isBackByRequest({ state, reason }: WorkloadRow): boolean {
  return state === 'Restored' && reason === 'RolledBack';
}

function byUrgency(a: WorkloadRow, b: WorkloadRow): number {
  const byState = order.indexOf(a.state) - order.indexOf(b.state);
  return byState !== 0 ? byState : nameOf(a) < nameOf(b) ? -1 : 1;
}

/** The workload as people name it, for example Deployment/ledger. */
export function nameOf({ kind, name }: Pick<WorkloadRow, 'kind' | 'name'>): string {
  return `${kind}/${name}`;
}

function workloadNode(row: WorkloadRow): OutlineNode {
  const problem = isProblem(row) || waitsForTraffic(row);
  const tail = problem ? undefined : calmTail(row);
  return {
    mark: markOf(row),
    kind: 'workload',
    cells: [clean(nameOf(row)), stateWord(row)],
    ...(tail !== undefined && tail !== '' && { tail }),
    notes: problem ? problemNotes(row) : [],
    children: [],
  };
}

/** The state as a person reads it: what is on its way back does not move forward. */
export function stateWord({ state, reason }: WorkloadRow): string {
  return state === 'Moving' && reason === 'Restoring' ? 'Going back' : state;
}

/** Somebody should look at the workload. */
export function isProblem(row: WorkloadRow): boolean {
  switch (row.state) {
    case 'Failed':
    case 'Drifted':
      return true;
    case 'Restored':
      return !isBackByRequest(row);
    case 'Listed':
      return row.accepted === undefined;
    case 'Pending':
    case 'Moving':
    case 'Verified':
    case 'Armed':
      return false;
  }
}

// It goes on by itself only if callers come, so who looks should read until when, and what else would help.
function waitsForTraffic({ state, reason }: WorkloadRow): boolean {
  return state === 'Moving' && isInconclusive(reason);
}

function markOf(row: WorkloadRow): Mark {
  switch (row.state) {
    case 'Failed':
    case 'Drifted':
    case 'Restored':
      return 'bad';
    case 'Listed':
      return row.accepted === undefined ? 'warn' : 'idle';
    case 'Moving':
      return 'busy';
    case 'Armed':
    case 'Verified':
      return 'done';
    case 'Pending':
      return 'idle';
  }
}

function calmTail({ state, reason = '', message = '', accepted }: WorkloadRow): string {
  if (accepted !== undefined) return clean(`${reason}, accepted: ${accepted}`);
  return clean(state === 'Moving' ? [reason, message].filter(Boolean).join(': ') : message);
}

// The status lists at most 300 workloads; its counts are exact.
function unlisted({ counts }: NamespaceMigrationStatus, rows: readonly WorkloadRow[]): OutlineNode[] {
  if (counts === undefined) return [];
  const listedStates = order.filter((state) => state !== 'Pending' && state !== 'Verified');
  return listedStates.flatMap((state): OutlineNode[] => {
    const missing = counts[counted[state]] - rows.filter((row) => row.state === state).length;
    return missing <= 0 || state === 'Restored' ? [] : [more(`${missing} more`, state)];
  });
}

function more(name: string, state: WorkloadState): OutlineNode {
  return {
    mark: markOf({ kind: '', name: '', uid: '', state }),
    kind: 'workload',
    cells: [name, state],
    notes: [],
    children: [],
  };
}

// After the end of the move they have done their service, but for what was taken for moved without a verdict.
function warningNodes({ step, warnings = [] }: NamespaceMigrationStatus): OutlineNode[] {
  if (step === 'RolledBack') return [];
  const told = step === 'Migrated' ? warnings.filter(({ reason }) => isInconclusive(reason)) : warnings;
  return told.map((warning) => ({
    mark: 'warn',
    kind: 'workload',
    cells: [clean(warning.workload ?? 'this namespace'), 'Warning'],
    tail: warning.reason,
    notes: [warningNote(warning)],
    children: [],
  }));
}

function warningNote({ message }: Warning): Note {
  return { text: clean(message), tone: 'dim' };
}
