/**
 * The part of JSON Patch (RFC 6902) that admission webhooks answer with: add, replace, remove. Used by stand-ins and by tests that
 * want to see the patched object. It knows no Kubernetes.
 */

/** One operation of a JSON Patch. */
export type PatchOperation =
  | { readonly op: 'add' | 'replace'; readonly path: string; readonly value: unknown }
  | { readonly op: 'remove'; readonly path: string };

type Container = Record<string, unknown> | unknown[];

/** A copy of the document with the operations done in order. Throws naming the path when its parent does not exist. */
export function applyPatch<T>(document: T, patch: readonly PatchOperation[]): T {
  const copy = structuredClone(document);
  for (const operation of patch) applyOne(copy as Container, operation);
  return copy;
}

function applyOne(root: Container, operation: PatchOperation): void {
  const segments = operation.path
    .split('/')
    .slice(1)
    .map((segment) => segment.replaceAll('~1', '/').replaceAll('~0', '~'));
  const last = segments.pop() ?? '';
  let parent: unknown = root;
  for (const segment of segments) {
    parent = typeof parent === 'object' && parent !== null ? (parent as Record<string, unknown>)[segment] : undefined;
  }
  if (typeof parent !== 'object' || parent === null) throw new Error(`${operation.path}: its parent does not exist`);
  const value = operation.op === 'remove' ? undefined : structuredClone(operation.value);
  if (Array.isArray(parent)) patchList(parent, last, { ...operation, value });
  else if (operation.op === 'remove') Reflect.deleteProperty(parent, last);
  else (parent as Record<string, unknown>)[last] = value;
}

function patchList(list: unknown[], last: string, operation: { op: PatchOperation['op']; value: unknown }): void {
  const index = last === '-' ? list.length : Number(last);
  if (operation.op === 'add') list.splice(index, 0, operation.value);
  else if (operation.op === 'replace') list[index] = operation.value;
  else list.splice(index, 1);
}
