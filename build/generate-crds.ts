// Writes crds/*.yaml from the TypeScript types of the API, or with --check says which file is not current and fails.

import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { renderCrds } from './crd/render.ts';

const root = join(import.meta.dirname, '..');
const folder = join(root, 'crds');

function read(name: string): string | undefined {
  return readdirSync(folder).includes(name) ? readFileSync(join(folder, name), 'utf8') : undefined;
}

function run(check: boolean): number {
  mkdirSync(folder, { recursive: true });
  const files = renderCrds(root);
  const stale = [...files].filter(([name, content]) => read(name) !== content).map(([name]) => name);
  const orphans = readdirSync(folder).filter((name) => name.endsWith('.yaml') && !files.has(name));
  if (check) {
    for (const name of stale) console.error(`crds/${name} is not what the types say: run \`make generate\` and commit it`);
    for (const name of orphans) console.error(`crds/${name} belongs to no kind: delete it`);
    return stale.length + orphans.length === 0 ? 0 : 1;
  }
  for (const name of stale) {
    writeFileSync(join(folder, name), files.get(name) ?? '');
    console.log(`wrote crds/${name}`);
  }
  return 0;
}

process.exitCode = run(process.argv.includes('--check'));
