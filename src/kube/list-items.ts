// Kube room: bytes of a list → its objects, one after the other as they arrive, and what is around them. Pure but for what it
// iterates. A list as one piece would be many times its bytes in memory; an object is looked at and forgotten.

import { textOf } from './frames.ts';

const [QUOTE, BACKSLASH, COMMA] = [0x22, 0x5c, 0x2c];
const [OPEN_BRACE, CLOSE_BRACE, OPEN_BRACKET, CLOSE_BRACKET] = [0x7b, 0x7d, 0x5b, 0x5d];
const itemsBegin = /[{,]\s*"items"\s*:\s*\[$/;

/**
 * Calls `onItem` with every object in the field `items` at the top, and answers the whole as if `items` were empty.
 * Throws a SyntaxError on what is not JSON or ends too early.
 */
export async function readList(chunks: AsyncIterable<Uint8Array>, onItem: (item: unknown) => void): Promise<unknown> {
  const splitter = new ListSplitter((text) => onItem(JSON.parse(text)));
  for await (const chunk of chunks) splitter.take(chunk);
  return JSON.parse(splitter.around());
}

class ListSplitter {
  private readonly onItem: (text: string) => void;
  private readonly rest: Uint8Array[] = [];
  private item: Uint8Array[] = [];
  private depth = 0;
  private inString = false;
  private escaped = false;
  /** Between the brackets of `items`. */
  private inItems = false;
  /** Where bytes of the chunk begin that belong nowhere yet. */
  private from = 0;

  constructor(onItem: (text: string) => void) {
    this.onItem = onItem;
  }

  /** Everything but the items. */
  around(): string {
    return textOf(this.rest);
  }

  take(chunk: Uint8Array): void {
    this.from = 0;
    for (let at = 0; at < chunk.length; at += 1) {
      const byte = chunk[at] ?? 0;
      if (this.inString) this.inside(byte);
      else this.outside(byte, chunk, at);
    }
    this.put(chunk, chunk.length);
  }

  private inside(byte: number): void {
    if (this.escaped) this.escaped = false;
    else if (byte === BACKSLASH) this.escaped = true;
    else if (byte === QUOTE) this.inString = false;
  }

  private outside(byte: number, chunk: Uint8Array, at: number): void {
    switch (byte) {
      case QUOTE:
        this.inString = true;
        return;
      case OPEN_BRACE:
      case OPEN_BRACKET:
        this.open(byte, chunk, at);
        return;
      case CLOSE_BRACE:
      case CLOSE_BRACKET:
        this.close(chunk, at);
        return;
      case COMMA:
        // Between two items; of the rest it would be a fault.
        if (this.inItems && this.depth === 2) this.drop(chunk, at);
    }
  }

  private open(byte: number, chunk: Uint8Array, at: number): void {
    if (this.inItems && this.depth === 2) this.put(chunk, at);
    this.depth += 1;
    if (byte !== OPEN_BRACKET || this.depth !== 2) return;
    this.put(chunk, at + 1);
    this.inItems = itemsBegin.test(textOf(this.rest));
  }

  private close(chunk: Uint8Array, at: number): void {
    const endsItem = this.inItems && this.depth === 3;
    if (endsItem) this.put(chunk, at + 1);
    this.depth -= 1;
    if (this.depth === 1) this.inItems = false;
    if (!endsItem) return;
    const text = textOf(this.item);
    this.item = [];
    this.onItem(text);
  }

  private drop(chunk: Uint8Array, at: number): void {
    this.put(chunk, at);
    this.from = at + 1;
  }

  private put(chunk: Uint8Array, end: number): void {
    if (end > this.from) (this.inItems && this.depth > 2 ? this.item : this.rest).push(chunk.subarray(this.from, end));
    this.from = end;
  }
}
