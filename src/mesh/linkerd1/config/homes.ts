// Config room: where a field belongs that stands in the wrong place. Knows the schema of the document, no text.

import type { Located } from './located.ts';
import type { Fields, Schema } from './schema.ts';
import { LINKER } from './schema-top.ts';

/** A place where a field of this name is known. */
export interface Home {
  /** The parent, as in `routers[].client`. */
  readonly parent: string;
  readonly schema: Schema;
}

let homes: ReadonlyMap<string, readonly Home[]> | undefined;

/** The best home for a field with this value, other than where it stands now. */
export function homeOf(name: string, value: Located, notIn: string): Home | undefined {
  homes ??= collect();
  const candidates = (homes.get(name) ?? []).filter((home) => home.parent !== notIn);
  const scored = candidates.map((home) => ({ home, score: fit(home.schema, value) }));
  scored.sort((a, b) => b.score - a.score);
  const [best] = scored;
  return best && best.score >= 0 ? best.home : undefined;
}

function collect(): ReadonlyMap<string, readonly Home[]> {
  const found = new Map<string, Home[]>();
  gather(LINKER, '', found);
  return found;
}

function gather(schema: Schema, path: string, into: Map<string, Home[]>): void {
  if (schema.type === 'list') gather(schema.of, `${path}[]`, into);
  for (const fields of fieldSets(schema)) {
    for (const [name, inner] of fields) {
      into.set(name, [...(into.get(name) ?? []), { parent: path, schema: inner }]);
      gather(inner, path === '' ? name : `${path}.${name}`, into);
    }
  }
}

function fieldSets(schema: Schema): readonly Fields[] {
  if (schema.type === 'object') return [schema.fields];
  if (schema.type === 'kind') return [schema.shared, ...[...schema.kinds.values()].map((kind) => kind.fields)];
  return [];
}

/** How well a value suits a schema: known fields count for, unknown ones against; another shape does not suit at all. */
function fit(schema: Schema, value: Located): number {
  if (schema.type === 'list') {
    if (value.kind !== 'list') return schema.orOne ? fit(schema.of, value) : -1;
    return value.items.slice(0, 20).reduce((sum, item) => sum + fit(schema.of, item), 0);
  }
  const sets = fieldSets(schema);
  if (sets.length === 0) return value.kind === 'scalar' ? 0 : -1;
  if (value.kind !== 'map') return -1;
  const known = (key: string): boolean => (schema.type === 'kind' && key === schema.by) || sets.some((fields) => fields.has(key));
  return value.entries.reduce((sum, entry) => sum + (known(entry.key) ? 1 : -2), 0);
}
