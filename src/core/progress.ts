// What in a status only says how far things are, so that nobody needs each of its states to be stored. Pure.

import type { WorkloadRow } from '../api/v1alpha1/namespace-migration.ts';

const progress: ReadonlySet<string> = new Set([
  'message',
  'summary',
  'counts',
  'progress',
  'keyed',
  'waves',
  'namespaces',
  'migrated',
]);

/** A status without what only says how far things are, to be compared by value. */
export function standingOf(status: object | undefined): unknown {
  return JSON.parse(
    JSON.stringify(status ?? null, (key, value: unknown) => (progress.has(key) ? undefined : withoutRolling(key, value))),
  );
}

function withoutRolling(key: string, value: unknown): unknown {
  if (key !== 'workloads') return value;
  return Array.isArray(value) ? (value as WorkloadRow[]).filter(({ reason }) => reason !== 'RollingOut') : undefined;
}
