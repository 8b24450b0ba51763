// What commands print: lines of toned pieces, and the marks they are drawn with. It knows no terminal; `paint` is the only
// place where escape sequences are made.

/** What a piece of text means; a terminal shows it as a colour. */
export type Tone = 'plain' | 'strong' | 'dim' | 'good' | 'busy' | 'warn' | 'bad';

/** A piece of one line. */
export interface Span {
  readonly text: string;
  readonly tone: Tone;
}

/** One line without its end. */
export type Line = readonly Span[];

/** Characters that lines are drawn with. */
export interface Glyphs {
  readonly done: string;
  readonly busy: string;
  readonly idle: string;
  readonly warn: string;
  readonly bad: string;
  /** Guides of a tree, each three columns wide. */
  readonly branch: string;
  readonly last: string;
  readonly pipe: string;
  readonly arrow: string;
  readonly ellipsis: string;
  /** One column of a bar, reached or not. */
  readonly full: string;
  readonly empty: string;
}

/** For terminals that show Unicode. */
export const unicodeGlyphs: Glyphs = {
  done: '✓',
  busy: '●',
  idle: '·',
  warn: '!',
  bad: '✗',
  branch: '├─ ',
  last: '└─ ',
  pipe: '│  ',
  arrow: '→',
  ellipsis: '…',
  full: '█',
  empty: '░',
};

/** For locales without Unicode. */
export const asciiGlyphs: Glyphs = {
  done: '+',
  busy: '*',
  idle: '.',
  warn: '!',
  bad: 'x',
  branch: '|- ',
  last: '`- ',
  pipe: '|  ',
  arrow: '->',
  ellipsis: '...',
  full: '#',
  empty: '-',
};

/** A span; plain unless said otherwise. */
export function span(text: string, tone: Tone = 'plain'): Span {
  return { text, tone };
}

const codes: Readonly<Record<Exclude<Tone, 'plain'>, string>> = {
  strong: '1',
  dim: '2',
  good: '32',
  busy: '36',
  warn: '33',
  bad: '31',
};

/** The line as text, with SGR colours (ECMA-48) when `colour` is true. */
export function paint(line: Line, colour: boolean): string {
  return line
    .map(({ text, tone }) => (!colour || tone === 'plain' || text === '' ? text : `\u001B[${codes[tone]}m${text}\u001B[0m`))
    .join('')
    .trimEnd();
}
