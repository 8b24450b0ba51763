// The Gateway API's own CustomResourceDefinitions (standard channel) from its pinned Go module, for tests whose names need routes.
// It installs definitions and judges nothing.

import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Cluster } from '../cluster/cluster.ts';
import { kubectl } from '../cluster/kubectl.ts';
import { TOOLS } from '../cluster/programs.ts';

const run = promisify(execFile);
const modulePath = 'sigs.k8s.io/gateway-api';

/** Installs HTTPRoute and GRPCRoute as users do. */
export async function installGatewayApi(cluster: Pick<Cluster, 'kubeconfig' | 'binaries'>): Promise<void> {
  const env = { ...process.env, GOFLAGS: '-mod=readonly', GOTOOLCHAIN: 'local', GOWORK: 'off' };
  const { stdout } = await run('go', ['mod', 'download', '-json', modulePath], { cwd: join(TOOLS, 'gateway-api'), env });
  const { Dir: folder } = JSON.parse(stdout) as { Dir: string };
  for (const plural of ['httproutes', 'grpcroutes']) {
    const file = join(folder, 'config/crd/standard', `gateway.networking.k8s.io_${plural}.yaml`);
    await kubectl(cluster, ['apply', '--server-side', '-f', file]);
  }
  await kubectl(cluster, ['wait', '--for=condition=Established', 'crd/httproutes.gateway.networking.k8s.io', '--timeout=30s']);
}
