// The record of the one cluster per user that `make cluster` leaves running. It starts no cluster.
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { cacheFolder } from './build.ts';

/** Where the record is. */
export const RECORD = join(cacheFolder(), 'cluster', 'state.json');
/** Where the holder of the cluster writes what it has to say. */
export const HOLDER_LOG = join(cacheFolder(), 'cluster', 'holder.log');

/** A cluster left running, by how it was made. */
export type KeptCluster =
  | { readonly kind: 'processes'; readonly pid: number; readonly born: string; readonly enter: string }
  | { readonly kind: 'kind'; readonly enter: string };

/** The record, or undefined where there is none or the cluster's process is gone. */
export function keptCluster(): KeptCluster | undefined {
  if (!existsSync(RECORD)) return undefined;
  const record = JSON.parse(readFileSync(RECORD, 'utf8')) as KeptCluster;
  return record.kind === 'kind' || birthOf(record.pid) === record.born ? record : undefined;
}

/** Replaces the record in one go. */
export async function record(cluster: KeptCluster): Promise<void> {
  await mkdir(dirname(RECORD), { recursive: true });
  await writeFile(`${RECORD}.new`, JSON.stringify(cluster), { mode: 0o600 });
  await rename(`${RECORD}.new`, RECORD);
}

/** Removes the record. */
export async function forget(): Promise<void> {
  await rm(RECORD, { force: true });
}

/** When a process was started, in ticks since boot, so that a process id used again is not taken for it; empty if gone. */
export function birthOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${String(pid)}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? '' : (fields[19] ?? '');
  } catch {
    return '';
  }
}
