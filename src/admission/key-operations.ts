// Admission room: annotations and labels that a transform sets, as JSON Patch. Pure.

import type { ObjectKeys, PodTemplate } from '../mesh/adapter.ts';
import { fieldsAt, keyOf } from '../mesh/pod-parts.ts';
import type { PatchOperation } from './patch-operation.ts';
import { pointer } from './patch-operation.ts';

/** Keys to set: `unless` those that the pod does not have yet, `whatever` the pod says. */
export interface KeysToSet {
  unlessPresent: Readonly<Record<string, string>>;
  whatever: Readonly<Record<string, string>>;
}

/** Operations that set keys of one map of the metadata. */
export function setKeys(pod: PodTemplate, map: keyof ObjectKeys, wanted: KeysToSet): PatchOperation[] {
  const present = fieldsAt(fieldsAt(pod, 'metadata'), map) as Readonly<Record<string, string>> | undefined;
  const missing = Object.entries(wanted.unlessPresent).filter(([key]) => keyOf(present, key) === undefined);
  const other = Object.entries(wanted.whatever).filter(([key, value]) => keyOf(present, key) !== value);
  const changes = [...missing, ...other];
  if (changes.length === 0) return [];
  const created: PatchOperation[] = present === undefined ? [{ op: 'add', path: pointer('metadata', map), value: {} }] : [];
  return [
    ...created,
    ...changes.map(([key, value]): PatchOperation => ({ op: 'add', path: pointer('metadata', map, key), value })),
  ];
}
