// How a run of real nodes ends: on Ctrl-C nothing is left, and what a kill leaves behind is cleared by the next run. It is
// run outside of inside.ts, which it starts itself.
import { expect } from 'chai';
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { birthOf } from '../../cluster/kept-cluster.ts';
import { until } from '../../cluster/readiness.ts';
import { hierarchies, left } from './run-place.ts';

const INSIDE = join(import.meta.dirname, 'inside.ts');
const HELD = join(import.meta.dirname, 'fixtures', 'held.ts');
const LIMIT = 60_000;

interface Held {
  readonly child: ChildProcess;
  readonly ended: Promise<number | null>;
  readonly name: string;
}

async function hold(): Promise<Held> {
  const child = spawn(process.execPath, [INSIDE, '--', process.execPath, HELD], { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  await until('the held cluster is ready', LIMIT, () =>
    child.exitCode === null ? Promise.resolve(said.includes('ready after')) : Promise.reject(new Error(said)),
  );
  const pid = child.pid ?? 0;
  return { child, ended, name: `meshmigration-e2e-${String(pid)}-${birthOf(pid)}` };
}

/** Folders and cgroups of a run, and processes that were told its folder; those in containers hold its cgroups. */
function traces(name: string): string[] {
  const places = [tmpdir(), ...hierarchies()].map((parent) => join(parent, name)).filter((path) => existsSync(path));
  const processes = readdirSync('/proc').filter((entry) => /^\d+$/.test(entry) && environmentOf(entry).includes(`/${name}\0`));
  return [...places, ...processes];
}

function environmentOf(pid: string): string {
  try {
    return readFileSync(join('/proc', pid, 'environ'), 'utf8');
  } catch {
    return '';
  }
}

describe('A run of real nodes', () => {
  it('leaves nothing behind on Ctrl-C', async () => {
    const held = await hold();
    expect(traces(held.name)).to.have.length.above(hierarchies().length);
    held.child.kill('SIGINT');
    expect(await held.ended).to.equal(130);
    expect(traces(held.name)).to.deep.equal([]);
  });

  it('ends all processes when it is killed, and the next run clears what is left', async () => {
    const first = await hold();
    first.child.kill('SIGKILL');
    await first.ended;
    expect(left().folders.map((path) => path.split('/').at(-1))).to.include(first.name);
    const second = await hold();
    expect(traces(first.name)).to.deep.equal([]);
    second.child.kill('SIGTERM');
    expect(await second.ended).to.equal(143);
    expect(traces(second.name)).to.deep.equal([]);
  });
});
