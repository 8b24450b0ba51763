// `make build`: one bundled file per program into dist/, for images and for npm. `--check` also starts each of them once,
// since a bundle that lacks a module says so only when it runs.
import { spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { bundleOptions } from './bundle-options.ts';

const root = join(import.meta.dirname, '..');

/** Programs by the name of their bundle. */
const programs = {
  operator: 'src/main.ts',
  webhook: 'src/admission/main.ts',
  'kubectl-mm': 'src/cli/main.ts',
} as const;

async function bundle(name: string, entry: string): Promise<string> {
  const outfile = join(root, 'dist', `${name}.js`);
  await build(bundleOptions(entry, outfile));
  return outfile;
}

/** Throws with what the program said when it does not even explain itself. */
function requireStart(file: string): void {
  const run = spawnSync(process.execPath, [file, '--help'], { encoding: 'utf8', timeout: 30_000 });
  if (run.status !== 0) throw new Error(`${file} does not start: ${run.stderr || String(run.error)}`);
}

try {
  const check = process.argv.includes('--check');
  for (const [name, entry] of Object.entries(programs)) {
    const file = await bundle(name, entry);
    if (check) requireStart(file);
    process.stdout.write(`dist/${name}.js  ${String(Math.round(statSync(file).size / 1024))} KiB${check ? ', starts' : ''}\n`);
  }
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
