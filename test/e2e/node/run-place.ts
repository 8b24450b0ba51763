// The folder and the cgroups of one run of real nodes, whose names say which process they belong to, so that the next run
// can clear up after one that was killed. It starts nothing and makes nothing.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { birthOf } from '../../cluster/kept-cluster.ts';

/** Name of the variable that tells processes in the namespaces their folder. */
export const RUN_FOLDER = 'E2E_RUN_FOLDER';

const PREFIX = 'meshmigration-e2e-';

/** The folder of a run that this process owns; its name is also that of the run's cgroups. */
export function ownFolder(): string {
  return join(tmpdir(), `${PREFIX}${String(process.pid)}-${birthOf(process.pid)}`);
}

/** The folder of the run that this process is part of. Throws the remedy outside of one. */
export function folderOfRun(): string {
  const folder = process.env[RUN_FOLDER];
  if (folder === undefined) throw new Error('Real nodes need namespaces: run this by node test/e2e/node/inside.ts -- COMMAND…');
  return folder;
}

/** The cgroup below which a run keeps its nodes, as a path from the root of each hierarchy. */
export function cgroupOf(folder: string): string {
  return `/${basename(folder)}`;
}

/** Roots of the cgroup hierarchies of this machine: one with cgroup v2, one per controller with v1, or both kinds. */
export function hierarchies(): string[] {
  const root = '/sys/fs/cgroup';
  if (existsSync(join(root, 'cgroup.controllers'))) return [root];
  const mounts = readFileSync('/proc/self/mounts', 'utf8').split('\n');
  const fields = mounts.map((line) => line.split(' '));
  return fields
    .filter(([, , type]) => type === 'cgroup' || type === 'cgroup2')
    .flatMap(([, path]) => (path === undefined ? [] : [path]));
}

/** Folders and cgroups of runs whose process is gone. */
export function left(): { readonly folders: readonly string[]; readonly cgroups: readonly string[] } {
  return { folders: orphansIn(tmpdir()), cgroups: hierarchies().flatMap(orphansIn) };
}

function orphansIn(parent: string): string[] {
  return readdirSync(parent)
    .filter(isOrphan)
    .map((name) => join(parent, name));
}

function isOrphan(name: string): boolean {
  const [, pid, birth] = /^meshmigration-e2e-(\d+)-(\d+)$/.exec(name) ?? [];
  return pid !== undefined && birthOf(Number(pid)) !== birth;
}
