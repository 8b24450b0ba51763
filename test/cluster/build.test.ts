// The builder of test programs, with a stand-in for Go that records what it is asked to build.
import { expect } from 'chai';
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const BUILT = join(import.meta.dirname, 'fixtures', 'built.ts');

interface Ended {
  readonly code: number | null;
  readonly output: string;
  readonly complaint: string;
}

describe('The builder of test programs', () => {
  let dir: string;

  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'builder-'));
    mkdirSync(join(dir, 'bin'));
    mkdirSync(join(dir, 'module'));
    for (const file of ['go.mod', 'go.sum']) writeFileSync(join(dir, 'module', file), 'first');
  });

  afterEach(() => rmSync(dir, { recursive: true }));

  /** A go of some version whose build records the call and leaves a file, or fails. */
  function install(version: string, build = 'echo built >> "$GO_LOG"; sleep 0.2; echo program > "$3"'): void {
    const script = `#!/bin/sh\ncase $1 in\nenv) echo ${version} ;;\nbuild) ${build} ;;\nesac\n`;
    writeFileSync(join(dir, 'bin', 'go'), script, { mode: 0o755 });
  }

  async function build(path = `${join(dir, 'bin')}:/usr/bin:/bin`): Promise<Ended> {
    const env = { PATH: path, XDG_CACHE_HOME: join(dir, 'cache'), GO_LOG: join(dir, 'log') };
    const child = spawn(process.execPath, [BUILT, join(dir, 'module')], { env });
    let output = '';
    let complaint = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (complaint += chunk.toString()));
    const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
    return { code, output, complaint };
  }

  const builds = (): number =>
    existsSync(join(dir, 'log')) ? readFileSync(join(dir, 'log'), 'utf8').trim().split('\n').length : 0;

  it('builds once when two ask at once, and says what it does', async () => {
    install('go1.26.3');
    const [one, two] = await Promise.all([build(), build()]);
    expect(one.output).to.equal(two.output);
    expect(readFileSync(one.output, 'utf8')).to.equal('program\n');
    expect(builds()).to.equal(1);
    expect(one.complaint).to.match(/^thing \(1\/1\): building, about 2 min when cold\nthing \(1\/1\): ready after \d+ s\n$/);
  });

  it('needs no Go for what is built, and builds anew when a pin changes', async () => {
    install('go1.26.3');
    const { output } = await build();
    const again = await build(join(dir, 'empty'));
    expect(again).to.deep.equal({ code: 0, output, complaint: '' });
    writeFileSync(join(dir, 'module', 'go.sum'), 'second');
    expect((await build()).output).to.not.equal(output);
    expect(builds()).to.equal(2);
  });

  it('leaves nothing that looks like a program when a build fails, and shows the complaint', async () => {
    install('go1.26.3', 'echo half > "$3"; echo "go: downloading x" >&2; echo "syntax error" >&2; exit 1');
    const failed = await build();
    expect(failed.code).to.equal(1);
    expect(failed.complaint).to.contain(`thing could not be built from ${join(dir, 'module')}:\nsyntax error`);
    expect(failed.complaint).to.not.contain('downloading');
    install('go1.26.3');
    expect((await build()).code).to.equal(0);
  });

  it('names the remedy where Go is missing or too old', async () => {
    const remedy =
      'Building the test cluster needs Go 1.26 or newer on the PATH (https://go.dev/dl), or use Docker and CLUSTER=kind; ';
    expect((await build(join(dir, 'empty'))).complaint).to.equal(`${remedy}no Go was found.`);
    install('go1.25.9');
    expect((await build()).complaint).to.equal(`${remedy}found go1.25.9.`);
    expect(builds()).to.equal(0);
  });
});
