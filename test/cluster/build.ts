// Builds pinned Go programs into a per-user cache, once for all checkouts of this machine, and says what it is doing.
// It knows nothing of clusters.
import { execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Program } from './programs.ts';

/** Oldest Go that the pinned modules accept, as in their go.mod. */
const GO = { major: 1, minor: 26 } as const;
const TICK_MILLISECONDS = 15_000;

/** The per-user cache of this project: XDG_CACHE_HOME or ~/.cache, in a folder of its own. */
export function cacheFolder(): string {
  const base = process.env['XDG_CACHE_HOME'];
  return join(base === undefined || base === '' ? join(homedir(), '.cache') : base, 'meshmigration');
}

/**
 * Builds what is not there yet and returns the path of each program by its name. Two builders at once do not build the same
 * thing twice, and a half-built program is never seen.
 * Progress goes to standard error. Throws one sentence with the remedy where Go is missing or too old.
 */
export async function buildPrograms(programs: readonly Program[]): Promise<Readonly<Record<string, string>>> {
  const paths = Object.fromEntries(programs.map((program) => [program.name, targetOf(program)]));
  const missing = programs.filter((program) => !existsSync(targetOf(program)));
  if (missing.length === 0) return paths;
  await requireGo();
  for (const [index, program] of missing.entries()) {
    await build(program, `${program.name} (${String(index + 1)}/${String(missing.length)})`);
  }
  return paths;
}

function targetOf(program: Program): string {
  const hash = createHash('sha256').update(JSON.stringify({ ...program, moduleFolder: undefined }));
  const sources = program.ownSources === true ? goFiles(program.moduleFolder) : ['go.mod', 'go.sum'];
  for (const file of sources) hash.update(file).update(readFileSync(join(program.moduleFolder, file)));
  return join(cacheFolder(), 'bin', hash.digest('hex').slice(0, 16), program.name);
}

function goFiles(folder: string): string[] {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return files.filter((file) => /\.(go|mod|sum)$/.test(file)).sort();
}

async function requireGo(): Promise<void> {
  const remedy =
    `Building the test cluster needs Go ${String(GO.major)}.${String(GO.minor)} or newer on the PATH ` +
    '(https://go.dev/dl), or use Docker and CLUSTER=kind';
  let version: string;
  try {
    version = (await promisify(execFile)('go', ['env', 'GOVERSION'], { env: goEnvironment() })).stdout.trim();
  } catch (error) {
    throw new Error(`${remedy}; no Go was found.`, { cause: error });
  }
  const [, major = '0', minor = '0'] = /^go(\d+)\.(\d+)/.exec(version) ?? [];
  const enough = Number(major) > GO.major || (Number(major) === GO.major && Number(minor) >= GO.minor);
  if (!enough) throw new Error(`${remedy}; found ${version}.`);
}

function goEnvironment(): NodeJS.ProcessEnv {
  return { ...process.env, CGO_ENABLED: '0', GOTOOLCHAIN: 'local', GOFLAGS: '', GOWORK: 'off' };
}

async function build(program: Program, label: string): Promise<void> {
  const target = targetOf(program);
  await mkdir(join(target, '..'), { recursive: true });
  say(`${label}: building, about ${spoken(program.coldSeconds)} when cold`);
  const started = performance.now();
  const elapsed = (): string => spoken(Math.round((performance.now() - started) / 1000));
  const ticker = setInterval(() => say(`${label}: ${elapsed()} so far`), TICK_MILLISECONDS);
  try {
    await goBuild(program, target);
  } finally {
    clearInterval(ticker);
  }
  say(`${label}: ready after ${elapsed()}`);
}

// flock is given back by the kernel when its holder dies, so no lock is ever stale.
const LOCKED = '[ -e "$1" ] && exit; target=$1; shift; go build -o "$target.new" "$@" && mv "$target.new" "$target"';

async function goBuild(program: Program, target: string): Promise<void> {
  const flags = ['-mod=readonly', '-trimpath', '-buildvcs=false'];
  if (program.ldflags !== undefined) flags.push('-ldflags', program.ldflags);
  if (program.tags !== undefined) flags.push('-tags', program.tags.join(','));
  if (program.buildmode !== undefined) flags.push('-buildmode', program.buildmode);
  const args = [`${target}.lock`, 'sh', '-c', LOCKED, 'build', target, ...flags, program.package];
  const child = spawn('flock', args, { cwd: program.moduleFolder, env: goEnvironment(), stdio: ['ignore', 'ignore', 'pipe'] });
  let complaint = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (complaint = (complaint + text).slice(-20_000)));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', (error) => reject(new Error('flock (of util-linux) is needed to build test programs.', { cause: error })));
    child.on('close', resolve);
  });
  if (code === 0) return;
  const lines = complaint.split('\n').filter((line) => !line.startsWith('go: downloading'));
  throw new Error(`${program.name} could not be built from ${program.moduleFolder}:\n${lines.slice(-30).join('\n')}`);
}

function spoken(seconds: number): string {
  return seconds < 90 ? `${String(seconds)} s` : `${String(Math.round(seconds / 60))} min`;
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
