// Kube room: URLs of the API. Nothing enters a path unchecked or unencoded. Pure; it does no I/O.
import { KubeError } from './kube-error.ts';
import type { Selection } from './client.ts';
import type { ObjectRef } from './object.ts';
import { resourceNameOf } from './resource-kind.ts';
import type { ResourceKind } from './resource-kind.ts';

/** What may stand behind the '?', undefined values left out. */
export type Query = Readonly<Record<string, string | number | boolean | undefined>>;

/** An object or a collection, as far as the caller can name it. */
export interface Place {
  readonly name?: string | undefined;
  readonly namespace?: string | undefined;
}

/** Path of a collection: of one namespace, or of all when `namespace` is undefined. */
export function collectionPath(kind: ResourceKind, namespace: string | undefined): string {
  const root = kind.group === '' ? `/api/${segment('version', kind.version)}` : groupRoot(kind);
  const within = kind.namespaced && namespace !== undefined ? `/namespaces/${segment('namespace', namespace)}` : '';
  return `${root}${within}/${segment('plural', kind.plural)}`;
}

/** Path of one object, and of a subresource of it. A namespaced kind needs `ref.namespace`. */
export function objectPath(kind: ResourceKind, ref: ObjectRef, subresource?: string): string {
  if (kind.namespaced && ref.namespace === undefined) {
    throw badRequest('namespace', 'undefined', `${kind.kind} is namespaced: say which namespace`);
  }
  const suffix = subresource === undefined ? '' : `/${segment('subresource', subresource)}`;
  return `${collectionPath(kind, ref.namespace)}/${segment('name', ref.name)}${suffix}`;
}

/** `path?query`; a query without values leaves the path as it is. */
export function withQuery(path: string, query: Query): string {
  const parameters = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) {
    if (value !== undefined) parameters.set(key, String(value));
  }
  const tail = parameters.toString();
  return tail === '' ? path : `${path}?${tail}`;
}

/** The query part of a selection. */
export function selectionQuery(selection: Selection): Query {
  return { labelSelector: selection.labelSelector, fieldSelector: selection.fieldSelector };
}

/** How an error names the object of a call, e.g. 'deployments.apps shop/cart'. */
export function describeTarget(kind: ResourceKind, ref: Place): string {
  const place = [ref.namespace, ref.name].filter((part) => part !== undefined).join('/');
  return place === '' ? resourceNameOf(kind) : `${resourceNameOf(kind)} ${place}`;
}

function groupRoot(kind: ResourceKind): string {
  return `/apis/${segment('group', kind.group)}/${segment('version', kind.version)}`;
}

// The server's own rule for path segments: not '.', not '..', no '/' and no '%'. Empty would address the collection.
function segment(field: string, value: string): string {
  if (value === '' || value === '.' || value === '..' || /[/%\\\s]/.test(value)) {
    throw badRequest(
      field,
      JSON.stringify(value),
      "use a Kubernetes name: not empty, not '.' or '..', without '/', '%' or spaces",
    );
  }
  return encodeURIComponent(value);
}

function badRequest(field: string, value: string, fix: string): KubeError {
  return new KubeError({ kind: 'invalid', reason: 'InvalidRequest', message: `${field} is ${value}; ${fix}` });
}
