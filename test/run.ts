// Runs groups of tests one after the other and says what runs, about how long, and how it ended. A tier that this machine
// can run and that did not run is a failure.
import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { platform } from 'node:os';
import { join } from 'node:path';
import PQueue from 'p-queue';
import { NOTES, wasVoid } from './e2e/migration/notes.ts';
import { groups } from './stages.ts';
import type { Stage } from './stages.ts';

const root = join(import.meta.dirname, '..');
// Clusters beside each other mostly wait; more than three at once make two cores slow enough to be seen.
const atOnce = 3;
// What stages on real nodes leave for later ones.
const notes = join(root, '.cache', 'e2e-notes');
const running = new Set<ChildProcess>();
// A command that hangs would keep all others from being told.
const minutesAtMost = 30;
let interrupted = false;

interface Ended {
  readonly command: readonly string[];
  readonly how: string;
  readonly passed: boolean;
  /** What it printed, where that was not seen yet. */
  readonly said: string;
}

function complaint(): string | undefined {
  if (platform() !== 'linux') return `The test cluster needs Linux, and this is ${platform()}: use a Linux machine or container.`;
  const go = spawnSync('go', ['version'], { encoding: 'utf8' });
  if (go.status !== 0 && process.env['CLUSTER'] !== 'kind')
    return 'Go is missing: install Go 1.26 or newer, or set CLUSTER=kind where Docker is there.';
  return existsSync(join(root, 'node_modules', '.bin')) ? undefined : 'The packages are missing: run "make install-deps".';
}

function canHaveNodes(): boolean {
  if (process.getuid?.() !== 0) return false;
  return spawnSync('unshare', ['--net', '--mount', '--pid', '--fork', 'true'], { stdio: 'ignore' }).status === 0;
}

function seconds(since: number): string {
  return `${((performance.now() - since) / 1000).toFixed(0)} s`;
}

// Whatever it started is of its process group or tied to it.
function endAll(child: ChildProcess): void {
  process.stderr.write(`\n  ${child.spawnargs.join(' ')} does not end, so it is ended\n`);
  child.kill('SIGTERM');
  setTimeout(() => {
    if (running.has(child) && child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
  }, 30_000).unref();
}

function interrupt(signal: NodeJS.Signals): void {
  interrupted = true;
  for (const child of running) child.kill(signal);
}

// What runs alone is seen as it runs. What runs beside others is shown whole: when it ends, or, if it failed, after all the
// others, where nobody has to look for it.
async function play(command: readonly string[], { env, commands }: Stage): Promise<Ended> {
  const [file = '', ...args] = command;
  const alone = commands.length === 1;
  const began = performance.now();
  const child = spawn(file, args, {
    cwd: root,
    stdio: ['ignore', alone ? 'inherit' : 'pipe', alone ? 'inherit' : 'pipe'],
    env: { ...process.env, [NOTES]: notes, ...env },
    // In a session of its own it gets each Ctrl-C once: from here.
    detached: true,
  });
  running.add(child);
  const said: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => said.push(chunk));
  const limit = setTimeout(() => endAll(child), minutesAtMost * (env?.['LONG'] === '1' ? 3 : 1) * 60_000);
  const how = await new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('close', (code, signal) => resolve(signal ?? `exit code ${code ?? 'unknown'}`));
  });
  clearTimeout(limit);
  running.delete(child);
  const passed = how === 'exit code 0';
  const title = `\n  ${args.at(-1) ?? ''} (${seconds(began)})`;
  const page = Buffer.concat(said).toString();
  if (!alone) process.stdout.write(passed ? `${title}${page}` : `${title}: failed, its output comes last\n`);
  return { command, how, passed, said: alone || passed ? '' : `${title}${page}` };
}

async function runStage(stage: Stage): Promise<readonly Ended[]> {
  const queue = new PQueue({ concurrency: atOnce });
  const notRun = (command: readonly string[]): Ended => ({ command, how: 'interrupted', passed: false, said: '' });
  const ended = await Promise.all(
    stage.commands.map((command) => queue.add(() => (interrupted ? notRun(command) : play(command, stage)))),
  );
  const failed = ended.filter(({ passed }) => !passed);
  for (const { said } of failed) process.stdout.write(said);
  return failed;
}

// A busy machine loses calls as a bad product does; where it lost some that nobody touched, the stage says nothing yet.
async function runOrRepeat(stage: Stage): Promise<readonly Ended[]> {
  const failed = await runStage(stage);
  if (failed.length === 0 || interrupted || !wasVoid(notes)) return failed;
  process.stdout.write('    void: the machine lost calls between pods that nobody moved; the stage is repeated once\n');
  return await runStage(stage);
}

async function run(stages: readonly Stage[]): Promise<number> {
  const began = performance.now();
  rmSync(notes, { recursive: true, force: true });
  for (const [i, stage] of stages.entries()) {
    process.stdout.write(`\n[${i + 1}/${stages.length}] ${stage.name} (about ${stage.about})\n`);
    if (stage.nodes === true && !canHaveNodes()) {
      process.stdout.write('    left out: real nodes need root and network, mount and process namespaces of their own\n');
      continue;
    }
    const started = performance.now();
    const failed = await runOrRepeat(stage);
    if (failed.length > 0) {
      const alone = failed.map(({ command, how }) => `\n  ${command.join(' ')} (${how})`).join('');
      process.stderr.write(`\n"${stage.name}" failed after ${seconds(started)}. To run alone what failed:${alone}\n`);
      return 1;
    }
    process.stdout.write(`    done in ${seconds(started)}\n`);
  }
  const left = stages.filter(({ nodes }) => nodes === true && !canHaveNodes()).length;
  const passed =
    left === 0
      ? `All ${stages.length} stages passed`
      : `${stages.length - left} of ${stages.length} stages passed, ${left} left out`;
  process.stdout.write(`\n${passed} in ${seconds(began)}.\n`);
  return 0;
}

// Children take down what they started; this waits for them.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, interrupt);

const group = process.argv[2] ?? '';
const stages = Object.hasOwn(groups, group) ? groups[group] : undefined;
const problem = stages === undefined ? `"${group}" is none of ${Object.keys(groups).join(', ')}.` : complaint();
if (problem !== undefined || stages === undefined) {
  process.stderr.write(`${problem ?? ''}\n`);
  process.exitCode = 2;
} else {
  process.exitCode = await run(stages);
}
