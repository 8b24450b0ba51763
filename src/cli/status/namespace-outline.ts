// A namespace of a migration as a node of the tree: where it stands, how far it is, and its workloads. Pure.

import type { NamespaceMigration, NamespaceMigrationStatus } from '../../api/v1alpha1/namespace-migration.ts';
import type { Failure } from '../../api/v1alpha1/mesh-migration-status.ts';
import type { Mark, Note, OutlineNode } from '../outline.ts';
import { clean } from '../text.ts';
import { problemNotes } from './problem-notes.ts';
import { workloadNodes } from './workload-outline.ts';

/** Reasons of a namespace that simply goes its way. */
const ordinary = new Set(['Waiting', 'InProgress', 'Soaking', 'Restoring', 'Migrated', 'RolledBack']);

/** A namespace with a record. */
export function namespaceNode({ metadata, status }: NamespaceMigration): OutlineNode {
  if (status?.step === undefined) return pendingNamespace(metadata.name);
  const tail = tailOf(status);
  return {
    mark: markOf(status),
    kind: 'namespace',
    cells: [metadata.name, status.blocked === true ? `Blocked in ${status.step}` : status.step, progressOf(status)],
    ...(tail !== '' && { tail }),
    notes: needsALook(status) || isKeptBack(status) ? problemNotes(status) : [],
    children: workloadNodes(status),
  };
}

// Back by request is no problem, but who looks for why it does not move should find the field that keeps it.
function isKeptBack({ step, remedy = '' }: NamespaceMigrationStatus): boolean {
  return step === 'RolledBack' && remedy.includes('desiredState');
}

/** A namespace that has no record so far; `failure` is why it will not get one. */
export function pendingNamespace(name: string, failure?: Failure): OutlineNode {
  const notes: Note[] = failure === undefined ? [] : problemNotes(failure);
  const cells = [name, failure === undefined ? 'Pending' : failure.reason === 'NamespaceNotFound' ? 'Not found' : 'Blocked'];
  return {
    mark: failure === undefined ? 'idle' : failure.reason === 'NamespaceNotFound' ? 'warn' : 'bad',
    kind: 'namespace',
    cells,
    notes,
    children: [],
  };
}

function markOf(status: NamespaceMigrationStatus): Mark {
  const look = needsALook(status);
  switch (status.step) {
    case 'Migrated':
      return look ? 'warn' : 'done';
    case 'RolledBack':
      return look ? 'bad' : 'done';
    case 'PartiallyMigrated':
      return 'warn';
    case 'Halted':
      return 'bad';
    default:
      return status.blocked === true ? 'bad' : look ? 'warn' : (markOfStart(status) ?? 'busy');
  }
}

function markOfStart({ step }: NamespaceMigrationStatus): Mark | undefined {
  return step === undefined || step === 'Pending' ? 'idle' : undefined;
}

/** The reason is not one of the normal course. */
export function needsALook({ step, reason = '', restoreCause, blocked }: NamespaceMigrationStatus): boolean {
  if (blocked === true || step === 'Halted' || step === 'PartiallyMigrated') return true;
  if (step === 'RolledBack' && restoreCause === 'Failure') return true;
  return reason !== '' && !ordinary.has(reason);
}

/** How far: verified of all, or on the way back in the source of all, whether or not it ever left. */
export function progressOf({ step, counts, progress }: NamespaceMigrationStatus): string {
  if (step === 'Restore' || step === 'RolledBack')
    return counts === undefined ? '' : `${counts.restored}/${counts.total} in the source`;
  return progress ?? '';
}

function tailOf(status: NamespaceMigrationStatus): string {
  const attempt = (status.attempt ?? 1) > 1 ? `attempt ${status.attempt ?? 1}` : '';
  const ended = status.step === 'Migrated' || status.step === 'RolledBack' || needsALook(status);
  return clean([attempt, ended ? '' : (status.message ?? '')].filter(Boolean).join(', '));
}
