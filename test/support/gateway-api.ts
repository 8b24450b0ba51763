// The Gateway API's own CustomResourceDefinitions (standard channel) from its pinned Go module, for tests whose names need routes.
// It installs definitions and judges nothing.

import { join } from 'node:path';
import type { Cluster } from '../cluster/cluster.ts';
import { kubectl } from '../cluster/kubectl.ts';
import { gatewayApiFolder } from '../cluster/modules.ts';

/** Installs HTTPRoute and GRPCRoute as users do. */
export async function installGatewayApi(cluster: Pick<Cluster, 'kubeconfig' | 'binaries'>): Promise<void> {
  const folder = await gatewayApiFolder();
  for (const plural of ['httproutes', 'grpcroutes']) {
    const file = join(folder, 'config/crd/standard', `gateway.networking.k8s.io_${plural}.yaml`);
    await kubectl(cluster, ['apply', '--server-side', '-f', file]);
  }
  await kubectl(cluster, ['wait', '--for=condition=Established', 'crd/httproutes.gateway.networking.k8s.io', '--timeout=30s']);
}
