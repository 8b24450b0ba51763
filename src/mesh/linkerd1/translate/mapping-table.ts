// Translate room: the whole mapping table.

import { CLIENT_ROWS, SERVICE_ROWS } from './mapping-policy.ts';
import { NAMING_ROWS } from './mapping-naming.ts';
import { REST_ROWS } from './mapping-rest.ts';
import type { MappingRow } from './mapping.ts';

/** Every row, in the order of the documentation page. */
export const MAPPING: readonly MappingRow[] = [...NAMING_ROWS, ...SERVICE_ROWS, ...CLIENT_ROWS, ...REST_ROWS];

const byField = Map.groupBy(MAPPING, (entry) => entry.field);

/** The row of a field with this value; a row without a value counts for any. */
export function rowOf(field: string, value: string | undefined): MappingRow | undefined {
  const rows = byField.get(field) ?? [];
  return (
    rows.find((candidate) => candidate.value !== undefined && candidate.value === value) ??
    rows.find((candidate) => candidate.value === undefined)
  );
}
