// The product as its users install it with kubectl, or with the mistakes of this run in its manifests. It waits for nothing.
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { mutated, mutations, mutationsOf } from '../../support/mutation.ts';
import { kubectl } from '../kubectl.ts';
import type { RealCluster } from '../node/real-cluster.ts';
import { folderOfRun } from '../node/run-place.ts';

const root = join(import.meta.dirname, '..', '..', '..');

/** Applies config/default. Throws with kubectl's complaint. */
export async function installProduct(cluster: RealCluster): Promise<void> {
  await kubectl(cluster, ['apply', '--server-side', '-k', join(manifests(), 'config', 'default')]);
}

function manifests(): string {
  const files = new Set(mutations().flatMap(({ file }) => (file.startsWith('config/') ? [file] : [])));
  if (files.size === 0) return root;
  const folder = join(folderOfRun(), 'product');
  for (const part of ['config', 'crds']) cpSync(join(root, part), join(folder, part), { recursive: true });
  for (const file of files) {
    const path = join(folder, file);
    writeFileSync(path, mutated(readFileSync(path, 'utf8'), mutationsOf(path)));
  }
  return folder;
}
