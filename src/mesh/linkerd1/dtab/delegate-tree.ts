// Dtab room: what becomes of a name, step by step, in the shape that Linkerd 1 answers on /delegator.json.

/** The dentry that led to a node, as shown. */
export interface ShownDentry {
  readonly prefix: string;
  readonly dst: string;
}

/** One endpoint. */
export interface Endpoint {
  readonly ip: string;
  readonly port: number;
  readonly meta: Readonly<Record<string, string | number>>;
}

/** Endpoints of a leaf. `neg`: there is no such name, and yet the leaf was chosen. `pending`: a DNS name, not looked up here. */
export type Addr =
  | { readonly type: 'bound'; readonly addrs: readonly Endpoint[]; readonly meta: Readonly<Record<string, never>> }
  | { readonly type: 'failed'; readonly cause: string }
  | { readonly type: 'neg' }
  | { readonly type: 'pending' };

/** What a leaf is bound to. `id` names the client, `path` is what was left over of the name. */
export interface Bound {
  readonly addr: Addr;
  readonly id: string;
  readonly path: string;
}

/** A node. `path` is the name that was looked up; `dentry` is absent at the root. */
export type DelegateTree =
  | { readonly type: 'delegate'; readonly path: string; readonly dentry?: ShownDentry; readonly delegate: DelegateTree }
  | { readonly type: 'alt'; readonly path: string; readonly dentry?: ShownDentry; readonly alt: readonly DelegateTree[] }
  | { readonly type: 'union'; readonly path: string; readonly dentry?: ShownDentry; readonly union: readonly WeightedNode[] }
  | {
      readonly type: 'transformation';
      readonly path: string;
      readonly name: string;
      readonly bound: Bound;
      readonly tree: DelegateTree;
    }
  | LeafNode
  | { readonly type: 'exception'; readonly path: string; readonly dentry?: ShownDentry; readonly message: string }
  | { readonly type: 'neg' | 'fail' | 'empty'; readonly path: string; readonly dentry?: ShownDentry };

/** A name that leads somewhere. */
export interface LeafNode {
  readonly type: 'leaf';
  readonly path: string;
  readonly dentry?: ShownDentry;
  readonly bound: Bound;
}

/** One branch of a union. */
export interface WeightedNode {
  readonly weight: number;
  readonly tree: DelegateTree;
}

/** The same tree without its transformation nodes: their leaves under the names they had before. */
export function unwrapTransformations(tree: DelegateTree): DelegateTree {
  switch (tree.type) {
    case 'transformation':
      return { ...unwrapTransformations(tree.tree), path: tree.path, bound: tree.bound } as DelegateTree;
    case 'delegate':
      return { ...tree, delegate: unwrapTransformations(tree.delegate) };
    case 'alt':
      return { ...tree, alt: tree.alt.map(unwrapTransformations) };
    case 'union':
      return { ...tree, union: tree.union.map((branch) => ({ ...branch, tree: unwrapTransformations(branch.tree) })) };
    case 'leaf':
    case 'exception':
    case 'neg':
    case 'fail':
    case 'empty':
      return tree;
  }
}
