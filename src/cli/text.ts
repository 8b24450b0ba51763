// Text from the cluster, made fit for a line: cleaned, measured in columns, wrapped, cut. Knows neither colour nor meaning.

const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' });
const wide =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Emoji_Presentation}\uFF01-\uFF60\u3000-\u303E]/u;
const combining = /^[\p{Mark}\u200B-\u200F\u2060\uFEFF]+$/u;
// Control and format characters would let an object's text move the cursor or turn the reading direction.
const control = /[\p{Cc}\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]+/gu;

/** One line without control characters: what people and other programs wrote into the cluster is not to be trusted. */
export function clean(text: string): string {
  return text.replaceAll(control, ' ').replaceAll(/ {2,}/g, ' ').trim();
}

/** Columns that the text takes on a terminal. */
export function widthOf(text: string): number {
  if (/^[\x20-\x7E]*$/.test(text)) return text.length;
  return graphemes(text).reduce((sum, grapheme) => sum + graphemeWidth(grapheme), 0);
}

/** The text, padded with blanks to so many columns; longer text stays as it is. */
export function pad(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - widthOf(text)));
}

/** At most so many columns of the text; what is cut off is replaced by `mark`. */
export function cut(text: string, width: number, mark: string): string {
  if (widthOf(text) <= width) return text;
  if (width <= widthOf(mark)) return take(mark, width);
  return take(text, width - widthOf(mark)).trimEnd() + mark;
}

/** Cuts in the middle, so that both ends of a name stay readable. */
export function cutMiddle(text: string, width: number, mark: string): string {
  const room = width - widthOf(mark);
  if (widthOf(text) <= width || room < 4) return cut(text, width, mark);
  const end = graphemes(text).slice(-Math.floor(room / 2));
  while (widthOf(end.join('')) > room / 2) end.shift();
  const tail = end.join('');
  return take(text, room - widthOf(tail)) + mark + tail;
}

/** The text in lines of at most so many columns; words that are longer are broken. */
export function wrap(text: string, width: number): string[] {
  const room = Math.max(1, width);
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ').flatMap((w) => broken(w, room))) {
    if (line !== '' && widthOf(line) + 1 + widthOf(word) > room) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return line === '' ? lines : [...lines, line];
}

function broken(word: string, room: number): string[] {
  const parts: string[] = [];
  let rest = word;
  while (widthOf(rest) > room) {
    const part = take(rest, room);
    if (part === '') break;
    parts.push(part);
    rest = rest.slice(part.length);
  }
  return [...parts, rest];
}

function take(text: string, width: number): string {
  let taken = '';
  let room = width;
  for (const grapheme of graphemes(text)) {
    room -= graphemeWidth(grapheme);
    if (room < 0) return taken;
    taken += grapheme;
  }
  return taken;
}

function graphemes(text: string): string[] {
  return Array.from(segmenter.segment(text), ({ segment }) => segment);
}

function graphemeWidth(grapheme: string): number {
  if (combining.test(grapheme)) return 0;
  return wide.test(grapheme) ? 2 : 1;
}
