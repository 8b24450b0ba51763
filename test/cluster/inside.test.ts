// Namespaces of their own: exit codes, signals, and that nothing outlives the program that was started. Runs outside of them.
import { expect } from 'chai';
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { requireLinux } from './namespaces.ts';
import { until } from './readiness.ts';

const INSIDE = join(import.meta.dirname, 'inside.ts');
const STARTED = join(import.meta.dirname, 'fixtures', 'started.ts');

interface Ended {
  readonly code: number | null;
  readonly output: string;
}

interface Started {
  readonly child: ChildProcess;
  readonly firstLine: Promise<string>;
  readonly ended: Promise<Ended>;
}

function inside(...command: string[]): Started {
  const child = spawn(process.execPath, [INSIDE, '--', ...command], { stdio: ['ignore', 'pipe', 'ignore'] });
  let output = '';
  const firstLine = new Promise<string>((resolve) => {
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      if (output.includes('\n')) resolve(output.slice(0, output.indexOf('\n')));
    });
  });
  const ended = new Promise<Ended>((resolve) => child.once('close', (code) => resolve({ code, output })));
  return { child, firstLine, ended };
}

/** Command lines on this machine that name a text. */
function processesNaming(text: string): string[] {
  const lines = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(commandLine);
  return lines.filter((line) => line.includes(text));
}

function commandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}

describe('A command in namespaces of its own', function () {
  this.timeout(60_000);

  it('ends with its own exit code', async () => {
    expect((await inside('sh', '-c', 'exit 7').ended).code).to.equal(7);
  });

  it('ends with 128 and the number of the signal that killed it', async () => {
    expect((await inside('sh', '-c', 'kill -KILL $$').ended).code).to.equal(137);
  });

  it('gets the signals sent to its starter', async () => {
    const started = inside('sh', '-c', 'trap "echo asked; exit 3" TERM; echo up; while :; do sleep 0.05; done');
    await started.firstLine;
    started.child.kill('SIGTERM');
    expect(await started.ended).to.deep.equal({ code: 3, output: 'up\nasked\n' });
  });

  it('sees no process and no network of the machine', async () => {
    const { output } = await inside('sh', '-c', 'ls -d /proc/[0-9]* | wc -l; ls /sys/class/net; cat /proc/net/dev | grep -c :')
      .ended;
    const [processes = '', ...rest] = output.trim().split('\n');
    expect(Number(processes)).to.be.lessThan(8);
    expect(rest.at(-1)).to.equal('1');
  });

  it('is refused with one sentence where it is missing', async () => {
    const child = spawn(process.execPath, [INSIDE, '--'], { stdio: ['ignore', 'ignore', 'pipe'] });
    let complaint = '';
    child.stderr.on('data', (chunk: Buffer) => (complaint += chunk.toString()));
    const code = await new Promise((resolve) => child.once('close', resolve));
    expect(complaint).to.equal('No command was given; say: node test/cluster/inside.ts -- COMMAND…\n');
    expect(code).to.equal(1);
  });

  it('is refused with the remedy on other systems than Linux', () => {
    expect(() => requireLinux('darwin')).to.throw('this is darwin: use a Linux machine, or Docker and CLUSTER=kind.');
  });
});

describe('A cluster leaves no process behind', function () {
  this.timeout(120_000);

  for (const [how, argument, end] of [
    ['when its starter is killed without a chance to clean up', 'wait', (child: ChildProcess) => child.kill('SIGKILL')],
    ['on Ctrl-C', 'wait', (child: ChildProcess) => child.kill('SIGINT')],
    ['when the program that uses it fails', 'fail', () => true],
    ['when the program that uses it is done without stopping it', 'done', () => true],
  ] as const) {
    it(how, async () => {
      const started = inside('node', STARTED, argument);
      const dir = await started.firstLine;
      const name = basename(dir);
      if (argument === 'wait') expect(processesNaming(name)).to.have.length(5);
      end(started.child);
      await started.ended;
      await until('all processes are gone', 10_000, () => Promise.resolve(processesNaming(name).length === 0));
      const killed = how.includes('killed');
      expect(existsSync(dir)).to.equal(killed);
      if (killed) rmSync(dir, { recursive: true });
    });
  }
});
