// What happens at the end of a suite on real nodes: all is stopped, or with KEEP=1 left running until a signal ends it.
import { ENTER, writeEnterScript } from '../../cluster/entering.ts';
import { stayUntilSignal } from '../../cluster/ending.ts';
import type { RealCluster } from './real-cluster.ts';

/** Stops the cluster, if it got so far; with KEEP=1 it says how to use it instead and never resolves. */
export async function finish(cluster: RealCluster | undefined): Promise<void> {
  if (cluster === undefined) return;
  if ((process.env['KEEP'] ?? '') === '') {
    await cluster.stop();
    return;
  }
  process.stderr.write(`\n${await howToEnter(cluster)}\nEnd it with Ctrl-C.\n`);
  stayUntilSignal();
  await new Promise<never>(() => undefined);
}

/** Leaves the script by which people enter, and returns how to use it. */
export async function howToEnter(cluster: RealCluster): Promise<string> {
  return await writeEnterScript(ENTER, {
    kubeconfig: cluster.kubeconfig,
    kubectl: cluster.binaries['kubectl'] ?? 'kubectl',
    outerPid: process.env['OWN_NETNS_PID'],
    namespaces: '--net --mount --pid',
  });
}
