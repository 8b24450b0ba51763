// kubectl of a test cluster, for tests that look at a cluster as a person does.
import { execFile } from 'node:child_process';
import type { Cluster } from './cluster.ts';

// Less patience than any test has: the test that waits for what never comes says so, and nothing outlives the tests.
const patienceMs = 150_000;

/**
 * Runs kubectl against a cluster and returns what it prints. Standard input is the second argument, a manifest as an object
 * or text. Throws with kubectl's complaint, or after two and a half minutes.
 */
export async function kubectl(
  cluster: Pick<Cluster, 'kubeconfig' | 'binaries'>,
  args: readonly string[],
  input?: object | string,
): Promise<string> {
  const file = cluster.binaries['kubectl'] ?? 'kubectl';
  return await new Promise((resolve, reject) => {
    const child = execFile(
      file,
      ['--kubeconfig', cluster.kubeconfig, ...args],
      { timeout: patienceMs },
      (error, stdout, stderr) => {
        if (error === null) resolve(stdout);
        else reject(new Error(`kubectl ${args.join(' ')}: ${stderr.trim() || error.message}`, { cause: error }));
      },
    );
    child.stdin?.end(typeof input === 'object' ? JSON.stringify(input) : (input ?? ''));
  });
}
