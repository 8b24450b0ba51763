// Reader room: the names that namers of a running Linkerd 1 list themselves (/bound-names.json). Only the fs namer tells any, as recorded; of
// a name that it does not list it is known that it binds to nothing. Pure.

import type { LinkerdConfig, NamerConfig } from '../config/model.ts';
import type { FsDirectory } from '../dtab/configured-namers.ts';
import { parsePath } from '../dtab/parse.ts';
import type { Path } from '../dtab/path.ts';
import { DtabSyntaxError } from '../dtab/syntax-error.ts';

/** Namers that list their names. */
export function listingNamers({ namers }: LinkerdConfig): readonly NamerConfig[] {
  return namers.filter(({ kind }) => kind === 'io.l5d.fs');
}

/** More names than these are not kept. */
const MAX_NAMES = 10_000;

/** Reads the page; a sentence when it is none. */
export function readBoundNames(text: string): readonly string[] | string {
  try {
    const names: unknown = JSON.parse(text);
    if (!Array.isArray(names)) return '/bound-names.json is no list';
    return names.filter((name) => typeof name === 'string' && name !== '').slice(0, MAX_NAMES) as readonly string[];
  } catch {
    return '/bound-names.json is no JSON';
  }
}

/** The directories of fs namers, as far as their names tell: files without their content. Undefined for a directory of no such namer. */
export function directoriesOf(config: LinkerdConfig, names: readonly string[]): (rootDir: string) => FsDirectory | undefined {
  const roots = new Map<string, Map<string, string>>();
  const paths = names.flatMap(pathOf);
  for (const { prefix, rootDir = '' } of listingNamers(config)) {
    const start = ['#', ...parsePath(prefix)];
    const below = paths.filter((path) => path.length > start.length && start.every((label, i) => path[i] === label));
    roots.set(rootDir, new Map(below.map((path) => [path[start.length] ?? '', ''])));
  }
  return (rootDir) => roots.get(rootDir);
}

function pathOf(name: string): Path[] {
  try {
    return [parsePath(name)];
  } catch (error) {
    if (error instanceof DtabSyntaxError) return [];
    throw error;
  }
}
