// Policy room: pieces of CEL, the language of admission policies. Builds text; knows no mesh and no policy.

/** A text literal. JSON's escapes are all known to CEL. */
export function text(value: string): string {
  return JSON.stringify(value);
}

/** A list of text literals. */
export function texts(values: readonly string[]): string {
  return `[${values.map(text).join(', ')}]`;
}

/** An annotation of an object such as `object` or `namespaceObject`; the default when it has none. */
export function annotation(object: string, key: string, otherwise = '""'): string {
  return `${object}.metadata.?annotations[?${text(key)}].orValue(${otherwise})`;
}

/** Whether an object has an annotation. */
export function hasAnnotation(object: string, key: string): string {
  return `${object}.metadata.?annotations[?${text(key)}].hasValue()`;
}

/** A label of an object; empty when it has none. */
export function label(object: string, key: string): string {
  return `${object}.metadata.?labels[?${text(key)}].orValue("")`;
}

/** Alternatives in order: the first whose condition holds. */
export function choose(cases: readonly (readonly [condition: string, value: string])[], otherwise: string): string {
  return cases.reduceRight((rest, [condition, value]) => `${condition} ? ${value} : (${rest})`, otherwise);
}

/** Every condition holds. */
export function all(conditions: readonly string[]): string {
  return conditions.length === 0 ? 'true' : conditions.join(' &&\n');
}

/** Some condition holds. */
export function any(conditions: readonly string[]): string {
  return conditions.length === 0 ? 'false' : conditions.map((condition) => `(${condition})`).join(' || ');
}

/** Lists one after the other. */
export function concatenated(lists: readonly string[]): string {
  return lists.length === 0 ? '[]' : lists.join(' +\n');
}
