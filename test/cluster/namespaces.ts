// Decides in which namespaces a command runs: its own where the system allows, else none. It starts no cluster.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { POD_ROUTE } from './addresses.ts';
import { buildPrograms } from './build.ts';
import { CLUSTER_PROGRAMS, OWN_NETNS } from './programs.ts';

/** How long what runs inside may live: as long as its starter, or until it is told to end. */
export type Life = 'tied' | 'kept';

/**
 * The command line that runs a command in namespaces of its own. Builds all programs first, since inside there is no way to
 * the module proxy. Where namespaces are forbidden it says so on standard error and returns a plain command line.
 * Throws one sentence where the system is not Linux.
 */
export async function inOwnNamespaces(command: readonly string[], life: Life): Promise<string[]> {
  requireLinux(process.platform);
  const netns = (await buildPrograms(CLUSTER_PROGRAMS))[OWN_NETNS.name] ?? '';
  const probe = spawnSync(netns, ['probe'], { encoding: 'utf8' });
  if (probe.status === 0) return [netns, life === 'tied' ? 'run' : 'keep', POD_ROUTE, ...command];
  process.stderr.write(
    `${probe.stderr.trim()}\nThe command runs without namespaces of its own: fake pods get loopback addresses, Services ` +
      'stay without endpoints, and only one cluster should run at a time.\n',
  );
  return life === 'tied' ? [netns, 'tied', ...command] : [...command];
}

/** Throws the remedy on systems that can't run a test cluster as plain processes. */
export function requireLinux(platform: string): void {
  if (platform === 'linux' && existsSync('/proc/self/ns')) return;
  throw new Error(
    `Test clusters run as plain processes on Linux only, and this is ${platform}: use a Linux machine, or Docker and CLUSTER=kind.`,
  );
}
