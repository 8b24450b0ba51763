// The operator of the demo: a process of its own that may do what its service account may, and nothing more.
import { join } from 'node:path';
import { startChild } from '../cluster/child-process.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { OWN_NETNS } from '../cluster/programs.ts';

/** Namespace and service account of the operator, as config/rbac has them. */
export const OPERATOR = { namespace: 'meshmigration-system', account: 'meshmigration' } as const;

const main = join(import.meta.dirname, '..', '..', 'src', 'main.ts');

/** A running operator. */
export interface OperatorProcess {
  /** Rejects with a sentence when it ends by itself. */
  readonly ended: Promise<never>;
}

/** Starts it; its log is logs/operator.log in the cluster's folder. */
export async function startOperator(cluster: Cluster, excluded: readonly string[]): Promise<OperatorProcess> {
  const kubeconfig = await cluster.serviceAccountKubeconfig(OPERATOR.namespace, OPERATOR.account);
  const command = [
    process.execPath,
    main,
    ...['--kubeconfig', kubeconfig],
    ...['--namespace', OPERATOR.namespace],
    ...['--metrics-address', '127.0.0.1:0'],
    ...excluded.flatMap((name) => ['--exclude-namespace', name]),
  ];
  const { failure } = startChild({
    name: 'operator',
    command,
    logFolder: join(cluster.dir, 'logs'),
    tie: cluster.binaries[OWN_NETNS.name] ?? '',
  });
  const ended = failure.catch((error: unknown): never => {
    const [first = ''] = String(error instanceof Error ? error.message : error).split('. The end of ');
    throw new Error(`the ${first} by itself`);
  });
  // Whoever waits for the migration races against this; before that it must not end the demo without a word.
  ended.catch(() => undefined);
  return { ended };
}
