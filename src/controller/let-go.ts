// Letting go: what an operator that is gone for good must not leave behind, since nobody would ever take it away. It is run
// when the product is uninstalled, after the operator has ended. It changes nothing else and undoes no migration.

import { FIELD_MANAGER, FINALIZER } from '../api/v1alpha1/group.ts';
import type { KubeReader, KubeWriter } from '../kube/client.ts';
import { isKubeError } from '../kube/kube-error.ts';
import type { KubeObject, ObjectRef } from '../kube/object.ts';
import { LEASE } from '../kube/resource-kind.ts';
import { MESH_MIGRATION } from './kinds.ts';

type Client = Pick<KubeReader, 'list'> & Pick<KubeWriter, 'jsonPatch' | 'delete'>;

const attempts = 5;

/**
 * Takes our finalizer off every MeshMigration and deletes the lease.
 * @returns names of the migrations that had the finalizer: their deletion rolls nothing back any more
 * Throws a KubeError for anything but an object that is gone or changes meanwhile.
 */
export async function letGo(client: Client, lease: Required<ObjectRef>): Promise<readonly string[]> {
  const released = new Set<string>();
  for (let attempt = 1; ; attempt += 1) {
    const bound = (await migrations(client)).filter(({ metadata }) => metadata.finalizers?.includes(FINALIZER));
    if (bound.length === 0) break;
    for (const migration of bound) {
      try {
        await release(client, migration);
        released.add(migration.metadata.name);
      } catch (error) {
        if (attempt === attempts || !changedMeanwhile(error)) throw error;
      }
    }
  }
  await unlessGone(client.delete(LEASE, lease));
  return [...released].sort();
}

async function migrations(client: Client): Promise<readonly KubeObject[]> {
  const list = await unlessGone(client.list<KubeObject>(MESH_MIGRATION, { metadataOnly: true }));
  return list?.items ?? [];
}

async function release(client: Client, { metadata }: KubeObject): Promise<void> {
  const others = metadata.finalizers?.filter((finalizer) => finalizer !== FINALIZER);
  const operations = [
    { op: 'test', path: '/metadata/resourceVersion', value: metadata.resourceVersion ?? '' },
    { op: 'replace', path: '/metadata/finalizers', value: others },
  ] as const;
  await client.jsonPatch(MESH_MIGRATION, { name: metadata.name }, operations, { fieldManager: FIELD_MANAGER });
}

const changedMeanwhile = (error: unknown): boolean => isKubeError(error, 'notFound', 'conflict', 'invalid');

async function unlessGone<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (isKubeError(error, 'notFound')) return undefined;
    throw error;
  }
}
