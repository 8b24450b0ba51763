// Dtab room: paths. A segment is a string of bytes (char codes 0 to 255), as in Finagle, so that escaped bytes survive.
// Pure; knows no dtab and no namer.

/** Segments of a path. The empty list is `/`. No segment is empty. */
export type Path = readonly string[];

const SHOWABLE = /^[0-9A-Za-z_:.#$%-]+$/;

/** A character that a label may hold without being escaped. */
export function isShowable(char: string): boolean {
  return SHOWABLE.test(char);
}

/** A segment as it is written: plain, or every byte as `\xHH` when one of them is not showable. */
export function showSegment(segment: string): string {
  if (SHOWABLE.test(segment)) return segment;
  let shown = '';
  for (let i = 0; i < segment.length; i++) shown += `\\x${segment.charCodeAt(i).toString(16).padStart(2, '0')}`;
  return shown;
}

/** A path as it is written. */
export function showPath(path: Path): string {
  return `/${path.map(showSegment).join('/')}`;
}

/** Segment of a text, in UTF-8. */
export function segmentOf(text: string): string {
  if (SHOWABLE.test(text)) return text;
  let bytes = '';
  for (const byte of new TextEncoder().encode(text)) bytes += String.fromCharCode(byte);
  return bytes;
}

/** `path` begins with `prefix`. */
export function startsWith(path: Path, prefix: Path): boolean {
  return prefix.length <= path.length && prefix.every((segment, i) => path[i] === segment);
}

/** Both are the same. */
export function samePath(a: Path, b: Path): boolean {
  return a.length === b.length && startsWith(a, b);
}
