// Observer: reading fields of objects whose shape nobody promised. What is not there, or of another type, is absent.

/** A JSON object. */
export type Fields = Readonly<Record<string, unknown>>;

/** The value at a path; undefined where there is none. */
export function valueAt(from: unknown, ...path: readonly string[]): unknown {
  let at: unknown = from;
  for (const segment of path) at = isFields(at) && Object.hasOwn(at, segment) ? at[segment] : undefined;
  return at;
}

/** The object at a path; empty where there is none. */
export function fieldsAt(from: unknown, ...path: readonly string[]): Fields {
  const value = valueAt(from, ...path);
  return isFields(value) ? value : {};
}

/** The texts of the map at a path; empty where there is none. */
export function textsAt(from: unknown, ...path: readonly string[]): Readonly<Record<string, string>> {
  const entries = Object.entries(fieldsAt(from, ...path));
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
}

/** The text at a path. */
export function textAt(from: unknown, ...path: readonly string[]): string | undefined {
  const value = valueAt(from, ...path);
  return typeof value === 'string' ? value : undefined;
}

/** The number at a path. */
export function numberAt(from: unknown, ...path: readonly string[]): number | undefined {
  const value = valueAt(from, ...path);
  return typeof value === 'number' ? value : undefined;
}

/** The list of objects at a path; empty where there is none. */
export function listAt(from: unknown, ...path: readonly string[]): readonly Fields[] {
  const value = valueAt(from, ...path);
  return Array.isArray(value) ? value.filter(isFields) : [];
}

/** A JSON object and no list. */
export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
