// Policy room: annotations and labels that a transform sets, as a CEL list of JSONPatch.

import { concatenated, text } from './cel.ts';

/** Keys to set on one map of the metadata; the map is created where it is missing. */
export interface KeysExpression {
  map: 'annotations' | 'labels';
  unlessPresent: Readonly<Record<string, string>>;
  whatever: Readonly<Record<string, string>>;
}

/** A list of JSONPatch; undefined when there is nothing to set. */
export function setKeysExpression({ map, unlessPresent, whatever }: KeysExpression): string | undefined {
  const conditional = Object.entries(unlessPresent).map(
    ([key, value]) => `(object.metadata.?${map}[?${text(key)}].hasValue() ? [] : [${addition(map, key, value)}])`,
  );
  const always = Object.entries(whatever).map(([key, value]) => `[${addition(map, key, value)}]`);
  const additions = [...conditional, ...always];
  if (additions.length === 0) return undefined;
  const created = `(has(object.metadata.${map}) ? [] : [JSONPatch{op: "add", path: "/metadata/${map}", value: {}}])`;
  return concatenated([created, ...additions]);
}

function addition(map: string, key: string, value: string): string {
  return `JSONPatch{op: "add", path: "/metadata/${map}/" + jsonpatch.escapeKey(${text(key)}), value: ${text(value)}}`;
}
