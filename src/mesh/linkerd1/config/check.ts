// Config room: a document against its schema: every unknown field and kind with place and probable intention, every value of the
// wrong type or range. Gives back the values that are right. Knows no meaning beyond the schema.

import type { ConfigFinding, Place, Severity } from './finding.ts';
import { shorten } from './finding.ts';
import { homeOf } from './homes.ts';
import { lintPrefix } from './lint-path.ts';
import type { Located, LocatedMap, LocatedScalar } from './located.ts';
import { readScalar } from './scalar.ts';
import type { Fields, Kind, KindSchema, Schema } from './schema.ts';
import { CONFIG_JSON_LEFTOVERS } from './schema-top.ts';
import { suggestField, suggestKind } from './suggest.ts';

/** A dtab that was met on the way, for whoever can say which namers it may use. */
export interface SeenDtab {
  readonly path: string;
  readonly scalar: LocatedScalar;
  readonly text: string;
}

/** More mistakes than these help nobody. */
export const MAX_FINDINGS = 200;
const MORE = `there are more than ${MAX_FINDINGS} mistakes; the others are not listed.`;

/** Checks values and gathers findings. One instance a document. */
export class Checker {
  readonly findings: ConfigFinding[] = [];
  readonly dtabs: SeenDtab[] = [];
  /** Place of every value that was checked, by its path. */
  readonly places = new Map<string, Place>();

  /** @returns the value without what is wrong; undefined when nothing is left */
  check(schema: Schema, value: Located, path: string): unknown {
    this.places.set(path, value.place);
    if (value.kind === 'scalar' && value.value === null) return undefined;
    switch (schema.type) {
      case 'object':
        return this.map(value, path, { what: lastName(path), fields: schema.fields, required: schema.required ?? [] });
      case 'kind':
        return this.kind(schema, value, path);
      case 'list':
        return this.list(schema.of, schema.orOne === true, value, path);
      case 'anything':
        return value.kind === 'scalar' ? value.value : {};
      default:
        return this.scalar(schema, value, path);
    }
  }

  add(severity: Severity, at: { path: string; place: Place; value: unknown }, message: string, suggestion?: string): void {
    if (this.findings.length >= MAX_FINDINGS) {
      this.overflow(severity, at);
      return;
    }
    const finding = { severity, path: at.path, place: at.place, value: shorten(at.value), message: `${message}.` };
    this.findings.push(suggestion === undefined ? finding : { ...finding, suggestion });
  }

  /** The last finding says that there are more, and is as bad as the worst of them. */
  private overflow(severity: Severity, at: { path: string; place: Place; value: unknown }): void {
    const last = this.findings.at(-1);
    const worse = severity === 'refused' || last?.message !== MORE ? severity : last.severity;
    this.findings.splice(MAX_FINDINGS - 1, 1, { severity: worse, path: at.path, place: at.place, value: '', message: MORE });
  }

  private list(of: Schema, orOne: boolean, value: Located, path: string): unknown {
    if (value.kind !== 'list') {
      if (orOne) return [this.check(of, value, path)].filter((item) => item !== undefined);
      return this.wrongShape(value, path, 'a list');
    }
    return value.items.flatMap((item, i) => {
      const checked = this.check(of, item, `${path}[${i}]`);
      return checked === undefined ? [] : [checked];
    });
  }

  private kind(schema: KindSchema, value: Located, path: string): unknown {
    if (value.kind !== 'map') return this.wrongShape(value, path, `a map with ${schema.by}`);
    const chosen = this.choose(schema, value, path);
    if (chosen === undefined) return undefined;
    const { name, kind } = chosen;
    const what = `${schema.what} ${name}`;
    const deciding: Fields = new Map([[schema.by, { type: 'text' }]]);
    if (kind.open === true)
      return {
        [schema.by]: name,
        ...(this.map(known(value, schema.shared), path, { what, fields: schema.shared, required: [] }) as object),
      };
    const fields: Fields = new Map([...deciding, ...schema.shared, ...kind.fields]);
    const read = this.map(value, path, { what, fields, required: kind.required ?? [] });
    if (kind.experimental === true && (read as { experimental?: unknown }).experimental !== true) {
      this.add(
        'refused',
        { path, place: value.place, value: name },
        `${name} is experimental and refused without experimental: true`,
        'experimental: true',
      );
    }
    return { ...(read as object), [schema.by]: name };
  }

  private choose(schema: KindSchema, value: LocatedMap, path: string): { name: string; kind: Kind } | undefined {
    const written = value.entries.findLast((candidate) => candidate.key === schema.by)?.value;
    const name = textOf(written) ?? schema.byDefault;
    const known = [...schema.kinds.keys()];
    if (name === undefined) {
      const at = { path, place: value.place, value: '' };
      this.add('refused', at, `the ${schema.what} has no ${schema.by}`, `${schema.by}: one of ${known.join(', ')}`);
      return undefined;
    }
    const kind = schema.kinds.get(name);
    if (kind) return { name, kind };
    const at = { path: join(path, schema.by), place: written?.place ?? value.place, value: name };
    const meant = suggestKind(name, known) ?? `one of ${known.join(', ')}`;
    this.add('refused', at, `there is no ${schema.what} ${shorten(name)}; Linkerd 1 does not start with it`, meant);
    return undefined;
  }

  /** Checks the entries of a map. */
  map(value: Located, path: string, of: { what: string; fields: Fields; required: readonly string[] }): unknown {
    if (value.kind !== 'map') return this.wrongShape(value, path, 'a map');
    const read: Record<string, unknown> = {};
    const seen = new Set<string>();
    for (const entry of value.entries) {
      const at = { path: join(path, entry.key), place: entry.keyPlace, value: entry.key };
      if (seen.has(entry.key)) this.add('note', at, `${shorten(entry.key)} is written twice; Linkerd 1 takes the last one`);
      seen.add(entry.key);
      const schema = of.fields.get(entry.key);
      if (!schema) this.unknownField(entry, at, { ...of, parent: path });
      else {
        const checked = this.check(schema, entry.value, at.path);
        if (checked !== undefined) read[entry.key] = checked;
      }
    }
    for (const name of of.required) {
      if (!seen.has(name))
        this.add('refused', { path, place: value.place, value: '' }, `${of.what} has no ${name}`, `${name}: …`);
    }
    return read;
  }

  private unknownField(
    entry: LocatedMap['entries'][number],
    at: { path: string; place: Place; value: string },
    of: { what: string; fields: Fields; parent: string },
  ): void {
    if (CONFIG_JSON_LEFTOVERS.has(entry.key)) return;
    const home = homeOf(entry.key, entry.value, of.parent.replace(/\[\d+\]/g, '[]'));
    const key = shorten(entry.key);
    if (home) {
      const belongs = home.parent === '' ? 'at the top of the document' : `under ${home.parent}`;
      this.add('refused', at, `${key} stands in the wrong place: it is no field of ${of.what}`, `${key} ${belongs}`);
      this.check(home.schema, entry.value, at.path);
      return;
    }
    const meant = suggestField(entry.key, of.fields.keys());
    this.add(
      'refused',
      at,
      `${of.what} has no field ${key}; Linkerd 1 does not start with it`,
      meant ?? `one of ${[...of.fields.keys()].join(', ')}`,
    );
  }

  private scalar(schema: Schema, value: Located, path: string): unknown {
    if (value.kind !== 'scalar') return this.wrongShape(value, path, 'a single value');
    const read = readScalar(schema, value.value);
    const at = { path, place: value.place, value: value.value };
    if (!read.ok) {
      this.add(read.severity, at, read.message, read.suggestion);
      return undefined;
    }
    if (schema.type === 'dtab' && typeof read.value === 'string') this.dtabs.push({ path, scalar: value, text: read.value });
    if (schema.type === 'prefixPath' && typeof read.value === 'string') {
      const complaint = lintPrefix(read.value);
      if (complaint) this.add(complaint.works ? 'note' : 'noEffect', at, complaint.message, complaint.suggestion);
    }
    return read.value;
  }

  private wrongShape(value: Located, path: string, wanted: string): unknown {
    const found = value.kind === 'scalar' ? shorten(value.value) : `a ${value.kind}`;
    this.add('refused', { path, place: value.place, value: found }, `${lastName(path)} must be ${wanted}, not ${found}`, wanted);
    return undefined;
  }
}

function textOf(value: Located | undefined): string | undefined {
  return value?.kind === 'scalar' && typeof value.value === 'string' ? value.value : undefined;
}

function known(value: LocatedMap, fields: Fields): LocatedMap {
  return { ...value, entries: value.entries.filter((entry) => fields.has(entry.key)) };
}

function join(path: string, key: string): string {
  const shown = shorten(key);
  return path === '' ? shown : `${path}.${shown}`;
}

function lastName(path: string): string {
  return path === '' ? 'the document' : path.slice(path.lastIndexOf('.') + 1);
}
