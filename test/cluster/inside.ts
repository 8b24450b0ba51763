// Runs a command in user, network and process namespaces of its own, where test clusters and the addresses of their fake
// pods live: `node test/cluster/inside.ts -- COMMAND…`. Killing this process kills all that runs inside.
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { inOwnNamespaces } from './namespaces.ts';

const FORWARDED = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR2'] as const;

async function main(): Promise<number> {
  const separator = process.argv.indexOf('--');
  const command = separator < 0 ? process.argv.slice(2) : process.argv.slice(separator + 1);
  if (command.length === 0) throw new Error('No command was given; say: node test/cluster/inside.ts -- COMMAND…');
  return await run(await inOwnNamespaces(command, 'tied'));
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
