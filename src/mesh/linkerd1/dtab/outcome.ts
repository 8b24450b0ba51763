// Dtab room: what Linkerd 1 does in the end with a name: the first alternate that exists, unions with their shares. Reads the tree
// of the evaluator, or of a recorded or live /delegator.json, which has the same shape.

import type { DelegateTree, LeafNode } from './delegate-tree.ts';

/** Where the calls for a name go. */
export type Outcome =
  | { readonly kind: 'bound'; readonly leaves: readonly Share[] }
  /** No such name; refused on purpose; a name without endpoints on purpose. All three answer 502. */
  | { readonly kind: 'neg' | 'fail' | 'empty' }
  /** The name can't be looked up: Linkerd 1 fails, or this evaluator can't know. */
  | { readonly kind: 'exception'; readonly message: string };

/** A leaf and its share of the calls. */
export interface Share {
  readonly leaf: LeafNode;
  /** 0 to 1; the shares of an outcome sum to 1. */
  readonly share: number;
}

/** The outcome of a tree. Transformations are passed over: what counts is the name that was bound before them. */
export function outcomeOf(tree: DelegateTree): Outcome {
  switch (tree.type) {
    case 'leaf':
      return { kind: 'bound', leaves: [{ leaf: tree, share: 1 }] };
    case 'neg':
    case 'fail':
    case 'empty':
      return { kind: tree.type };
    case 'exception':
      return { kind: 'exception', message: tree.message };
    case 'delegate':
      return outcomeOf(tree.delegate);
    case 'transformation':
      return { kind: 'bound', leaves: [{ leaf: { type: 'leaf', path: tree.path, bound: tree.bound }, share: 1 }] };
    case 'alt':
      return firstThatExists(tree.alt);
    case 'union':
      return shared(tree.union.map((branch) => ({ weight: branch.weight, outcome: outcomeOf(branch.tree) })));
  }
}

function firstThatExists(trees: readonly DelegateTree[]): Outcome {
  for (const tree of trees) {
    const outcome = outcomeOf(tree);
    if (outcome.kind !== 'neg') return outcome;
  }
  return { kind: 'neg' };
}

/** One refusal refuses the whole union; branches that don't exist or are empty leave their share to the others. */
function shared(branches: readonly { weight: number; outcome: Outcome }[]): Outcome {
  const stop = branches.find(({ outcome }) => outcome.kind === 'fail' || outcome.kind === 'exception');
  if (stop) return stop.outcome;
  const alive = branches.flatMap(({ weight, outcome }) => (outcome.kind === 'bound' ? [{ weight, leaves: outcome.leaves }] : []));
  if (alive.length === 0) return { kind: 'neg' };
  const [only] = alive;
  if (alive.length === 1 && only) return { kind: 'bound', leaves: only.leaves };
  const sum = alive.reduce((total, branch) => total + branch.weight, 0);
  if (sum === 0) return { kind: 'empty' };
  const leaves = alive.flatMap((branch) =>
    branch.leaves.map(({ leaf, share }) => ({ leaf, share: (share * branch.weight) / sum })),
  );
  return { kind: 'bound', leaves: merged(leaves) };
}

/** The same place twice is one place. */
function merged(leaves: readonly Share[]): readonly Share[] {
  const byId = new Map<string, Share>();
  for (const { leaf, share } of leaves) byId.set(leaf.bound.id, { leaf, share: share + (byId.get(leaf.bound.id)?.share ?? 0) });
  return [...byId.values()];
}

/** Leaves of later alternates: where the calls would go if the earlier ones were no names. */
export function fallbacksOf(tree: DelegateTree): readonly LeafNode[] {
  if (tree.type === 'delegate') return fallbacksOf(tree.delegate);
  if (tree.type !== 'alt') return [];
  const chosen = tree.alt.findIndex((branch) => outcomeOf(branch).kind !== 'neg');
  const inside = tree.alt[chosen];
  if (inside === undefined) return [];
  const later = tree.alt.slice(chosen + 1).flatMap(leavesOf);
  return [...fallbacksOf(inside), ...later];
}

function leavesOf(tree: DelegateTree): readonly LeafNode[] {
  const outcome = outcomeOf(tree);
  return outcome.kind === 'bound' ? outcome.leaves.map(({ leaf }) => leaf) : [];
}
