// How the status is drawn on a given output.

import { asciiGlyphs, unicodeGlyphs } from '../line.ts';
import type { Output } from '../surroundings.ts';
import type { ViewOptions } from './migration-view.ts';

/** A narrower terminal than this wraps. */
const narrowest = 40;
/** A longer line is hard to read. */
const widest = 120;

/** Width and glyphs for the output. */
export function viewOptions(output: Pick<Output, 'columns' | 'unicode'>): ViewOptions {
  const width = Math.min(widest, Math.max(narrowest, output.columns()));
  return { width, glyphs: output.unicode ? unicodeGlyphs : asciiGlyphs };
}
