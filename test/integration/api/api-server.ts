// One real API server with our CRDs for all tests of this folder: started by the first test that asks, stopped at the end.
// It is nobody's operator: nothing reconciles here.

import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { MESH_MIGRATION, NAMESPACE_MIGRATION } from '../../../src/api/v1alpha1/group.ts';
import type { KubeClient } from '../../../src/kube/client.ts';
import { createKubeClient } from '../../../src/kube/create-client.ts';
import { KubeError } from '../../../src/kube/kube-error.ts';
import { loadKubeConfig } from '../../../src/kube/kubeconfig.ts';
import type { Manifest } from '../../../src/kube/object.ts';
import { CUSTOM_RESOURCE_DEFINITION, type ResourceKind } from '../../../src/kube/resource-kind.ts';
import { startCluster, type Cluster } from '../../cluster/cluster.ts';
import { committedCrds } from '../../golden/crd-nodes.ts';
import { until } from '../../support/until.ts';

/** What tests use. */
export interface ApiServer {
  cluster: Cluster;
  client: KubeClient;
}

let running: Promise<ApiServer> | undefined;

/** The API server, ready to take objects of both kinds. */
export function apiServer(): Promise<ApiServer> {
  running ??= start();
  return running;
}

async function start(): Promise<ApiServer> {
  const cluster = await startCluster({ nodes: 1 });
  try {
    const endpoint = await loadKubeConfig({ kubeconfig: cluster.kubeconfig, env: {} });
    const client = createKubeClient(endpoint, { userAgent: 'api-tests' });
    await install(client);
    return { cluster, client };
  } catch (error) {
    await cluster.stop();
    throw error;
  }
}

async function install(client: KubeClient): Promise<void> {
  for (const text of committedCrds().values()) await client.create(CUSTOM_RESOURCE_DEFINITION, parse(text) as Manifest);
  for (const kind of [MESH_MIGRATION, NAMESPACE_MIGRATION]) {
    await until(() => client.list(kind), { what: `the API server serves ${kind.plural}` });
  }
}

after(async () => {
  const server = await running?.catch(() => undefined);
  await server?.client.close();
  await server?.cluster.stop();
});

/** The manifest in a sample file of config/samples. */
export function sample(name: string): Manifest {
  return parse(readFileSync(new URL(`../../../config/samples/${name}`, import.meta.url), 'utf8')) as Manifest;
}

/**
 * What the API server says about an object that it must refuse, one line a cause: `field: message`.
 * @throws when the object is accepted, or the call fails for another reason
 */
export async function refusal(call: () => Promise<unknown>): Promise<string[]> {
  try {
    await call();
  } catch (error) {
    if (!(error instanceof KubeError) || error.kind !== 'invalid') throw error;
    const causes = error.causes.map(({ field, message }) => `${field}: ${message}`);
    return causes.length > 0 ? causes : [error.message];
  }
  throw new Error('the API server accepted it');
}

/** Creates an object as kubectl does by default: unknown fields are an error. Nothing is stored. */
export async function tryCreate(kind: ResourceKind, manifest: Manifest): Promise<unknown> {
  const { client } = await apiServer();
  return await client.create(kind, manifest, { dryRun: true, fieldValidation: 'Strict' });
}
