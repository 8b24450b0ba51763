// Words for what the tests of names do and see: a quick migration of one namespace, where it stands, and its way back.

import { MESH_MIGRATION, NAMESPACE_MIGRATION } from '../../../src/api/v1alpha1/group.ts';
import type { KubeClient } from '../../../src/kube/client.ts';
import type { Unstructured } from '../../../src/kube/object.ts';
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

/** Asks for the way back, as a person does, and waits for its end. */
export async function rolledBack(client: KubeClient, namespace: string): Promise<void> {
  await client.mergePatch(MESH_MIGRATION, { name: namespace }, { spec: { desiredState: 'RolledBack' } });
  await reaches(client, namespace, 'RolledBack');
}

/** Waits for a step, or for a state of the record; on failure the error tells where it stands. */
export async function reaches(
  client: KubeClient,
  namespace: string,
  step: string,
  also: (status: Readonly<Record<string, unknown>>) => boolean = () => true,
): Promise<Readonly<Record<string, unknown>>> {
  const look = async (): Promise<Readonly<Record<string, unknown>> | undefined> => {
    const status = await statusOf(client, namespace);
    return status['step'] === step && also(status) ? status : undefined;
  };
  try {
    return await until(look, { what: `${namespace} is at ${step}`, timeoutMs: 45_000 });
  } catch (error) {
    throw new Error(`${namespace}: ${JSON.stringify(await statusOf(client, namespace))}`, { cause: error });
  }
}

/** Ports of a Service, each as `name number`. */
export function portsOf(service: Unstructured | undefined): string[] {
  const { ports = [] } = (service?.['spec'] ?? {}) as { ports?: readonly { name?: string; port: number }[] };
  return ports.map(({ name = '', port }) => `${name} ${port}`);
}
