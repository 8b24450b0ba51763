// Where a whole migration stands, read from its conditions as kstatus does. Pure.

import type { Condition } from '../../api/v1alpha1/condition.ts';
import type { MeshMigration } from '../../api/v1alpha1/mesh-migration.ts';
import { withoutDetail } from '../../core/migration/first-failure.ts';
import type { Mark } from '../outline.ts';

/** Where a migration stands, in words. */
export interface Standing {
  readonly mark: Mark;
  /** For example `Stalled (Failed)`. */
  readonly title: string;
  /** A sentence; empty when there is nothing to add. */
  readonly message: string;
  /** It came to an end: nothing more happens by itself. `good`: and that is what was asked for. */
  readonly end: 'good' | 'bad' | undefined;
}

const unseen: Standing = {
  mark: 'idle',
  title: 'Not seen by the operator',
  message: 'check that the operator runs: kubectl get pods -A -l app.kubernetes.io/name=meshmigration',
  end: undefined,
};

const justMade: Standing = {
  mark: 'idle',
  title: 'Just created',
  message: 'the operator looks at it next',
  end: undefined,
};

/** So long an operator may take to see what was created; milliseconds. */
const graceMs = 10_000;

/**
 * Where the migration stands.
 * @param now milliseconds since 1970; without it nothing counts as just created
 */
export function standingOf(migration: MeshMigration, now = Infinity): Standing {
  const ready = conditionOf(migration, 'Ready');
  if (ready === undefined) return now - Date.parse(migration.metadata.creationTimestamp ?? '') < graceMs ? justMade : unseen;
  if (isBehind(migration)) return { mark: 'busy', title: 'Changed', message: behindMessage(migration), end: undefined };
  const { reason } = ready;
  // The tree tells every failure in its place.
  const message = withoutDetail(ready.message);
  if (ready.status === 'True') return { mark: 'done', title: reason, message, end: 'good' };
  if (isTrue(migration, 'Stalled')) return { mark: 'bad', title: `Stalled (${reason})`, message, end: 'bad' };
  if (isTrue(migration, 'Reconciling')) return { mark: 'busy', title: reason, message, end: undefined };
  return { mark: 'warn', title: reason, message, end: undefined };
}

/** Everything goes back, or is back. */
export function isGoingBack(migration: MeshMigration): boolean {
  const reason = conditionOf(migration, 'Ready')?.reason;
  return reason === 'Restoring' || reason === 'RolledBack' || migration.spec.desiredState === 'RolledBack';
}

/** The condition of that type. */
export function conditionOf({ status }: MeshMigration, type: string): Condition | undefined {
  return status?.conditions?.find((condition) => condition.type === type);
}

function isTrue(migration: MeshMigration, type: string): boolean {
  return conditionOf(migration, type)?.status === 'True';
}

function isBehind({ metadata, status }: MeshMigration): boolean {
  return (status?.observedGeneration ?? -1) < metadata.generation;
}

function behindMessage({ metadata, status }: MeshMigration): string {
  return `the operator has seen generation ${status?.observedGeneration ?? -1} of the spec, and there is ${metadata.generation}`;
}
