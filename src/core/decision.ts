// Decisions: what to do next, as a value. Never a thrown error.

import type { MeshMigrationStatus } from '../api/v1alpha1/mesh-migration.ts';
import type { NamespaceMigrationStatus } from '../api/v1alpha1/namespace-migration.ts';
import type { Action, EventNote } from './action.ts';

/** What to do next. */
export type Outcome =
  | { kind: 'act'; actions: readonly Action[] }
  | { kind: 'wait'; reason: string; afterSeconds?: number }
  | { kind: 'done' }
  | { kind: 'halt'; reason: string };

/** A decision and the status that remembers its intent. The status is stored before the actions are carried out. */
export interface Decision<Status> {
  outcome: Outcome;
  status: Status;
  events: readonly EventNote[];
}

/** About one namespace. */
export type NamespaceDecision = Decision<NamespaceMigrationStatus>;
/** About a whole migration. */
export interface MigrationDecision extends Decision<MeshMigrationStatus> {
  /** Namespaces that get the next places: what their start needs may be looked up ahead. */
  upNext: readonly string[];
}
