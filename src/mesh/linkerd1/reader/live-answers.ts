// Reader room: asks a running Linkerd 1 (/delegator.json) or namerd (/api/1/delegate) where names lead and compares with what it should
// answer. A name is asked once a reading, whoever needs it.

import type { NamesIo } from '../../names.ts';
import { arrayAt, fieldsAt, listAt, textAt } from '../../pod-parts.ts';
import type { DelegateTree } from '../dtab/delegate-tree.ts';
import { evaluate } from '../dtab/evaluate.ts';
import type { Outcome } from '../dtab/outcome.ts';
import { outcomeOf } from '../dtab/outcome.ts';
import { parsePath } from '../dtab/parse.ts';
import type { NamingWorld } from '../translate/world.ts';

/** What the comparison showed. */
export type LiveComparison =
  | { readonly kind: 'same' }
  /** A sentence, and the bound names that it leads to. */
  | { readonly kind: 'other'; readonly name: string; readonly message: string; readonly bound: readonly string[] }
  | { readonly kind: 'unknown'; readonly name: string; readonly why: string };

/** A running Linkerd 1. */
export interface LiveLinkerd {
  readonly http: NamesIo['http'];
  /** Base addresses of admin servers that answered; the first that answers is asked. */
  readonly bases: readonly string[];
  readonly timeoutMs: number;
}

/** Compares names, some at a time. */
export interface LiveAnswers {
  compare(world: NamingWorld, by: Delegator, logicalNames: readonly string[]): Promise<readonly LiveComparison[]>;
}

/** Who is asked: Linkerd 1 itself with its dtab, or namerd, which has the dtab, at the address where it tells. */
export type Delegator = { readonly dtab: string } | { readonly namerd: string };

const MAX_BYTES = 1024 * 1024;
const AT_ONCE = 8;

/** Answers of a running Linkerd 1. */
export function liveAnswers(live: LiveLinkerd): LiveAnswers {
  const asked = new Map<string, Promise<LiveComparison>>();
  const once = (world: NamingWorld, by: Delegator, name: string): Promise<LiveComparison> => {
    const key = `${world.router.label} ${name}`;
    const answer = asked.get(key) ?? compareOne(live, world, { by, name });
    asked.set(key, answer);
    return answer;
  };
  return {
    async compare(world, by, logicalNames) {
      const names = [...new Set(logicalNames)];
      const found: LiveComparison[] = [];
      const waiting = names.values();
      const worker = async (): Promise<void> => {
        for (const name of waiting) found.push(await once(world, by, name));
      };
      await Promise.all(Array.from({ length: Math.min(AT_ONCE, names.length) }, worker));
      return found;
    },
  };
}

async function compareOne(
  live: LiveLinkerd,
  world: NamingWorld,
  { by, name }: { by: Delegator; name: string },
): Promise<LiveComparison> {
  const tree =
    'namerd' in by ? await askNamerd(live, world, { address: by.namerd, name }) : await askLinkerd(live, world, { ...by, name });
  if (typeof tree === 'string') return { kind: 'unknown', name, why: tree };
  const expected = evaluate(world.names, parsePath(name));
  if (!expected.ok) return { kind: 'unknown', name, why: expected.message };
  const outcome = outcomeOf(tree);
  const [now, then] = [shown(outcome), shown(outcomeOf(expected.tree))];
  if (now === then) return { kind: 'same' };
  const bound = outcome.kind === 'bound' ? outcome.leaves.map(({ leaf }) => leaf.bound.id) : [];
  const who = 'namerd' in by ? 'namerd' : 'Linkerd 1';
  return { kind: 'other', name, message: `${who} leads ${name} to ${now}, not to ${then}`, bound };
}

// Addresses move by themselves; names and shares do not.
function shown(outcome: Outcome): string {
  if (outcome.kind !== 'bound') return outcome.kind === 'exception' ? 'an error' : `nothing (${outcome.kind})`;
  return outcome.leaves
    .map(({ leaf, share }) => (share === 1 ? leaf.bound.id : `${Math.round(share * 1000) / 10} % ${leaf.bound.id}`))
    .toSorted()
    .join(', ');
}

// Of namerd's documentation (interface.md); the answer is the same tree as Linkerd 1's.
async function askNamerd(
  { http, timeoutMs }: LiveLinkerd,
  { router }: NamingWorld,
  { address, name }: { address: string; name: string },
): Promise<DelegateTree | string> {
  const own = router.dtab === '' ? '' : `&dtab=${encodeURIComponent(router.dtab)}`;
  try {
    const url = `${address}?path=${encodeURIComponent(name)}${own}`;
    const { status, body } = await http(url, { timeoutMs, maximumBytes: MAX_BYTES });
    return status === 200 ? treeOf(JSON.parse(body)) : `namerd answers ${status} to ${address}`;
  } catch (error) {
    return `namerd does not answer at ${address}: ${error instanceof Error ? error.message : String(error)}`;
  }
}

async function askLinkerd(
  { http, bases, timeoutMs }: LiveLinkerd,
  { router }: NamingWorld,
  { dtab, name }: { dtab: string; name: string },
): Promise<DelegateTree | string> {
  const query = { namespace: router.label, dtab, path: name };
  let why = 'no l5d pod answers';
  for (const base of bases.slice(0, 2)) {
    try {
      const { status, body } = await http(`${base}/delegator.json`, {
        timeoutMs,
        maximumBytes: MAX_BYTES,
        json: JSON.stringify(query),
      });
      if (status === 200) return treeOf(JSON.parse(body));
      why = status === 404 ? '/delegator.json is hidden (404)' : `/delegator.json answers ${status}: ${body.slice(0, 120)}`;
    } catch (error) {
      why = `/delegator.json does not answer: ${error instanceof Error ? error.message : String(error)}`;
    }
  }
  return why;
}

const TYPES: ReadonlySet<unknown> = new Set([
  'delegate',
  'leaf',
  'alt',
  'union',
  'neg',
  'fail',
  'empty',
  'exception',
  'transformation',
]);

// It comes from another program: what does not look like a tree is none.
function treeOf(value: unknown): DelegateTree {
  if (typeof value !== 'object' || value === null || !('type' in value) || !TYPES.has(value.type))
    throw new Error('its answer is no tree');
  const tree = value as Readonly<Record<string, unknown>>;
  const isNamed = value.type === 'leaf' || value.type === 'transformation';
  if (isNamed && textAt(fieldsAt(tree, 'bound'), 'id') === undefined) throw new Error('its answer has a leaf without a name');
  for (const below of [...arrayAt(tree, 'alt'), ...listAt(tree, 'union').map((branch) => branch['tree'])]) treeOf(below);
  if (value.type === 'delegate') treeOf(tree['delegate']);
  return value as DelegateTree;
}
