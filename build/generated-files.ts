// Generated files on disk: writes those that differ, or says which differ. It knows no generator.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The top folder of the project. */
export const projectRoot = join(import.meta.dirname, '..');

/**
 * Brings files to their generated content, or with `--check` on the command line only compares.
 * @param files path from the top folder → content
 * @returns exit code: 1 when checking found a difference
 */
export function settle(files: ReadonlyMap<string, string>): number {
  const stale = [...files].filter(([path, content]) => read(path) !== content);
  if (process.argv.includes('--check')) {
    for (const [path] of stale) console.error(`${path} is not what the code says: run \`make generate\` and commit it`);
    return stale.length === 0 ? 0 : 1;
  }
  for (const [path, content] of stale) {
    mkdirSync(dirname(join(projectRoot, path)), { recursive: true });
    writeFileSync(join(projectRoot, path), content);
    console.log(`wrote ${path}`);
  }
  return 0;
}

function read(path: string): string | undefined {
  try {
    return readFileSync(join(projectRoot, path), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
