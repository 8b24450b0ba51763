// Runs a command where real nodes can be started: `node test/e2e/node/inside.ts -- COMMAND…`. Network, mount and process
// namespaces of its own hold all that the command starts, so that nothing gets out and nothing is left when it ends.
import { spawn, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, rmSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { buildPrograms } from '../../cluster/build.ts';
import { requireLinux } from '../../cluster/namespaces.ts';
import { gatewayApiFolder } from '../../cluster/modules.ts';
import { CLUSTER_PROGRAMS, HELM, NODE_PROGRAMS, OWN_NETNS } from '../../cluster/programs.ts';
import { E2E_PROGRAM } from '../images/program.ts';
import { clearUp, clearUpAfterOthers } from './clear-up.ts';
import { ownFolder, RUN_FOLDER } from './run-place.ts';
import { systemPrograms } from './system-programs.ts';

const FORWARDED = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR2'] as const;

const KEPT_LOGS = join(import.meta.dirname, '..', '..', '..', '.cache', 'e2e-logs');

async function main(): Promise<number> {
  const separator = process.argv.indexOf('--');
  const command = separator < 0 ? process.argv.slice(2) : process.argv.slice(separator + 1);
  if (command.length === 0) throw new Error('No command was given; say: node test/e2e/node/inside.ts -- COMMAND…');
  requireLinux(process.platform);
  // Inside there is no way to any registry.
  const netns = (await buildPrograms([...CLUSTER_PROGRAMS, ...NODE_PROGRAMS, HELM, E2E_PROGRAM]))[OWN_NETNS.name] ?? '';
  await Promise.all([systemPrograms(), gatewayApiFolder()]);
  requireRoot(netns);
  const cleared = await clearUpAfterOthers();
  if (cleared > 0) process.stderr.write(`Cleared up ${String(cleared)} things of an earlier run that was killed.\n`);
  const folder = ownFolder();
  mkdirSync(folder, { mode: 0o755 });
  try {
    const code = await run([netns, 'real', ...command], { ...process.env, [RUN_FOLDER]: folder });
    if (code !== 0) keepLogs(folder);
    return code;
  } finally {
    await clearUp(folder);
  }
}

// Where something failed, the logs are what a person needs.
function keepLogs(folder: string): void {
  const logs = join(folder, 'cluster', 'logs');
  if (!existsSync(logs)) return;
  rmSync(KEPT_LOGS, { recursive: true, force: true });
  cpSync(logs, KEPT_LOGS, { recursive: true });
  process.stderr.write(`The logs of the nodes and the control plane are in ${KEPT_LOGS}.\n`);
}

function requireRoot(netns: string): void {
  const probe = process.getuid?.() === 0 ? spawnSync(netns, ['real', '/bin/true'], { encoding: 'utf8' }) : undefined;
  if (probe?.status === 0) return;
  throw new Error(`Real nodes need root and namespaces of their own: run this as root. ${probe?.stderr.trim() ?? ''}`.trim());
}

/** Runs to the end and returns the exit code; 128 and the signal's number for a signal, as shells do. */
async function run(args: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  const [file = '', ...rest] = args;
  // In a session of its own the command gets each Ctrl-C once: from here, not also from the terminal.
  const child = spawn(file, rest, { stdio: 'inherit', detached: true, env });
  for (const signal of FORWARDED) process.on(signal, () => child.kill(signal));
  return await new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal])));
  });
}

try {
  process.exitCode = await main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
