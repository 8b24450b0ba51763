// Puts onto a fresh cluster what the demo needs: the product as its users install it, the stand-ins of both meshes, the
// application. It moves nothing.
import { join } from 'node:path';
import type { KubeClient } from '../../src/kube/client.ts';
import type { Unstructured } from '../../src/kube/object.ts';
import { POD } from '../../src/kube/resource-kind.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { kubectl } from '../cluster/kubectl.ts';
import { createAll } from '../support/api-objects.ts';
import { installLinkerd1 } from '../support/linkerd1/install.ts';
import { installLinkerd2 } from '../support/linkerd2/install.ts';
import { startProxies } from '../support/linkerd2/proxies.ts';
import { until } from '../support/until.ts';
import { application, NAMESPACES, SIZE } from './application.ts';

const root = join(import.meta.dirname, '..', '..');

/** Namespaces of the two control planes. */
export const CONTROL_PLANES = ['l5d-system', 'linkerd'] as const;

/** Definitions, admission policies and rights: all of config/default but the operator's pods. */
export async function installProduct(cluster: Cluster): Promise<void> {
  await kubectl(cluster, ['apply', '--kustomize', join(root, 'config', 'without-operator')]);
  const kinds = ['meshmigrations', 'namespacemigrations'].map((plural) => `crd/${plural}.meshmigration.io`);
  await kubectl(cluster, ['wait', '--for=condition=Established', '--timeout=30s', ...kinds]);
}

/** Linkerd 1 on every node, Linkerd 2 with its injector, and an admin port for every proxy to come. */
export async function installMeshes(client: KubeClient): Promise<void> {
  await Promise.all([
    installLinkerd1(client, { namespace: CONTROL_PLANES[0] }),
    installLinkerd2(client, { namespace: CONTROL_PLANES[1] }),
  ]);
  await startProxies(client);
}

/** Creates the application and waits until all of its pods are ready. */
export async function installApplication(client: KubeClient): Promise<void> {
  await createAll(client, application());
  await until(
    async () => {
      const { items } = await client.list(POD);
      return items.filter((pod) => NAMESPACES.includes(pod.metadata.namespace ?? '') && isReady(pod)).length === SIZE.pods;
    },
    { what: `${String(SIZE.pods)} pods of the application are ready`, everyMs: 250 },
  );
}

function isReady(pod: Unstructured): boolean {
  const { conditions = [] } = (pod['status'] ?? {}) as { readonly conditions?: readonly { type: string; status: string }[] };
  return conditions.some(({ type, status }) => type === 'Ready' && status === 'True');
}

/** Applies the demo's MeshMigration as a user does. */
export async function applyMigration(cluster: Cluster): Promise<void> {
  await kubectl(cluster, ['apply', '--filename', join(root, 'config', 'samples', 'demo.yaml')]);
}

/** Asks for the way back as a user does. */
export async function askBack(cluster: Cluster): Promise<void> {
  const patch = JSON.stringify({ spec: { desiredState: 'RolledBack' } });
  await kubectl(cluster, ['patch', 'meshmigration', 'demo', '--type', 'merge', '--patch', patch]);
}
