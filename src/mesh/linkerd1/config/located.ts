// Config room: YAML or JSON text to values that remember their place. Bounded: size, depth, and how often aliases may be unfolded.

import type { Node, Pair } from 'yaml';
import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument } from 'yaml';
import type { ConfigFinding, Place } from './finding.ts';
import { shorten } from './finding.ts';

/** A value and where it stands. */
export type Located = LocatedMap | LocatedList | LocatedScalar;

/** Entries in the order of the text; a key that is written twice is there twice. */
export interface LocatedMap {
  readonly kind: 'map';
  readonly place: Place;
  readonly entries: readonly { readonly key: string; readonly keyPlace: Place; readonly value: Located }[];
}

/** Items in order. */
export interface LocatedList {
  readonly kind: 'list';
  readonly place: Place;
  readonly items: readonly Located[];
}

/** A text, number, boolean or null. */
export interface LocatedScalar {
  readonly kind: 'scalar';
  readonly place: Place;
  readonly value: unknown;
  /** The place in the document of a place inside this text (a dtab's line and column). */
  readonly inside: (line: number, column: number) => Place;
}

/** Configurations of the field have some 10 KB; the YAML tree costs some 300 bytes for each. Characters. */
export const MAX_CONFIG_CHARS = 98_304;
/** Values after unfolding aliases. */
export const MAX_VALUES = 20_000;
/** Values inside each other. */
export const MAX_CONFIG_DEPTH = 60;

/** The tree, or why the text has none. */
export type LocatedResult =
  { readonly ok: true; readonly value: Located } | { readonly ok: false; readonly finding: ConfigFinding };

/** Reads a text. Never throws. */
export function locate(text: string): LocatedResult {
  const problem = unreadableText(text);
  if (problem) return { ok: false, finding: problem };
  const lines = new LineCounter();
  try {
    const document = parseDocument(text, { lineCounter: lines, uniqueKeys: false, prettyErrors: false, stringKeys: true });
    const [error] = document.errors;
    if (error) return { ok: false, finding: unreadable(lines.linePos(error.pos[0]), firstLine(error.message)) };
    if (document.contents === null) return { ok: false, finding: unreadable({ line: 1, col: 1 }, 'the document is empty') };
    return { ok: true, value: new Locator(text, lines).node(document.contents, 0) };
  } catch (error) {
    if (error instanceof Unfoldable) return { ok: false, finding: unreadable({ line: 1, col: 1 }, error.message) };
    if (error instanceof RangeError)
      return { ok: false, finding: unreadable({ line: 1, col: 1 }, 'the values are nested too deeply') };
    throw error;
  }
}

function unreadableText(text: string): ConfigFinding | undefined {
  if (text.length > MAX_CONFIG_CHARS) {
    return unreadable({ line: 1, col: 1 }, `the document has ${text.length} characters; at most ${MAX_CONFIG_CHARS} are read`);
  }
  if (nesting(text) > MAX_CONFIG_DEPTH * 4) return unreadable({ line: 1, col: 1 }, 'brackets are nested too deeply');
  const broken = text.search(/[\uFFFD\0]/);
  if (broken < 0) return undefined;
  const before = text.slice(0, broken);
  const place = { line: before.split('\n').length, col: broken - before.lastIndexOf('\n') };
  return unreadable(place, 'the document holds a character that is not text: the file is not UTF-8');
}

/** Brackets open at the same time, at most; those in texts count too, which is why the limit is wide. */
function nesting(text: string): number {
  let open = 0;
  let most = 0;
  for (let i = 0; i < text.length; i++) {
    const char = text.charCodeAt(i);
    if (char === 0x5b || char === 0x7b) most = Math.max(most, ++open);
    if (char === 0x5d || char === 0x7d) open--;
  }
  return most;
}

function firstLine(message: string): string {
  return shorten(message.split('\n')[0] ?? message);
}

function unreadable(pos: { line: number; col: number }, message: string): ConfigFinding {
  return { severity: 'unreadable', path: '', place: { line: pos.line, column: pos.col }, value: '', message: `${message}.` };
}

class Unfoldable extends Error {}

class Locator {
  private readonly text: string;
  private readonly lines: LineCounter;
  private readonly anchors = new Map<string, Node>();
  private values = 0;

  constructor(text: string, lines: LineCounter) {
    this.text = text;
    this.lines = lines;
  }

  node(node: unknown, depth: number): Located {
    if (++this.values > MAX_VALUES)
      throw new Unfoldable(`the document has more than ${MAX_VALUES} values once its aliases are unfolded`);
    if (depth > MAX_CONFIG_DEPTH) throw new Unfoldable(`values are nested more than ${MAX_CONFIG_DEPTH} deep`);
    if (isAlias(node)) return this.node(this.anchored(node.source), depth + 1);
    if (isMap(node)) return this.map(node, depth);
    if (isSeq(node)) {
      this.remember(node);
      return { kind: 'list', place: this.place(node), items: node.items.map((item) => this.node(item, depth + 1)) };
    }
    return this.scalar(node);
  }

  private anchored(name: string): Node {
    const node = this.anchors.get(name);
    if (!node) throw new Unfoldable(`there is no anchor ${shorten(name)}`);
    return node;
  }

  private map(node: Node & { items: Pair[] }, depth: number): LocatedMap {
    this.remember(node);
    const entries = node.items.map((pair) => ({
      key: isScalar(pair.key) ? String(pair.key.value) : shorten(pair.key),
      keyPlace: this.place(pair.key),
      value: this.node(pair.value, depth + 1),
    }));
    return { kind: 'map', place: this.place(node), entries };
  }

  private scalar(node: unknown): LocatedScalar {
    const place = this.place(node);
    if (!isScalar(node)) return { kind: 'scalar', place, value: null, inside: () => place };
    this.remember(node);
    const start = node.range?.[0] ?? 0;
    const inside =
      node.type === 'BLOCK_LITERAL' || node.type === 'BLOCK_FOLDED' ? this.insideBlock(start) : this.insideFlow(place, node.type);
    return { kind: 'scalar', place, value: node.value, inside };
  }

  private insideBlock(start: number): LocatedScalar['inside'] {
    const header = this.lines.linePos(start).line;
    const first = this.text.indexOf('\n', start) + 1;
    const indent = /^ */.exec(this.text.slice(first, first + 200))?.[0].length ?? 0;
    return (line, column) => ({ line: header + line, column: indent + column });
  }

  /** Exact for texts on one line without escapes; otherwise the place where the text begins. */
  private insideFlow(place: Place, type: string | undefined): LocatedScalar['inside'] {
    const quote = type === 'PLAIN' || type === undefined ? 0 : 1;
    return (line, column) => (line === 1 ? { line: place.line, column: place.column + quote + column - 1 } : place);
  }

  private remember(node: Node & { anchor?: string }): void {
    if (node.anchor !== undefined) this.anchors.set(node.anchor, node);
  }

  private place(node: unknown): Place {
    const range = typeof node === 'object' && node !== null && 'range' in node ? node.range : undefined;
    const start = Array.isArray(range) && typeof range[0] === 'number' ? range[0] : 0;
    const { line, col } = this.lines.linePos(start);
    return { line, column: col };
  }
}
