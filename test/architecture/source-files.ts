// Reads the source tree for the architecture tests: files, their rooms and what they import. It judges nothing.

import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

/** The top folder of the project. */
export const projectRoot = join(import.meta.dirname, '..', '..');

/** One import: what is named, where it leads, and whether it is erased before the program runs. */
export interface Import {
  /** As written, for example `../core/pair.ts` or `node:fs`. */
  specifier: string;
  /** Path from the top folder for a file of ours; absent for a package. */
  path?: string;
  typeOnly: boolean;
}

/** One TypeScript file of ours. */
export interface SourceFile {
  /** Path from the top folder, with slashes. */
  path: string;
  text: string;
  lines: readonly string[];
  imports: readonly Import[];
}

/** Every TypeScript file below a folder, by path from the top folder. */
export function sourceFiles(folder: string): SourceFile[] {
  return filesBelow(folder)
    .filter((path) => path.endsWith('.ts'))
    .map((path) => {
      const text = readFileSync(join(projectRoot, path), 'utf8');
      return { path, text, lines: text.trimEnd().split('\n'), imports: importsOf(path, text) };
    });
}

/** Paths of all files below a folder, sorted; none when there is no such folder. */
export function filesBelow(folder: string): string[] {
  try {
    return readdirSync(join(projectRoot, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => relative(projectRoot, join(entry.parentPath, entry.name)))
      .sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

/** The room of a path: `mesh` for `src/mesh/none/join.ts`, `main` for a file directly in src. */
export function roomOf(path: string): string {
  const [, room = '', ...rest] = path.split('/');
  return rest.length === 0 ? 'main' : room;
}

/** The text without comments. Strings stay, so a `//` in an address may cost the rest of its line. */
export function withoutComments(text: string): string {
  return text.replaceAll(/\/\*[\s\S]*?\*\//g, '').replaceAll(/(^|[^:])\/\/.*$/gm, '$1');
}

const declaration = /^(?:import|export)\s+(type\s)?(?:[^'";]*?\sfrom\s+)?'([^']+)'/gm;
const dynamic = /\bimport\('([^']+)'\)/g;

function importsOf(path: string, text: string): Import[] {
  const declared = [...text.matchAll(declaration)].map(([, type, specifier = '']) => ({
    specifier,
    typeOnly: type !== undefined,
  }));
  const later = [...text.matchAll(dynamic)].map(([, specifier = '']) => ({ specifier, typeOnly: false }));
  return [...declared, ...later].map((found) =>
    found.specifier.startsWith('.') ? { ...found, path: join(dirname(path), found.specifier) } : found,
  );
}
