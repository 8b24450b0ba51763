// `make cluster-down`: ends the cluster that `make cluster` left running, and waits until it is gone.
import { birthOf, forget, keptCluster, type KeptCluster } from './kept-cluster.ts';
import { kindDown } from './kind.ts';
import { until } from './readiness.ts';

const GRACE_MILLISECONDS = 10_000;

async function main(): Promise<string> {
  const kept = keptCluster();
  if (kept === undefined) return 'No cluster runs.';
  switch (kept.kind) {
    case 'kind':
      kindDown();
      break;
    case 'processes':
      await end(kept);
      break;
  }
  await forget();
  return 'The cluster is gone.';
}

async function end(kept: Extract<KeptCluster, { kind: 'processes' }>): Promise<void> {
  const gone = (): Promise<boolean> => Promise.resolve(birthOf(kept.pid) !== kept.born);
  process.kill(kept.pid, 'SIGTERM');
  try {
    await until('it ends', GRACE_MILLISECONDS, gone);
  } catch {
    // The kernel takes all that runs in the namespace with it.
    process.kill(kept.pid, 'SIGKILL');
    await until('it ends after SIGKILL', GRACE_MILLISECONDS, gone);
  }
}

try {
  process.stdout.write(`${await main()}\n`);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
