// Applies manifest files with kubectl, as users do. For tests that install what users install.

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Cluster } from '../cluster/cluster.ts';

const run = promisify(execFile);

/** `kubectl apply` of files, or of a kustomization folder with `-k`. Throws with kubectl's own words. */
export async function applyManifests(cluster: Cluster, files: readonly string[], flag: '-f' | '-k' = '-f'): Promise<void> {
  const kubectl = cluster.binaries['kubectl'];
  if (kubectl === undefined) throw new Error('the cluster has no kubectl');
  // Of several -k kubectl takes the last alone, so each is a call of its own.
  for (const file of files) await run(kubectl, ['--kubeconfig', cluster.kubeconfig, 'apply', flag, file]);
}
