// Who set the labels and annotations of an object, by metadata.managedFields. Reads names of managers; judges nothing.
// https://kubernetes.io/docs/reference/using-api/server-side-apply/#field-management

import { fieldsAt, listAt, textAt } from '../core/fields.ts';
import type { Fields } from '../core/fields.ts';

/** Managers other than `ours` by the label's or annotation's key, several joined by "and"; keys that only we set are left out. */
export function keyOwners(object: unknown, ours: string): Readonly<Record<string, string>> {
  const owners = new Map<string, string[]>();
  for (const entry of listAt(object, 'metadata', 'managedFields')) {
    const manager = textAt(entry, 'manager');
    if (manager === undefined || manager === ours) continue;
    for (const key of keysOf(entry)) {
      const known = owners.get(key) ?? [];
      if (!known.includes(manager)) owners.set(key, [...known, manager]);
    }
  }
  return Object.fromEntries([...owners].map(([key, managers]) => [key, managers.slice(0, 3).join(' and ')]));
}

// A field of a map is written as "f:" and its key.
function keysOf(entry: Fields): string[] {
  const maps = ['f:labels', 'f:annotations'].map((map) => fieldsAt(entry, 'fieldsV1', 'f:metadata', map));
  return maps.flatMap((map) => Object.keys(map)).flatMap((field) => (field.startsWith('f:') ? [field.slice(2)] : []));
}
