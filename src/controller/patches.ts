// JSON Patches for keys: each tests what it was decided on, so that somebody else's edit in between wins. Pure.
// RFC 6902; a failing test refuses the whole patch.

import type { Action, KeyChange } from '../core/action.ts';
import type { JsonPatchOperation, KubeObject } from '../kube/object.ts';
import { fieldsAt, numberAt } from '../core/fields.ts';
import { templatePath } from './kinds.ts';

/** The patch of a template's keys; undefined where it is another object, or nothing is left to change. */
export function keyOperations(live: KubeObject, action: Action & { kind: 'restoreTemplate' }): JsonPatchOperation[] | undefined {
  if (live.metadata.uid !== action.workload.uid) return undefined;
  const path = [...templatePath(action.workload.kind), 'metadata'];
  const changes = mapOperations(live, path, 'annotations', action.changes);
  const drop = action.dropMinReadySeconds && numberAt(live, 'spec', 'minReadySeconds') !== undefined;
  const operations = [...changes, ...(drop ? [{ op: 'remove' as const, path: '/spec/minReadySeconds' }] : [])];
  return operations.length === 0 ? undefined : [...identity(live), ...operations];
}

/** The patch of a namespace's keys; undefined where nothing is left to change. */
export function namespaceOperations(
  live: KubeObject,
  action: Action & { kind: 'changeNamespace' },
): JsonPatchOperation[] | undefined {
  const operations = [
    ...mapOperations(live, ['metadata'], 'labels', action.labels),
    ...mapOperations(live, ['metadata'], 'annotations', action.annotations),
  ];
  return operations.length === 0 ? undefined : [...identity(live), ...operations];
}

function identity(live: KubeObject): JsonPatchOperation[] {
  const version = live.metadata.resourceVersion;
  const tests: JsonPatchOperation[] = [{ op: 'test', path: '/metadata/uid', value: live.metadata.uid }];
  return version === undefined ? tests : [...tests, { op: 'test', path: '/metadata/resourceVersion', value: version }];
}

function mapOperations(
  live: KubeObject,
  parent: readonly string[],
  map: string,
  changes: readonly KeyChange[],
): JsonPatchOperation[] {
  const holder = fieldsAt(live, ...parent);
  const values = fieldsAt(holder, map);
  const at = pointer([...parent, map]);
  const needed = changes.filter((change) => values[change.key] !== change.to);
  const absent = !Object.hasOwn(holder, map) && needed.some((change) => change.to !== undefined);
  const create: JsonPatchOperation[] = absent ? [...createParents(live, parent), { op: 'add', path: at, value: {} }] : [];
  return [...create, ...needed.flatMap((change) => changeOperations(at, change, values[change.key]))];
}

function createParents(live: KubeObject, parent: readonly string[]): JsonPatchOperation[] {
  const last = parent.at(-1);
  if (last === undefined || Object.hasOwn(fieldsAt(live, ...parent.slice(0, -1)), last)) return [];
  return [{ op: 'add', path: pointer(parent), value: {} }];
}

function changeOperations(at: string, change: KeyChange, found: unknown): JsonPatchOperation[] {
  const path = `${at}/${escaped(change.key)}`;
  const test: JsonPatchOperation[] = change.from === undefined ? [] : [{ op: 'test', path, value: change.from }];
  if (change.to !== undefined) return [...test, { op: 'add', path, value: change.to }];
  return found === undefined ? [] : [...test, { op: 'remove', path }];
}

function pointer(segments: readonly string[]): string {
  return segments.map((segment) => `/${escaped(segment)}`).join('');
}

function escaped(segment: string): string {
  return segment.replaceAll('~', '~0').replaceAll('/', '~1');
}
