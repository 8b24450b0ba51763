// Dtab room: reads characters and labels of a text and complains with the place. Knows nothing of trees.

import { isShowable } from './path.ts';
import { DtabSyntaxError } from './syntax-error.ts';

const HEX = /^[0-9a-fA-F]$/;
const SPACE = /^\s$/;

/** A text with a reading position. */
export class Scanner {
  readonly text: string;
  offset = 0;

  constructor(text: string) {
    this.text = text;
  }

  /** The next character; empty at the end. */
  peek(): string {
    return this.text.charAt(this.offset);
  }

  /** Skips white space and comments: a `#` where white space may stand begins one. */
  skipSpace(): void {
    for (;;) {
      const char = this.peek();
      if (char === '#') this.skipLine();
      else if (SPACE.test(char)) this.offset++;
      else return;
    }
  }

  private skipLine(): void {
    const end = this.text.indexOf('\n', this.offset);
    this.offset = end < 0 ? this.text.length : end + 1;
  }

  /** Takes `char` if it is next. */
  maybe(char: string): boolean {
    if (this.peek() !== char) return false;
    this.offset++;
    return true;
  }

  /** Takes `char` or complains. */
  take(char: string): void {
    if (!this.maybe(char)) this.complain(`'${char}'`);
  }

  /** A label may begin here. */
  atLabel(): boolean {
    return this.peek() === '\\' || isShowable(this.peek());
  }

  /** One label, unescaped into bytes. */
  label(): string {
    let label = '';
    do {
      if (this.maybe('\\')) label += this.escapedByte();
      else if (isShowable(this.peek())) label += this.text.charAt(this.offset++);
      else this.complain('label char');
    } while (this.atLabel());
    return label;
  }

  private escapedByte(): string {
    this.take('x');
    return String.fromCharCode(parseInt(this.hexDigit() + this.hexDigit(), 16));
  }

  private hexDigit(): string {
    if (!HEX.test(this.peek())) this.complain('hex char');
    return this.text.charAt(this.offset++);
  }

  /** Nothing may follow. */
  end(): void {
    this.skipSpace();
    if (this.offset < this.text.length) this.complain('end of input');
  }

  /** @throws DtabSyntaxError always */
  complain(expected: string): never {
    const char = this.peek();
    throw new DtabSyntaxError(this.text, this.offset, expected, char === '' ? 'end of input' : `'${char}'`);
  }
}
