// Dtab room: the syntax tree of a delegation table, as plain data. Parser, printer and evaluator share it.

import type { Path } from './path.ts';

/** Right-hand side of a dentry. `alt` and `union` have two branches or more. */
export type NameTree =
  | { readonly kind: 'leaf'; readonly path: Path }
  | { readonly kind: 'alt'; readonly trees: readonly NameTree[] }
  | { readonly kind: 'union'; readonly trees: readonly WeightedTree[] }
  | { readonly kind: 'neg' | 'fail' | 'empty' };

/** One branch of a union. */
export interface WeightedTree {
  /** Not negative; relative to its siblings. */
  readonly weight: number;
  readonly tree: NameTree;
}

/** Matches exactly one segment, whatever it is. Not a possible segment text, since `*` must be escaped in a label. */
export const ANY = null;

/** Left-hand side of a dentry. */
export type Prefix = readonly (string | typeof ANY)[];

/** One line of a dtab: names that begin with `prefix` are continued in `dst`. */
export interface Dentry {
  readonly prefix: Prefix;
  readonly dst: NameTree;
}

/** Later dentries win over earlier ones. */
export type Dtab = readonly Dentry[];
