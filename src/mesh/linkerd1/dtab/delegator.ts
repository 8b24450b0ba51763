// Dtab room: the front door, answering as Linkerd 1's /delegator.json does: status and body for namespace, dtab and path.

import type { DelegateTree } from './delegate-tree.ts';
import { evaluate } from './evaluate.ts';
import type { Namer } from './namer.ts';
import { parseDtab, parsePath } from './parse.ts';
import { DtabSyntaxError } from './syntax-error.ts';
import { DentryTable } from './table.ts';
import type { Transformation } from './transform.ts';
import { transform } from './transform.ts';

/** One question. */
export interface DelegationRequest {
  /** Label of a router; absent: no configured namers, as in Linkerd 1. */
  readonly namespace?: string;
  /** The router's own dtab is not applied: send it. */
  readonly dtab: string;
  readonly path: string;
}

/** One answer. `message` is ours; `original` is the body that Linkerd 1 sends with this status, as far as recorded. */
export type DelegationAnswer =
  | { readonly status: 200; readonly tree: DelegateTree }
  | { readonly status: 400 | 500 | 501; readonly message: string; readonly original: string };

/** What a router brings along. */
export interface RouterNames {
  readonly namers: readonly Namer[];
  readonly transformations: readonly Transformation[];
}

/** Answers one question. Never throws. */
export function answerDelegation(routers: ReadonlyMap<string, RouterNames>, request: DelegationRequest): DelegationAnswer {
  const names = request.namespace === undefined || request.namespace === '' ? NO_ROUTER : routers.get(request.namespace);
  if (!names) {
    const known = [...routers.keys()].map((label) => JSON.stringify(label)).join(', ');
    const namespace = String(request.namespace).slice(0, 100);
    return {
      status: 501,
      message: `no router is called ${JSON.stringify(namespace)}; the configuration has ${known === '' ? 'none' : known}`,
      original: `Name Interpreter for ${namespace} cannot show delegations`,
    };
  }
  const dtab = reading('dtab', () => parseDtab(request.dtab));
  if (!dtab.ok) return dtab.answer;
  const path = reading('path', () => parsePath(request.path));
  if (!path.ok) return path.answer;
  const found = evaluate({ table: new DentryTable(dtab.value), namers: names.namers }, path.value);
  if (!found.ok) return { status: 500, message: found.message, original: '' };
  return { status: 200, tree: transform(found.tree, names.transformations) };
}

const NO_ROUTER: RouterNames = { namers: [], transformations: [] };

type Reading<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly answer: DelegationAnswer };

function reading<T>(what: 'dtab' | 'path', read: () => T): Reading<T> {
  try {
    return { ok: true, value: read() };
  } catch (error) {
    if (!(error instanceof DtabSyntaxError)) throw error;
    return {
      ok: false,
      answer: { status: 400, message: `${what}: ${error.message}`, original: `Invalid ${what}: ${error.original}` },
    };
  }
}
