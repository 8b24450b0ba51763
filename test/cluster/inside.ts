// Runs a command in user, network and process namespaces of its own, where test clusters and the addresses of their fake
// pods live: `node test/cluster/inside.ts -- COMMAND…`. Killing this process kills all that runs inside.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { buildPrograms } from './build.ts';
import { CLUSTER_PROGRAMS, OWN_NETNS } from './programs.ts';
import { POD_ROUTE } from './addresses.ts';

const FORWARDED = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR2'] as const;

async function main(): Promise<number> {
  const separator = process.argv.indexOf('--');
  const command = separator < 0 ? process.argv.slice(2) : process.argv.slice(separator + 1);
  if (command.length === 0) throw new Error('No command was given; say: node test/cluster/inside.ts -- COMMAND…');
  requireLinux();
  // Inside there is no way to the module proxy, so everything is built before.
  const binaries = await buildPrograms(CLUSTER_PROGRAMS);
  const netns = binaries[OWN_NETNS.name] ?? '';
  const probe = spawnSync(netns, ['probe'], { encoding: 'utf8' });
  if (probe.status === 0) return await run([netns, 'run', POD_ROUTE, ...command]);
  process.stderr.write(
    `${probe.stderr.trim()}\nThe command runs without namespaces of its own: fake pods get loopback addresses, Services ` +
      'stay without endpoints, and only one cluster should run at a time.\n',
  );
  return await run([netns, 'tied', ...command]);
}

function requireLinux(): void {
  if (process.platform === 'linux' && existsSync('/proc/self/ns')) return;
  throw new Error(
    `Test clusters run as plain processes on Linux only, and this is ${process.platform}: use a Linux machine, or Docker and CLUSTER=kind.`,
  );
}

/** Runs to the end and returns the exit code; 128 and the signal's number for a signal, as shells do. */
async function run(args: readonly string[]): Promise<number> {
  const [file = '', ...rest] = args;
  // In a session of its own the command gets each Ctrl-C once: from here, not also from the terminal.
  const child = spawn(file, rest, { stdio: 'inherit', detached: true });
  for (const signal of FORWARDED) process.on(signal, () => child.kill(signal));
  return await new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => {
      resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal]));
    });
  });
}

try {
  process.exitCode = await main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
