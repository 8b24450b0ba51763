// Dtab room: syntax tree to text. Exact (reads back as the same tree) or as Linkerd 1's admin pages show it.

import { showPath, showSegment } from './path.ts';
import type { Dentry, Dtab, NameTree, Prefix } from './syntax.ts';

type ShowWeight = (weight: number) => string;

/** Prefix as written; `*` for any one segment. */
export function showPrefix(prefix: Prefix): string {
  return `/${prefix.map((element) => (element === null ? '*' : showSegment(element))).join('/')}`;
}

/** Dtab text that parses back into the same dentries. */
export function printDtab(dtab: Dtab): string {
  return dtab.map(printDentry).join(';\n');
}

/** Dentry text that parses back into the same dentry. */
export function printDentry(dentry: Dentry): string {
  return `${showPrefix(dentry.prefix)} => ${show(dentry.dst, 'top', exactWeight)}`;
}

/** Tree as `/delegator.json` shows it: weights with two decimals (recorded: `0.70*` and, for nine, `9.00*`). */
export function showAsDelegator(tree: NameTree): string {
  return show(tree, 'top', (weight) => weight.toFixed(2));
}

function show(tree: NameTree, parent: 'top' | 'alt' | 'union', weight: ShowWeight): string {
  switch (tree.kind) {
    case 'leaf':
      return showPath(tree.path);
    case 'neg':
      return '~';
    case 'fail':
      return '!';
    case 'empty':
      return '$';
    case 'alt':
      return wrap(tree.trees.map((child) => show(child, 'alt', weight)).join(' | '), parent !== 'top');
    case 'union': {
      const branches = tree.trees.map((child) => {
        const shown = show(child.tree, 'union', weight);
        return child.weight === 1 ? shown : `${weight(child.weight)}*${shown}`;
      });
      return wrap(branches.join(' & '), parent === 'union');
    }
  }
}

function wrap(text: string, inParentheses: boolean): string {
  return inParentheses ? `(${text})` : text;
}

/** All digits of a weight, never with an exponent, which the grammar does not know. */
function exactWeight(weight: number): string {
  const short = String(weight);
  if (!short.includes('e')) return short;
  if (weight > 1) return BigInt(weight).toString();
  return weight.toFixed(100).replace(/0+$/, '');
}
