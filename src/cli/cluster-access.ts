// How commands reach a cluster: the flags that say which, and a client for it.

import type { Command } from 'commander';
import { createKubeClient } from '../kube/create-client.ts';
import type { KubeClient } from '../kube/client.ts';
import { loadKubeConfig } from '../kube/kubeconfig.ts';
import { CommandFailure, explained } from './command-failure.ts';
import type { Surroundings } from './surroundings.ts';

/** Which cluster; the flags of kubectl. */
export interface ClusterFlags {
  readonly kubeconfig?: string;
  readonly context?: string;
}

/** Adds the flags to a command. */
export function withClusterFlags(command: Command): Command {
  return command
    .option('--kubeconfig <file>', 'kubeconfig to use (default: $KUBECONFIG, then ~/.kube/config)')
    .option('--context <name>', 'context of the kubeconfig to use (default: its current one)');
}

/** A client, and the address it talks to. */
export interface Access {
  readonly client: KubeClient;
  readonly server: string;
}

/** Runs with a client that is closed afterwards. Failures of the API server come out as sentences. */
export async function withCluster<T>(
  flags: ClusterFlags,
  { env }: Surroundings,
  use: (access: Access) => Promise<T>,
): Promise<T> {
  const endpoint = await loadKubeConfig({ ...flags, env }).catch((error: unknown) => {
    const message = error instanceof Error ? error.message : String(error);
    throw new CommandFailure(`${message}; choose a cluster with --kubeconfig or --context.`, { cause: error });
  });
  const client = createKubeClient(endpoint, { userAgent: 'kubectl-mm' });
  try {
    return await use({ client, server: endpoint.server });
  } catch (error) {
    throw explained(error, endpoint.server);
  } finally {
    await client.close();
  }
}
