// Words for what the tests of names do and see: a quick migration of one namespace, where it stands, and its way back.

import { MESH_MIGRATION, NAMESPACE_MIGRATION } from '../../../src/api/v1alpha1/group.ts';
import type { KubeClient } from '../../../src/kube/client.ts';
import { until } from '../../support/until.ts';

export const HTTP_ROUTE = {
  group: 'gateway.networking.k8s.io',
  version: 'v1',
  plural: 'httproutes',
  kind: 'HTTPRoute',
  namespaced: true,
};

/** Creates a migration of one namespace, named after it. */
export async function migrate(
  client: KubeClient,
  namespace: string,
  spec: Readonly<Record<string, unknown>> = {},
): Promise<void> {
  const quick = {
    source: { mesh: 'Linkerd1' },
    target: { mesh: 'Linkerd2' },
    waves: [{ name: 'all', namespaces: [namespace] }],
    health: { soakSeconds: 0, minimumRequests: 1 },
    restart: { progressDeadlineSeconds: 20 },
  };
  await client.create(MESH_MIGRATION, { metadata: { name: namespace }, spec: { ...quick, ...spec } });
}

/** What the record of a namespace says. */
export async function statusOf(client: KubeClient, namespace: string): Promise<Readonly<Record<string, unknown>>> {
  const record = await client.get(NAMESPACE_MIGRATION, { name: namespace });
  return (record['status'] ?? {}) as Readonly<Record<string, unknown>>;
}

/** The step of a namespace. */
export async function stepOf(client: KubeClient, namespace: string): Promise<unknown> {
  return (await statusOf(client, namespace))['step'];
}

/** Asks for the way back, as a person does, and waits for its end. */
export async function rolledBack(client: KubeClient, namespace: string): Promise<void> {
  await client.mergePatch(MESH_MIGRATION, { name: namespace }, { spec: { desiredState: 'RolledBack' } });
  await until(async () => (await stepOf(client, namespace)) === 'RolledBack', { what: `${namespace} is RolledBack` });
}
