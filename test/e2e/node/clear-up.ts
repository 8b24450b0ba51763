// Removes what the kernel does not take away with the namespaces of a run: its folder and its cgroups. Processes, mounts
// and network devices are gone by then, since they live in those namespaces only.
import { existsSync, readdirSync, rmdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { cgroupOf, hierarchies, left } from './run-place.ts';

const LIMIT_MILLISECONDS = 10_000;
const PAUSE_MILLISECONDS = 50;

/** Removes the folder and the cgroups of a run whose processes have ended. Throws what could not be removed. */
export async function clearUp(folder: string): Promise<void> {
  for (const hierarchy of hierarchies()) await removeCgroup(join(hierarchy, cgroupOf(folder)));
  rmSync(folder, { recursive: true, force: true });
}

/** Removes what runs that were killed have left, and returns how many things these were. */
export async function clearUpAfterOthers(): Promise<number> {
  const { folders, cgroups } = left();
  for (const cgroup of cgroups) await removeCgroup(cgroup);
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  return folders.length + cgroups.length;
}

// A cgroup can be removed when the last process in it is reaped, which the kernel may take a moment for.
async function removeCgroup(path: string): Promise<void> {
  const end = performance.now() + LIMIT_MILLISECONDS;
  while (existsSync(path)) {
    try {
      removeEmpty(path);
    } catch (error) {
      if (performance.now() > end) throw new Error(`The cgroup ${path} can't be removed.`, { cause: error });
      await delay(PAUSE_MILLISECONDS);
    }
  }
}

function removeEmpty(path: string): void {
  for (const entry of readdirSync(path, { withFileTypes: true })) {
    if (entry.isDirectory()) removeEmpty(join(path, entry.name));
  }
  rmdirSync(path);
}
