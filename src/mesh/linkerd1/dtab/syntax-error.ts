// Dtab room: what is wrong in a text and where.

/** A text that is not a dtab (or path). Says the place, what was found, and what could have stood there. */
export class DtabSyntaxError extends Error {
  override readonly name = 'DtabSyntaxError';
  /** Counted from 1. */
  readonly line: number;
  /** Counted from 1, in characters. */
  readonly column: number;
  /** Counted from 0. */
  readonly offset: number;
  readonly found: string;
  readonly expected: string;
  /** The same complaint in the words of Linkerd 1 (recorded in delegator.json and badconfig.txt); at most 400 characters. */
  readonly original: string;

  constructor(text: string, offset: number, expected: string, found: string) {
    const before = text.slice(0, offset);
    const line = before.split('\n').length;
    const column = offset - before.lastIndexOf('\n');
    super(`line ${line}, column ${column}: found ${found}, expected ${expected}`);
    this.line = line;
    this.column = column;
    this.offset = offset;
    this.found = found;
    this.expected = expected;
    this.original = inOriginalWords(text, offset, expected, found);
  }
}

function inOriginalWords(text: string, offset: number, expected: string, found: string): string {
  const from = Math.max(0, offset - 150);
  const here = offset < text.length ? `[${text.charAt(offset)}]` : '[]';
  return `${expected} expected but ${found} found at '${text.slice(from, offset)}${here}${text.slice(offset + 1, offset + 150)}'`;
}
