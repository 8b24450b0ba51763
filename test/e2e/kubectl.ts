// kubectl on a cluster with real nodes, for tests that look at it as a person does.
import { kubectl as run } from '../cluster/kubectl.ts';
import type { RealCluster } from './node/real-cluster.ts';

/** Runs kubectl as administrator and returns what it prints. Throws with kubectl's complaint. */
export async function kubectl(cluster: RealCluster, args: readonly string[], input?: object | string): Promise<string> {
  return await run(cluster, args, input);
}

/** Applies objects and throws with kubectl's complaint when one is refused. */
export async function apply(cluster: RealCluster, items: readonly object[]): Promise<void> {
  await kubectl(cluster, ['apply', '-f', '-'], { apiVersion: 'v1', kind: 'List', items });
}
