// The one place where statuses are made to fit what the API server takes of them. Its limits come with the CRDs. Texts are
// cut, lists end early; nothing is decided here. Pure.

import { statusLimits } from '../api/v1alpha1/status-limits.ts';

/** A kind that has a status of ours. */
export type StatusKind = keyof typeof statusLimits;

// etcd takes 1.5 MiB of an object with all that is kept beside the status.
const maximumBytes = 900_000;
const shortText = 200;

/**
 * The status as it can be stored; equal to what is given where that fits, and for what was cut before. Where many long texts
 * make it too big for one object, each of them is cut to 200 characters.
 */
export function withinLimits<S extends object>(status: S, kind: StatusKind): S {
  const limits: Readonly<Record<string, number>> = statusLimits[kind];
  const fits = bounded(status, '', (path) => limits[path]) as S;
  if (byteLength(fits) <= maximumBytes) return fits;
  return bounded(fits, '', (path, isText) => (isText ? Math.min(shortText, limits[path] ?? shortText) : limits[path])) as S;
}

type LimitAt = (path: string, isText: boolean) => number | undefined;

function bounded(value: unknown, path: string, limitAt: LimitAt): unknown {
  if (typeof value === 'string') return cut(value, limitAt(path, true));
  if (Array.isArray(value)) return value.slice(0, limitAt(path, false)).map((entry) => bounded(entry, `${path}[]`, limitAt));
  if (typeof value !== 'object' || value === null) return value;
  const fields = Object.entries(value).map(
    ([name, field]) => [name, bounded(field, path === '' ? name : `${path}.${name}`, limitAt)] as const,
  );
  return Object.fromEntries(fields);
}

/** The text, or its beginning with an ellipsis. The API server counts Unicode code points, not bytes. */
export function cut(text: string, limit: number | undefined): string {
  if (limit === undefined || text.length <= limit) return text;
  const characters = Array.from(text);
  return characters.length <= limit ? text : `${characters.slice(0, limit - 1).join('')}…`;
}

function byteLength(value: unknown): number {
  return new TextEncoder().encode(JSON.stringify(value)).length;
}
