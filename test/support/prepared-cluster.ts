// A cluster in which a migration can run: control plane, both meshes' stand-ins, CRDs, admission and RBAC of the product.
// It runs no operator and creates no workload.
import { join } from 'node:path';
import type { KubeClient } from '../../src/kube/client.ts';
import { createKubeClient } from '../../src/kube/create-client.ts';
import { loadKubeConfig } from '../../src/kube/kubeconfig.ts';
import { POD } from '../../src/kube/resource-kind.ts';
import { startCluster } from '../cluster/cluster.ts';
import type { Cluster, ClusterOptions } from '../cluster/cluster.ts';
import { kubectl } from '../cluster/kubectl.ts';
import { createAll } from './api-objects.ts';
import { installLinkerd1 } from './linkerd1/install.ts';
import type { Linkerd1 } from './linkerd1/install.ts';
import { installLinkerd2 } from './linkerd2/install.ts';
import type { Linkerd2 } from './linkerd2/install.ts';
import { startProxies } from './linkerd2/proxies.ts';
import type { Proxies } from './linkerd2/proxies.ts';
import { hasProxy, sourceTrace } from './observer/world.ts';
import type { Seen } from './observer/world.ts';
import { until } from './until.ts';
import * as build from './workloads.ts';

/** A cluster in which a migration can run. */
export interface PreparedCluster {
  readonly cluster: Cluster;
  /** The administrator's client. */
  readonly client: KubeClient;
  readonly linkerd1: Linkerd1;
  readonly linkerd2: Linkerd2;
  readonly proxies: Proxies;
  /** Ends the stand-ins and the cluster. */
  stop(): Promise<void>;
}

const manifests = join(import.meta.dirname, '../../config/without-operator');

/** Starts it, and resolves when a keyed pod really comes out with the target and without the source. Run under test/cluster/inside.ts. */
export async function prepareCluster(options: ClusterOptions = {}): Promise<PreparedCluster> {
  const cluster = await startCluster({ nodes: 3, ...options });
  const endpoint = await loadKubeConfig({ kubeconfig: cluster.kubeconfig, env: {} });
  const client = createKubeClient(endpoint, { userAgent: 'tests', inFlight: 14 });
  await kubectl(cluster, ['apply', '--server-side', '-k', manifests]);
  const [linkerd2, linkerd1, proxies] = await Promise.all([
    installLinkerd2(client),
    installLinkerd1(client),
    startProxies(client),
  ]);
  await admissionActs(client);
  return {
    cluster,
    client,
    linkerd1,
    linkerd2,
    proxies,
    async stop() {
      await Promise.all([proxies.close(), linkerd1.close(), linkerd2.close()]);
      await client.close();
      await cluster.stop();
    },
  };
}

// A new policy takes a second or two to act (https://kubernetes.io/docs/reference/access-authn-authz/mutating-admission-policy/).
async function admissionActs(client: KubeClient): Promise<void> {
  await createAll(client, [build.namespace('admission-check')]);
  const annotations = {
    'meshmigration.io/to': 'linkerd2',
    'meshmigration.io/from': 'linkerd1',
    'meshmigration.io/cutover': 'check-1',
  };
  const keyed = build.barePod({ name: 'check', namespace: 'admission-check', annotations });
  await until(
    async () => {
      const pod = await client.create<Seen>(POD, keyed, { dryRun: true });
      return hasProxy(pod) && sourceTrace(pod) === undefined;
    },
    { what: 'a keyed pod comes out with Linkerd 2 and without Linkerd 1' },
  );
}
