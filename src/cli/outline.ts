// A tree of things with a state, drawn as lines of a given width. Pure; it knows no migration and no terminal.

import type { Glyphs, Line, Span, Tone } from './line.ts';
import { span } from './line.ts';
import { cut, cutMiddle, pad, widthOf, wrap } from './text.ts';

/** How a thing stands: done, on its way, not begun, in need of a look, gone wrong. */
export type Mark = 'done' | 'busy' | 'idle' | 'warn' | 'bad';

/** A thing of the tree. */
export interface OutlineNode {
  readonly mark: Mark;
  /** Nodes of one kind have aligned columns. */
  readonly kind: string;
  /** The first is the name: it is cut last, and in the middle. */
  readonly cells: readonly string[];
  /** What follows the cells as far as the line goes; cut when there is no room. */
  readonly tail?: string;
  /** Sentences below the line, wrapped. */
  readonly notes: readonly Note[];
  readonly children: readonly OutlineNode[];
}

/** A sentence below a node. */
export interface Note {
  readonly text: string;
  readonly tone: Tone;
  /** Set before the first line of the sentence. */
  readonly lead?: string;
}

/** How the tree is drawn. */
export interface Drawing {
  /** Columns of a line. */
  readonly width: number;
  readonly glyphs: Glyphs;
  /** Lines of the tree are as long as they must be; nothing in them is cut. */
  readonly whole?: boolean;
}

const toneOf: Readonly<Record<Mark, Tone>> = { done: 'good', busy: 'busy', idle: 'dim', warn: 'warn', bad: 'bad' };
const gap = '  ';
/** A longer name does not push the columns of all others to the right. */
const widestName = 36;

/** The lines of the nodes and all below them. */
export function drawOutline(nodes: readonly OutlineNode[], drawing: Drawing): Line[] {
  const columns = new Map<string, number[]>();
  measure(nodes, columns);
  return nodes.flatMap((node, index) => draw(node, index === nodes.length - 1, { ...drawing, columns, guide: '' }));
}

interface Place extends Drawing {
  readonly columns: ReadonlyMap<string, readonly number[]>;
  /** Guides of the nodes above. */
  readonly guide: string;
}

function measure(nodes: readonly OutlineNode[], columns: Map<string, number[]>): void {
  for (const { kind, cells, children } of nodes) {
    const widths = columns.get(kind) ?? [];
    cells.forEach(
      (cell, i) => (widths[i] = Math.max(widths[i] ?? 0, i === 0 ? Math.min(widthOf(cell), widestName) : widthOf(cell))),
    );
    columns.set(kind, widths);
    measure(children, columns);
  }
}

function draw(node: OutlineNode, isLast: boolean, place: Place): Line[] {
  const { glyphs, guide } = place;
  const own = guide + (isLast ? glyphs.last : glyphs.branch);
  const below = guide + (isLast ? '   ' : glyphs.pipe);
  const children = node.children.flatMap((child, index) =>
    draw(child, index === node.children.length - 1, { ...place, guide: below }),
  );
  const noteGuide = below + (node.children.length > 0 ? glyphs.pipe : '   ');
  return [
    [span(own, 'dim'), ...headOf(node, place.whole === true ? Infinity : place.width - widthOf(own), place)],
    ...node.notes.flatMap((note) => drawNote(note, place.width, span(noteGuide, 'dim'))),
    ...children,
  ];
}

function headOf(node: OutlineNode, room: number, place: Place): Span[] {
  const mark = `${place.glyphs[node.mark]} `;
  const tone = toneOf[node.mark];
  const cells = fitCells(node, room - widthOf(mark), place);
  const used = widthOf(mark) + widthOf(cells.join(gap));
  const tail = node.tail === undefined ? '' : cut(node.tail, Math.max(0, room - used - gap.length), place.glyphs.ellipsis);
  const spans = cells.map((cell, i) => span(i === 0 ? cell : gap + cell, i === 1 ? tone : 'plain'));
  return [span(mark, tone), ...spans, ...(tail === '' ? [] : [span(gap + tail, 'dim')])];
}

function fitCells({ cells, kind, tail }: OutlineNode, room: number, place: Place): string[] {
  const widths = place.columns.get(kind) ?? [];
  const padded = cells.map((cell, i) => (i === cells.length - 1 && tail === undefined ? cell : pad(cell, widths[i] ?? 0)));
  const [name = '', ...rest] = padded;
  const others = rest.join(gap);
  if (widthOf(name) + gap.length + widthOf(others) <= room) return padded;
  const forName = Math.max(8, room - gap.length - cells.slice(1).reduce((sum, cell) => sum + gap.length + widthOf(cell), 0));
  const shortName = cutMiddle(name.trimEnd(), Math.min(forName, room), place.glyphs.ellipsis);
  const left = room - widthOf(shortName) - gap.length;
  return left <= 0 ? [shortName] : [shortName, cut(cells.slice(1).join(gap), left, place.glyphs.ellipsis)];
}

function drawNote({ text, tone, lead = '' }: Note, width: number, guide: Span): Line[] {
  const indent = guide.text.length;
  const lines = wrap(text, width - indent - widthOf(lead));
  return lines.map((line, i) => [guide, span((i === 0 ? lead : ' '.repeat(widthOf(lead))) + line, tone)]);
}
