// Dtab room: transformers of an interpreter, as topology. Linkerd 1 sends the call through another proxy or only to its own node;
// which Service is called stays the same, so addresses are left as they are and only the path says what happened.

import type { DelegateTree, LeafNode } from './delegate-tree.ts';

/** One transformer. */
export interface Transformation {
  /** As shown in the tree. */
  readonly name: string;
  /** What is put before a bound name, such as `/%/io.l5d.k8s.localnode/10.99.0.10`. */
  readonly prefix: string;
}

/** Puts every leaf behind the transformers, first one first. */
export function transform(tree: DelegateTree, transformations: readonly Transformation[]): DelegateTree {
  return transformations.reduce((before, transformation) => transformLeaves(before, transformation), tree);
}

function transformLeaves(tree: DelegateTree, by: Transformation): DelegateTree {
  switch (tree.type) {
    case 'leaf':
      return transformed(tree, by);
    case 'delegate':
      return { ...tree, delegate: transformLeaves(tree.delegate, by) };
    case 'transformation':
      return { ...tree, tree: transformLeaves(tree.tree, by) };
    case 'alt':
      return { ...tree, alt: tree.alt.map((branch) => transformLeaves(branch, by)) };
    case 'union':
      return { ...tree, union: tree.union.map((branch) => ({ ...branch, tree: transformLeaves(branch.tree, by) })) };
    case 'exception':
    case 'neg':
    case 'fail':
    case 'empty':
      return tree;
  }
}

function transformed(leaf: LeafNode, by: Transformation): DelegateTree {
  const id = `${by.prefix}${leaf.bound.id}`;
  return {
    type: 'transformation',
    path: leaf.path,
    name: by.name,
    bound: leaf.bound,
    tree: { ...leaf, path: id, bound: { ...leaf.bound, id } },
  };
}
