// Who owns what on a Service of somebody else, by metadata.managedFields, and the patch that takes away exactly what one namespace's
// callers needed. Kubernetes: server-side apply, "Field management". Pure.

import { ownPortPrefix } from '../../core/names.ts';
import type { JsonPatchOperation } from '../../kube/object.ts';
import { fieldsAt, listAt, textAt } from '../../core/fields.ts';
import type { Fields } from '../../core/fields.ts';
import { SERVICE_ANNOTATIONS } from './kinds.ts';

/** The manager has fields of the object. */
export function isManagedBy(object: unknown, manager: string): boolean {
  return entryOf(object, manager) !== undefined;
}

function entryOf(object: unknown, manager: string): Fields | undefined {
  return listAt(object, 'metadata', 'managedFields').find(
    (entry) => entry['manager'] === manager && entry['operation'] === 'Apply',
  );
}

/**
 * Takes away the manager's own ports, port names and annotations, and its claim on the rest. What anybody else owns as well stays as
 * it is, and so does what the operator never writes, whoever says to be its manager: an entry is only removed when it still bears our name and nobody but the manager owns any field of it.
 */
export function retraction(object: unknown, manager: string): JsonPatchOperation[] {
  const entry = entryOf(object, manager);
  if (entry === undefined) return [];
  const managers = listAt(object, 'metadata', 'managedFields');
  const others = managers.filter((other) => other !== entry);
  return [
    { op: 'test', path: '/metadata/uid', value: textAt(object, 'metadata', 'uid') },
    { op: 'test', path: '/metadata/resourceVersion', value: textAt(object, 'metadata', 'resourceVersion') },
    // Last first, so that the indices before it stay true.
    { op: 'remove', path: `/metadata/managedFields/${managers.indexOf(entry)}` },
    ...portOperations(object, entry, others),
    ...annotationOperations(object, entry, others),
  ];
}

function portOperations(object: unknown, entry: Fields, others: readonly Fields[]): JsonPatchOperation[] {
  const ports = listAt(object, 'spec', 'ports');
  return ports
    .map((port, index) => ({ port, index }))
    .toReversed()
    .flatMap(({ port, index }) => {
      const key = portKey(port);
      const own = fieldsAt(entry, 'fieldsV1', 'f:spec', 'f:ports', key);
      if (Object.keys(own).length === 0 || textAt(port, 'name')?.startsWith(ownPortPrefix) !== true) return [];
      const shared = others.map((other) => fieldsAt(other, 'fieldsV1', 'f:spec', 'f:ports', key));
      if (shared.every((fields) => Object.keys(fields).length === 0)) return [removed(`/spec/ports/${index}`)];
      const nameIsOurs = Object.hasOwn(own, 'f:name') && !shared.some((fields) => Object.hasOwn(fields, 'f:name'));
      return nameIsOurs && !Object.hasOwn(own, 'f:targetPort') ? [removed(`/spec/ports/${index}/name`)] : [];
    });
}

function portKey(port: Fields): string {
  return `k:${JSON.stringify({ port: port['port'], protocol: port['protocol'] ?? 'TCP' })}`;
}

function annotationOperations(object: unknown, entry: Fields, others: readonly Fields[]): JsonPatchOperation[] {
  const present = fieldsAt(object, 'metadata', 'annotations');
  const ours = (from: Fields): Fields => fieldsAt(from, 'fieldsV1', 'f:metadata', 'f:annotations');
  return Object.keys(ours(entry))
    .filter((field) => field.startsWith('f:') && !others.some((other) => Object.hasOwn(ours(other), field)))
    .map((field) => field.slice(2))
    .filter((key) => Object.hasOwn(present, key) && SERVICE_ANNOTATIONS.some((prefix) => key.startsWith(prefix)))
    .map((key) => removed(`/metadata/annotations/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`));
}

function removed(path: string): JsonPatchOperation {
  return { op: 'remove', path };
}
