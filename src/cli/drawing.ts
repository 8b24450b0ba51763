// How trees are drawn on a given output.

import { asciiGlyphs, unicodeGlyphs } from './line.ts';
import type { Drawing } from './outline.ts';
import type { Output } from './surroundings.ts';

/** A narrower terminal than this wraps. */
const narrowest = 40;
/** A longer line is hard to read. */
const widest = 120;

/** Width and glyphs for the output. What is read later, or by a program, is not cut to fit a screen. */
export function drawingOn(output: Pick<Output, 'columns' | 'unicode' | 'isTerminal'>): Drawing {
  const width = Math.min(widest, Math.max(narrowest, output.columns()));
  return { width, glyphs: output.unicode ? unicodeGlyphs : asciiGlyphs, ...(!output.isTerminal && { whole: true }) };
}
