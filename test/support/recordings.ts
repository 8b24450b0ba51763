/**
 * Reads the copies of what real programs answered (test/recordings). It interprets nothing.
 */
import { readFileSync, readdirSync } from 'node:fs';

const root = new URL('../recordings/', import.meta.url);

/** The text of one recording; the path is relative to test/recordings. */
export function recordedText(path: string): string {
  return readFileSync(new URL(path, root), 'utf8');
}

/** One recording as JSON, with the caller's word for its type. */
export function recordedJson(path: string): unknown {
  return JSON.parse(recordedText(path));
}

/** Names in a folder of recordings, sorted. */
export function recordedNames(folder: string): string[] {
  return readdirSync(new URL(folder, root)).sort();
}
