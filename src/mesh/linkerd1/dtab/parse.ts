// Dtab room: text to syntax tree, after Finagle's grammar: dentries by `;`, alternates by `|`, unions by `&`, weights by `*`.
// Later dentries win, but that is the evaluator's business.

import type { Path } from './path.ts';
import { Scanner } from './scanner.ts';
import { DtabSyntaxError } from './syntax-error.ts';
import type { Dentry, Dtab, NameTree, Prefix, WeightedTree } from './syntax.ts';
import { ANY } from './syntax.ts';

/** A ConfigMap can't hold more than 1 MiB; a table of half of that is a mistake or an attack. Characters. */
export const MAX_DTAB_CHARS = 524_288;
/** Dentries of one table; the largest seen in the field have some hundreds. */
export const MAX_DENTRIES = 5_000;
/** Segments of one path in a table. */
export const MAX_LABELS = 200;
/** Parentheses inside each other. */
export const MAX_NESTING = 100;

/** Hears of every path of a dtab while it is read: left-hand sides too, with `any` segments as null. */
export type PathListener = (seen: { side: 'prefix' | 'dst'; path: Prefix; offset: number }) => void;

/**
 * Reads a dtab.
 * @throws DtabSyntaxError with line and column
 */
export function parseDtab(text: string, onPath: PathListener = () => undefined): Dtab {
  return new DtabParser(bounded(text), onPath).dtab();
}

/**
 * Reads a path such as `/svc/hello`.
 * @throws DtabSyntaxError with line and column
 */
export function parsePath(text: string): Path {
  return new DtabParser(bounded(text), () => undefined).wholePath();
}

/** The text begins as a dtab does, whether or not it can be read to its end. */
export function looksLikeDtab(text: string): boolean {
  return /^(?:\s*#[^\n]*\n)*\s*\/[^\s=]*\s*=>/.test(text.slice(0, 65_536));
}

function bounded(text: string): string {
  if (text.length <= MAX_DTAB_CHARS) return text;
  throw new DtabSyntaxError(text, MAX_DTAB_CHARS, `at most ${MAX_DTAB_CHARS} characters`, `${text.length} characters`);
}

class DtabParser {
  private readonly scan: Scanner;
  private readonly onPath: PathListener;
  private depth = 0;

  constructor(text: string, onPath: PathListener) {
    this.scan = new Scanner(text);
    this.onPath = onPath;
  }

  dtab(): Dtab {
    const dentries: Dentry[] = [];
    do {
      this.scan.skipSpace();
      if (this.scan.peek() !== '') {
        if (dentries.length >= MAX_DENTRIES) this.scan.complain(`at most ${MAX_DENTRIES} dentries`);
        dentries.push(this.dentry());
      }
      this.scan.skipSpace();
    } while (this.scan.maybe(';'));
    this.scan.end();
    return dentries;
  }

  wholePath(): Path {
    this.scan.skipSpace();
    const path = this.path();
    this.scan.end();
    return path;
  }

  private dentry(): Dentry {
    const prefix = this.prefix();
    this.scan.skipSpace();
    this.scan.take('=');
    this.scan.take('>');
    return { prefix, dst: this.tree() };
  }

  private prefix(): Prefix {
    const offset = this.scan.offset;
    this.scan.take('/');
    const elements: (string | typeof ANY)[] = [];
    if (this.scan.atLabel() || this.scan.peek() === '*') {
      do elements.push(this.scan.maybe('*') ? ANY : this.scan.label());
      while (this.another(elements));
    }
    this.onPath({ side: 'prefix', path: elements, offset });
    return elements;
  }

  private path(): Path {
    const offset = this.scan.offset;
    this.scan.take('/');
    const segments: string[] = [];
    if (this.scan.atLabel()) {
      do segments.push(this.scan.label());
      while (this.another(segments));
    }
    this.onPath({ side: 'dst', path: segments, offset });
    return segments;
  }

  private another(labels: Prefix): boolean {
    if (!this.scan.maybe('/')) return false;
    if (labels.length >= MAX_LABELS) this.scan.complain(`at most ${MAX_LABELS} segments`);
    return true;
  }

  private tree(): NameTree {
    const trees: NameTree[] = [];
    do {
      trees.push(this.union());
      this.scan.skipSpace();
    } while (this.scan.maybe('|'));
    const [only] = trees;
    return trees.length === 1 && only ? only : { kind: 'alt', trees };
  }

  private union(): NameTree {
    const trees: WeightedTree[] = [];
    do {
      trees.push(this.weighted());
      this.scan.skipSpace();
    } while (this.scan.maybe('&'));
    const [only] = trees;
    return trees.length === 1 && only ? only.tree : { kind: 'union', trees };
  }

  private weighted(): WeightedTree {
    this.scan.skipSpace();
    if (!/^[0-9.]$/.test(this.scan.peek())) return { weight: 1, tree: this.simple() };
    const weight = this.weight();
    this.scan.skipSpace();
    this.scan.take('*');
    return { weight, tree: this.simple() };
  }

  private weight(): number {
    const start = this.scan.offset;
    let dots = 0;
    while (/^[0-9.]$/.test(this.scan.peek())) {
      if (this.scan.peek() === '.' && ++dots > 1) this.scan.complain('number char');
      this.scan.offset++;
    }
    const weight = Number(this.scan.text.slice(start, this.scan.offset));
    if (!Number.isFinite(weight)) {
      this.scan.offset = start;
      this.scan.complain('weight');
    }
    return weight < 1e-80 ? 0 : weight;
  }

  private simple(): NameTree {
    this.scan.skipSpace();
    if (this.scan.maybe('(')) return this.nested();
    if (this.scan.peek() === '/') return { kind: 'leaf', path: this.path() };
    if (this.scan.maybe('!')) return { kind: 'fail' };
    if (this.scan.maybe('~')) return { kind: 'neg' };
    if (this.scan.maybe('$')) return { kind: 'empty' };
    return this.scan.complain('simple');
  }

  private nested(): NameTree {
    if (++this.depth > MAX_NESTING) this.scan.complain(`at most ${MAX_NESTING} nested parentheses`);
    const tree = this.tree();
    this.scan.skipSpace();
    this.scan.take(')');
    this.depth--;
    return tree;
  }
}
