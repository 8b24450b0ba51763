// Reading fields of objects whose shape is not known to the type checker. What is not there, or of another type, is absent.

/** A JSON object. */
export type Fields = Readonly<Record<string, unknown>>;

/** The object at a path; empty where there is none. */
export function fieldsAt(from: unknown, ...path: readonly string[]): Fields {
  let at: unknown = from;
  for (const segment of path) at = isFields(at) && Object.hasOwn(at, segment) ? at[segment] : undefined;
  return isFields(at) ? at : {};
}

/** The number at a path. */
export function numberAt(from: unknown, ...path: readonly string[]): number | undefined {
  const value = valueAt(from, path);
  return typeof value === 'number' ? value : undefined;
}

/** The text at a path. */
export function textAt(from: unknown, ...path: readonly string[]): string | undefined {
  const value = valueAt(from, path);
  return typeof value === 'string' ? value : undefined;
}

/** True only where true stands at a path. */
export function flagAt(from: unknown, ...path: readonly string[]): boolean {
  return valueAt(from, path) === true;
}

/** The list of objects at a path; empty where there is none. */
export function listAt(from: unknown, ...path: readonly string[]): readonly Fields[] {
  const value = valueAt(from, path);
  return Array.isArray(value) ? value.filter(isFields) : [];
}

/** A number, or a percentage of a whole as Kubernetes writes it ("25%"). */
export function countAt(
  from: unknown,
  whole: number,
  round: (n: number) => number,
  ...path: readonly string[]
): number | undefined {
  const value = valueAt(from, path);
  if (typeof value === 'number') return value;
  const percent = typeof value === 'string' ? /^(\d+)%$/.exec(value)?.[1] : undefined;
  return percent === undefined ? undefined : round((Number(percent) * whole) / 100);
}

function valueAt(from: unknown, path: readonly string[]): unknown {
  const last = path.at(-1);
  if (last === undefined) return from;
  const holder = fieldsAt(from, ...path.slice(0, -1));
  return Object.hasOwn(holder, last) ? holder[last] : undefined;
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
