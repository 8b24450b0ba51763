// kubectl of a test cluster, for tests that look at a cluster as a person does.
import { execFile } from 'node:child_process';
import type { Cluster } from './cluster.ts';

/**
 * Runs kubectl against a cluster and returns what it prints. Standard input is the second argument, a manifest as an object
 * or text. Throws with kubectl's complaint.
 */
export async function kubectl(
  cluster: Pick<Cluster, 'kubeconfig' | 'binaries'>,
  args: readonly string[],
  input?: object | string,
): Promise<string> {
  const file = cluster.binaries['kubectl'] ?? 'kubectl';
  return await new Promise((resolve, reject) => {
    const child = execFile(file, ['--kubeconfig', cluster.kubeconfig, ...args], (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else reject(new Error(`kubectl ${args.join(' ')}: ${stderr.trim()}`, { cause: error }));
    });
    child.stdin?.end(typeof input === 'object' ? JSON.stringify(input) : (input ?? ''));
  });
}
