// Translate room: what becomes of every field that a configuration has. Walks the document beside the mapping table.

import type { LinkerdConfig } from '../config/model.ts';
import { parseDtab } from '../dtab/parse.ts';
import { DtabSyntaxError } from '../dtab/syntax-error.ts';
import type { NameTree } from '../dtab/syntax.ts';
import type { Fate, MappingRow } from './mapping.ts';
import { rowOf } from './mapping-table.ts';

/** How a Service's policies are expressed. */
export type RouteMode = 'GatewayAPI' | 'ServiceProfile';

/** What becomes of one field. */
export interface FieldReport {
  /** As in the document: `routers[0].service.totalTimeoutMs`. */
  readonly path: string;
  /** The value or kind, where it decides. */
  readonly value?: string;
  readonly fate: Fate;
  readonly row: MappingRow;
}

/** Every field of the document with its fate. Fields inside a field that has one row for all of it are not listed on their own. */
export function reportFields(config: LinkerdConfig, mode: RouteMode): readonly FieldReport[] {
  const reports: FieldReport[] = [];
  walk(config.document, { path: '', field: '', prefix: '' }, (path, field, value) => {
    const row = rowOf(field, value);
    if (row) reports.push({ path, fate: fateOf(row, mode), row, ...(row.value === undefined ? {} : { value: row.value }) });
  });
  return reports;
}

/** The fate of a row in one mode. */
export function fateOf(row: MappingRow, mode: RouteMode): Fate {
  return mode === 'ServiceProfile' ? (row.serviceProfile ?? row.gateway) : row.gateway;
}

interface At {
  readonly path: string;
  /** Path without indexes and without `configs[]`, as in the table. */
  readonly field: string;
  /** Of the static block around it. */
  readonly prefix: string;
}

type Visit = (path: string, field: string, value: string | undefined) => void;

function walk(value: unknown, at: At, visit: Visit): void {
  if (at.field.endsWith('.dtab') && typeof value === 'string') {
    for (const construct of constructsOf(value)) visit(at.path, at.field, construct);
    return;
  }
  if (at.field !== '') visit(at.path, at.field, decidingValue(value, at));
  if (Array.isArray(value)) value.forEach((item: unknown, i) => walk(item, itemOf(at, i), visit));
  else if (typeof value === 'object' && value !== null) walkMap(value as Readonly<Record<string, unknown>>, at, visit);
}

function walkMap(map: Readonly<Record<string, unknown>>, at: At, visit: Visit): void {
  const prefix = typeof map['prefix'] === 'string' ? map['prefix'] : at.prefix;
  for (const [name, inner] of Object.entries(map)) {
    const path = at.path === '' ? name : `${at.path}.${name}`;
    walk(inner, { path, field: childField(at.field, name), prefix }, visit);
  }
}

/** `configs` of a static block stand for the block itself. */
function childField(parent: string, name: string): string {
  if (name === 'configs') return `${parent}.configs`;
  return parent === '' ? name : `${parent}.${name}`;
}

function itemOf(at: At, index: number): At {
  const field = at.field.endsWith('.configs')
    ? at.field.slice(0, -'.configs'.length)
    : at.field === 'routers[].identifier'
      ? at.field
      : `${at.field}[]`;
  return { ...at, path: `${at.path}[${index}]`, field };
}

function decidingValue(value: unknown, at: At): string | undefined {
  if (at.field === 'routers[].client.tls') return sideOf(at.prefix);
  if (typeof value === 'object' && value !== null) {
    const { kind } = value as { kind?: unknown };
    return typeof kind === 'string' ? kind : undefined;
  }
  return String(value);
}

function sideOf(prefix: string): string {
  if (/^\/(#|%)/.test(prefix)) return 'inside';
  return prefix.startsWith('/$') ? 'outside' : 'both';
}

/** What a dtab uses: Services, other names for them, unions, alternates, refusals, hosts outside. */
function constructsOf(dtab: string): ReadonlySet<string> {
  const found = new Set<string>();
  try {
    const table = parseDtab(dtab);
    for (const { dst } of table) addConstructs(dst, found);
    const prefixes = table.map(({ prefix }) => prefix.join('/'));
    if (new Set(prefixes).size < prefixes.length) found.add('alternate');
  } catch (error) {
    if (!(error instanceof DtabSyntaxError)) throw error;
  }
  return found;
}

function addConstructs(tree: NameTree, found: Set<string>): void {
  switch (tree.kind) {
    case 'leaf':
      found.add(leafConstruct(tree.path));
      break;
    case 'alt':
      found.add('alternate');
      for (const branch of tree.trees) addConstructs(branch, found);
      break;
    case 'union':
      found.add('union');
      for (const branch of tree.trees) addConstructs(branch.tree, found);
      break;
    case 'neg':
    case 'fail':
    case 'empty':
      found.add('refusal');
  }
}

function leafConstruct(path: readonly string[]): string {
  if (path[0] === '#') return 'service';
  const outside = path[0] === '$' && (path[1] === 'inet' || path[1] === 'io.buoyant.rinet');
  return outside ? 'outside' : 'alias';
}
