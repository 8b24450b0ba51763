// Redraws a block of lines in place on a terminal. It knows no command; without a terminal nobody uses it.

import type { Output } from './surroundings.ts';

/** A block of lines at the cursor. */
export interface Screen {
  /** Replaces what was drawn before. Lines must not be wider than the terminal, nor more than its height. */
  draw(lines: readonly string[]): void;
  /** The terminal has another size: what was drawn is no longer where it was, so the next picture starts at the top. */
  forget(): void;
  /** Puts the last lines in its place, as many as they are, and shows the cursor again. */
  end(lines: readonly string[]): void;
}

const escape = '\u001B[';
const hideCursor = `${escape}?25l`;
const showCursor = `${escape}?25h`;
const clearLine = `${escape}K`;
const clearBelow = `${escape}J`;
const toTop = `${escape}H`;

/** A screen that draws from the cursor downwards. */
export function createScreen(output: Pick<Output, 'write'>): Screen {
  let drawn: readonly string[] | undefined;
  let resized = false;
  return {
    draw(lines) {
      if (!resized && drawn !== undefined && same(drawn, lines)) return;
      const up = resized ? toTop : upBy(drawn?.length ?? 0);
      // One write for all, so that no half picture is seen.
      output.write(hideCursor + up + lines.map((line) => `\r${line}${clearLine}\n`).join('') + clearBelow);
      drawn = lines;
      resized = false;
    },
    forget() {
      resized = drawn !== undefined;
    },
    end(lines) {
      if (drawn === undefined) return;
      const up = resized ? toTop : upBy(drawn.length);
      output.write(`${up}\r${clearBelow}${lines.map((line) => `${line}\n`).join('')}${showCursor}`);
    },
  };
}

function upBy(lines: number): string {
  return lines === 0 ? '' : `${escape}${lines}A`;
}

function same(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((line, i) => line === b[i]);
}
