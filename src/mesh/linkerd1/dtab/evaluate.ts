// Dtab room: what becomes of a name: last dentry first, alternates, unions, then configured namers, then the built-in ones.
// Total: every name ends in a tree or in TooMuchWork. No I/O.

import { Budget, TooMuchWork } from './budget.ts';
import type { DelegateTree, ShownDentry } from './delegate-tree.ts';
import { lookupGlobally } from './global-namer.ts';
import type { Lookup, Namer } from './namer.ts';
import type { Path } from './path.ts';
import { showPath, startsWith } from './path.ts';
import type { NameTree } from './syntax.ts';
import type { DentryTable, Match } from './table.ts';

/** What names are looked up in. */
export interface NameTable {
  readonly table: DentryTable;
  /** In the order of the configuration; the first that knows a name wins. */
  readonly namers: readonly Namer[];
}

/** A tree, or why there is none. */
export type Evaluation = { readonly ok: true; readonly tree: DelegateTree } | { readonly ok: false; readonly message: string };

/** Evaluates one name. Never throws. */
export function evaluate(names: NameTable, path: Path): Evaluation {
  try {
    return { ok: true, tree: new Evaluator(names).resolve(path, undefined, 0) };
  } catch (error) {
    if (error instanceof TooMuchWork) return { ok: false, message: error.message };
    throw error;
  }
}

class Evaluator {
  private readonly names: NameTable;
  private readonly budget = new Budget();

  constructor(names: NameTable) {
    this.names = names;
  }

  /** @param dentry the one that led here; absent at the root */
  resolve(path: Path, dentry: ShownDentry | undefined, depth: number): DelegateTree {
    this.budget.lookup(depth, path.length);
    const matches = this.names.table.lookup(path, (work) => this.budget.spend(work));
    const shown = showPath(path);
    const [only] = matches;
    if (only === undefined) return this.fromNamer(path, shown, dentry, depth);
    if (matches.length === 1) return collapse(this.node(shown, dentry), this.fromMatch(only, path, shown, depth));
    const alt = matches.map((match) => this.fromMatch(match, path, shown, depth));
    return { type: 'alt', ...this.node(shown, dentry), alt: alt.flatMap((tree) => flattened(tree, shown)) };
  }

  private fromMatch(match: Match, path: Path, shown: string, depth: number): DelegateTree {
    const residual = path.slice(match.dentry.prefix.length);
    return this.fromTree(match.dentry.dst, { residual, path, shown, dentry: match.shown, depth });
  }

  private fromTree(tree: NameTree, at: At): DelegateTree {
    switch (tree.kind) {
      case 'leaf':
        return this.resolve([...tree.path, ...at.residual], at.dentry, at.depth + 1);
      case 'alt':
        return {
          type: 'alt',
          ...this.node(at.shown, at.dentry),
          alt: tree.trees.flatMap((t) => flattened(this.fromTree(t, at), at.shown)),
        };
      case 'union':
        return {
          type: 'union',
          ...this.node(at.shown, at.dentry),
          union: tree.trees.map((branch) => ({ weight: branch.weight, tree: this.fromTree(branch.tree, at) })),
        };
      case 'neg':
        return { type: 'neg', ...this.node('~', at.dentry) };
      case 'fail':
        return { type: 'fail', ...this.node(startsWith(at.path, ['$', 'fail']) ? at.shown : '!', at.dentry) };
      case 'empty':
        return { type: 'empty', ...this.node(at.shown, at.dentry) };
    }
  }

  private fromNamer(path: Path, shown: string, dentry: ShownDentry | undefined, depth: number): DelegateTree {
    const found = this.lookup(path);
    switch (found.kind) {
      case 'rewrite':
        return this.resolve(found.path, dentry, depth + 1);
      case 'bound':
        return {
          type: 'leaf',
          ...this.node(shown, dentry),
          bound: { addr: found.addr, id: showPath(found.id), path: showPath(found.residual) },
        };
      case 'exception':
        return { type: 'exception', ...this.node(shown, dentry), message: found.message };
      case 'neg':
      case 'fail':
      case 'empty':
        return { type: found.kind, ...this.node(shown, dentry) };
    }
  }

  private lookup(path: Path): Lookup {
    for (const namer of this.names.namers) {
      if (!startsWith(path, namer.prefix)) continue;
      const found = namer.lookup(path.slice(namer.prefix.length));
      if (found.kind !== 'neg') return found;
    }
    return lookupGlobally(path);
  }

  private node(path: string, dentry: ShownDentry | undefined): { path: string; dentry?: ShownDentry } {
    this.budget.node(path.length + (dentry ? dentry.prefix.length + dentry.dst.length : 0));
    return dentry ? { path, dentry } : { path };
  }
}

interface At {
  readonly residual: Path;
  readonly path: Path;
  readonly shown: string;
  readonly dentry: ShownDentry;
  readonly depth: number;
}

/** A step that leads to a tree of the very same name is not shown as a step. */
function collapse(node: { path: string; dentry?: ShownDentry }, tree: DelegateTree): DelegateTree {
  const ends = tree.type === 'neg' || tree.type === 'fail' || tree.type === 'empty';
  if (ends || tree.type === 'transformation' || tree.path !== node.path) return { type: 'delegate', ...node, delegate: tree };
  const { dentry: _replaced, ...rest } = tree;
  return node.dentry ? { ...rest, dentry: node.dentry } : rest;
}

/** Alternates of the same name inside alternates become alternates of one list. */
function flattened(tree: DelegateTree, path: string): readonly DelegateTree[] {
  return tree.type === 'alt' && tree.path === path ? tree.alt : [tree];
}
