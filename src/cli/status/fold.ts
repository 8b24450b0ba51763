// Makes a tree fit the height of a terminal: what went well or has not begun is folded first, what needs a look last. Pure.

import type { Mark, OutlineNode } from '../outline.ts';

/** One way to make a tree shorter; the later ones in the list take more away. */
type Fold = (nodes: readonly OutlineNode[]) => OutlineNode[];

/** The first of the trees, each shorter than the one before, that has at most so many lines as `countLines` counts. */
export function foldToFit(
  nodes: readonly OutlineNode[],
  rows: number,
  countLines: (nodes: readonly OutlineNode[]) => number,
): readonly OutlineNode[] {
  let tree = nodes;
  for (const fold of folds) {
    if (countLines(tree) <= rows) return tree;
    tree = fold(tree);
  }
  return tree;
}

const isQuiet = (mark: Mark): boolean => mark === 'done' || mark === 'idle';
const isAsExpected = (node: OutlineNode): boolean =>
  isQuiet(node.mark) && node.notes.length === 0 && node.children.every(isAsExpected);

const folds: readonly Fold[] = [
  below('namespace', (node) => (isQuiet(node.mark) ? { ...node, children: [] } : node)),
  below('namespace', withoutQuietRows),
  below('wave', (wave) => (isAsExpected(wave) ? { ...wave, children: [] } : wave)),
  below('wave', (wave) => ({ ...wave, children: merged(wave.children) })),
  below('namespace', (node) => ({ ...node, children: node.children.filter(({ mark }) => mark === 'bad') })),
  below('workload', (node) => ({ ...node, notes: [] })),
  below('namespace', (node) => ({ ...node, children: [], notes: [] })),
];

function below(kind: string, change: (node: OutlineNode) => OutlineNode): Fold {
  return (nodes) =>
    nodes.map((node) => {
      const next = { ...node, children: below(kind, change)(node.children) };
      return node.kind === kind ? change(next) : next;
    });
}

function withoutQuietRows(node: OutlineNode): OutlineNode {
  return { ...node, children: node.children.filter(({ mark }) => !isQuiet(mark)) };
}

/** Neighbours that stand alike and have nothing to say become one line with their number. */
function merged(nodes: readonly OutlineNode[]): OutlineNode[] {
  const groups: OutlineNode[][] = [];
  for (const node of nodes) {
    const last = groups.at(-1);
    if (last?.[0] !== undefined && isAsExpected(node) && isAsExpected(last[0]) && sameState(node, last[0])) last.push(node);
    else groups.push([node]);
  }
  return groups.flatMap((group) => (group.length < 3 ? group : [together(group)]));
}

function sameState(a: OutlineNode, b: OutlineNode): boolean {
  return a.mark === b.mark && a.cells[1] === b.cells[1];
}

function together(group: readonly OutlineNode[]): OutlineNode {
  const [first] = group;
  const names = group.map(({ cells }) => cells[0] ?? '').join(', ');
  return {
    mark: first?.mark ?? 'idle',
    kind: 'together',
    cells: [`${group.length} namespaces`, first?.cells[1] ?? ''],
    tail: names,
    notes: [],
    children: [],
  };
}
