// Carries out what makes names work in the target, and takes it away again. Every write is refused when the object is another one
// or has changed since it was looked at.

import { FIELD_MANAGER } from '../../api/v1alpha1/group.ts';
import type { Action } from '../../core/action.ts';
import { namesManager, neededBy } from '../../core/names.ts';
import type { NameRelease, NameWrite, SeenObject } from '../../core/names.ts';
import type { KubeClient } from '../../kube/client.ts';
import { isKubeError } from '../../kube/kube-error.ts';
import type { KubeError } from '../../kube/kube-error.ts';
import type { JsonPatchOperation, ObjectRef } from '../../kube/object.ts';
import { nameKind } from './kinds.ts';
import { retraction } from './managed.ts';

type NamesAction = Extract<Action, { kind: 'prepareNames' | 'removeNames' }>;

/** Carries out an action about names, one write after the other. */
export async function writeNames(client: KubeClient, action: NamesAction, fence: () => void): Promise<void> {
  if (action.kind === 'prepareNames') {
    for (const write of action.writes) {
      fence();
      await make(client, write, action.namespace);
    }
    return;
  }
  await takeAllAway(client, action, fence);
}

// One that is refused keeps none of the others.
async function takeAllAway(
  client: KubeClient,
  { releases, namespace }: Extract<NamesAction, { kind: 'removeNames' }>,
  fence: () => void,
): Promise<void> {
  const failures: KubeError[] = [];
  for (const release of releases) {
    fence();
    try {
      await takeAway(client, release, namespace);
    } catch (error) {
      if (!isKubeError(error)) throw error;
      failures.push(error);
    }
  }
  const [first] = failures;
  if (first !== undefined) throw first;
}

async function make(client: KubeClient, write: NameWrite, forNamespace: string): Promise<void> {
  const { manifest } = write;
  const kind = nameKind(manifest.kind);
  const { name, namespace } = manifest.metadata;
  const ref = { name, namespace };
  switch (write.how) {
    case 'create':
      await client.create(kind, { ...manifest }, { fieldManager: FIELD_MANAGER, fieldValidation: 'Strict' });
      return;
    case 'apply': {
      const body = { ...manifest, metadata: { ...manifest.metadata, uid: write.uid } };
      await client.applyServerSide(kind, ref, body, { fieldManager: namesManager(forNamespace), fieldValidation: 'Strict' });
      return;
    }
    case 'share': {
      const changed = Object.entries(manifest.spec ?? {}).map(([field, value]) => set(`/spec/${field}`, value));
      await patch(client, { kind: manifest.kind, ref }, [...tests(write.seen), set(neededByPath, write.neededBy), ...changed]);
      return;
    }
  }
}

async function takeAway(client: KubeClient, release: NameRelease, fromNamespace: string): Promise<void> {
  const kind = nameKind(release.kind);
  const ref = { name: release.name, namespace: release.namespace };
  switch (release.how) {
    case 'delete':
      return client.delete(kind, ref, { uid: release.seen.uid, resourceVersion: release.seen.resourceVersion });
    case 'unshare':
      return patch(client, { kind: release.kind, ref }, [...tests(release.seen), set(neededByPath, release.neededBy)]);
    case 'retract': {
      const live = await client.get(kind, ref);
      if (live.metadata.uid !== release.seen.uid) return;
      const operations = retraction(live, namesManager(fromNamespace));
      return operations.length === 0 ? undefined : patch(client, { kind: release.kind, ref }, operations);
    }
  }
}

const neededByPath = `/metadata/annotations/${neededBy.replaceAll('/', '~1')}`;

function set(path: string, value: unknown): JsonPatchOperation {
  return { op: 'add', path, value };
}

function tests({ uid, resourceVersion }: SeenObject): JsonPatchOperation[] {
  return [
    { op: 'test', path: '/metadata/uid', value: uid },
    { op: 'test', path: '/metadata/resourceVersion', value: resourceVersion },
  ];
}

async function patch(
  client: KubeClient,
  { kind, ref }: { kind: string; ref: ObjectRef },
  operations: readonly JsonPatchOperation[],
): Promise<void> {
  await client.jsonPatch(nameKind(kind), ref, operations, { fieldManager: FIELD_MANAGER });
}
