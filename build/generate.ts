// Writes every generated file, or with --check says which one is not current. Each generator stands on its own beside it.
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

const args = process.argv.slice(2);
// What packs up the manifests comes after what writes them.
const packing = ['generate-chart.ts', 'generate-install.ts'];
const found = readdirSync(import.meta.dirname).filter((file) => /^generate-.+\.ts$/.test(file));
const generators = [...found.filter((file) => !packing.includes(file)), ...packing];
let stale = false;
for (const file of generators) {
  const { status } = spawnSync(process.execPath, [join(import.meta.dirname, file), ...args], { stdio: 'inherit' });
  if (status !== 0) stale = true;
}
if (stale) {
  process.stderr.write(
    args.includes('--check')
      ? 'A generated file is not current: run "make generate" and commit the result.\n'
      : 'A generator failed.\n',
  );
  process.exitCode = 1;
}
