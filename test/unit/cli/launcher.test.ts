import { expect } from 'chai';
import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const checkout = join(import.meta.dirname, '..', '..', '..');
const launcher = join(checkout, 'bin', 'kubectl-mm');

/** Runs a launcher with these folders, and the system's, on the PATH. */
function launch(
  file: string,
  folders: readonly string[],
  args: readonly string[],
): { code: number | null; out: string; err: string } {
  const path = [...folders, '/usr/bin', '/bin'].join(':');
  const { status, stdout, stderr } = spawnSync(file, args, { encoding: 'utf8', env: { PATH: path } });
  return { code: status, out: stdout, err: stderr };
}

describe('bin/kubectl-mm', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'kubectl-mm-'));
  });

  afterEach(() => rmSync(folder, { recursive: true }));

  /** A program called node that does not run anything, as one that is too old. */
  const oldNode = (): string => {
    const bin = join(folder, 'old');
    mkdirSync(bin);
    writeFileSync(join(bin, 'node'), '#!/bin/sh\nexit 1\n');
    chmodSync(join(bin, 'node'), 0o755);
    return bin;
  };

  it('starts the plugin, also when it is reached by links', () => {
    mkdirSync(join(folder, 'bin'));
    symlinkSync(launcher, join(folder, 'bin', 'first'));
    symlinkSync('first', join(folder, 'bin', 'kubectl-mm'));
    const { code, out } = launch(join(folder, 'bin', 'kubectl-mm'), [dirname(process.execPath)], ['--help']);

    expect(out).to.contain('Usage: kubectl mm').and.to.contain('status');
    expect(code).to.equal(0);
  });

  it('takes the locked Node.js when that of the PATH is too old', () => {
    const { code, out } = launch(launcher, [oldNode()], ['status', '--help']);

    expect(out).to.contain('Usage: kubectl mm status');
    expect(code).to.equal(0);
  });

  it('says in one sentence what is missing when no Node.js is new enough', () => {
    const alone = join(folder, 'copy', 'bin', 'kubectl-mm');
    mkdirSync(dirname(alone), { recursive: true });
    cpSync(launcher, alone);
    const { code, err } = launch(alone, [oldNode()], ['status']);

    expect(err).to.match(/^kubectl-mm needs Node\.js 22\.19 or newer.*: install it, or run npm ci in .*\.\n$/);
    expect(code).to.equal(2);
  });

  it('runs the bundle where it is installed as a package', () => {
    const home = join(folder, 'node_modules', 'meshmigration');
    mkdirSync(join(home, 'bin'), { recursive: true });
    mkdirSync(join(home, 'dist'));
    cpSync(launcher, join(home, 'bin', 'kubectl-mm'));
    writeFileSync(join(home, 'package.json'), '{"type":"module"}');
    writeFileSync(join(home, 'dist', 'kubectl-mm.js'), 'console.log("bundle", process.argv.slice(2).join(" "));');
    const { out } = launch(join(home, 'bin', 'kubectl-mm'), [dirname(process.execPath)], ['status', 'demo']);

    expect(out).to.equal('bundle status demo\n');
  });

  it('answers a word that is no command with 2', () => {
    const { code, err } = launch(launcher, [dirname(process.execPath)], ['stauts']);

    expect(err).to.contain("unknown command 'stauts'");
    expect(code).to.equal(2);
  });
});
