// Kube room: writes over a real connection. Each is one request; none is ever repeated here.
import { callFor, checked } from './reader.ts';
import type { Caller } from './caller.ts';
import type { ApplyOptions, DeleteOptions, KubeWriter, WriteOptions } from './client.ts';
import type { JsonPatchOperation, KubeObject, Manifest, ObjectRef } from './object.ts';
import { apiVersionOf, POD } from './resource-kind.ts';
import type { ResourceKind } from './resource-kind.ts';
import { objectPath, withQuery } from './resource-path.ts';
import type { Query } from './resource-path.ts';

/** Writes through `caller`. */
export function createWriter(caller: Caller): KubeWriter {
  return { ...createPatcher(caller), ...createMaker(caller), ...createRemover(caller) };
}

function createMaker(caller: Caller): Pick<KubeWriter, 'create'> {
  return {
    create: async <T extends KubeObject>(kind: ResourceKind, manifest: Manifest, options: WriteOptions = {}) => {
      const { name, generateName, namespace } = manifest.metadata;
      const path = withQuery(createPath(kind, manifest, options), writeQuery(options));
      const body = filled(kind, manifest);
      const place = { name: name ?? generateName, namespace };
      const call = callFor(kind, place, { verb: 'create', method: 'POST', path, body, dryRun: options.dryRun, options });
      return checked(await caller.run(call), call) as T;
    },
  };
}

function createPatcher(caller: Caller): Pick<KubeWriter, 'applyServerSide' | 'jsonPatch' | 'mergePatch'> {
  const patch = async <T extends KubeObject>(
    kind: ResourceKind,
    ref: ObjectRef,
    content: PatchContent,
    options: WriteOptions,
  ): Promise<T> => {
    const path = withQuery(objectPath(kind, ref, options.subresource), { ...writeQuery(options), force: content.force });
    const { body, contentType } = content;
    const call = callFor(kind, ref, { verb: 'patch', method: 'PATCH', path, body, contentType, dryRun: options.dryRun, options });
    return checked(await caller.run(call), call) as T;
  };
  return {
    applyServerSide: (kind, ref, manifest: Manifest, options: ApplyOptions) => {
      const metadata = { ...manifest.metadata, name: ref.name, ...(kind.namespaced ? { namespace: ref.namespace } : {}) };
      const body = filled(kind, { ...manifest, metadata });
      return patch(kind, ref, { contentType: 'application/apply-patch+yaml', body, force: options.force }, options);
    },
    jsonPatch: (kind, ref, operations: readonly JsonPatchOperation[], options = {}) =>
      patch(kind, ref, { contentType: 'application/json-patch+json', body: operations }, options),
    mergePatch: (kind, ref, body, options = {}) =>
      patch(kind, ref, { contentType: 'application/merge-patch+json', body }, options),
  };
}

function createRemover(caller: Caller): Pick<KubeWriter, 'delete' | 'evict'> {
  return {
    delete: async (kind, ref, options = {}) => {
      const { dryRun } = options;
      const body = deleteBody(options);
      await caller.run(
        callFor(kind, ref, { verb: 'delete', method: 'DELETE', path: objectPath(kind, ref), body, dryRun, options }),
      );
    },
    evict: async (ref, options = {}) => {
      const { dryRun } = options;
      const body = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: ref, deleteOptions: deleteBody(options) };
      const path = objectPath(POD, ref, 'eviction');
      await caller.run(callFor(POD, ref, { verb: 'create', method: 'POST', path, body, dryRun, options }));
    },
  };
}

interface PatchContent {
  readonly contentType: string;
  readonly body: unknown;
  readonly force?: boolean | undefined;
}

function createPath(kind: ResourceKind, manifest: Manifest, options: WriteOptions): string {
  const { name, namespace } = manifest.metadata;
  if (options.subresource !== undefined) return objectPath(kind, { name: name ?? '', namespace }, options.subresource);
  // Without a namespace the server would answer 405 for the collection of all namespaces, which names no fix.
  return objectPath(kind, { name: 'any', namespace }).slice(0, -'/any'.length);
}

function writeQuery(options: WriteOptions): Query {
  return {
    dryRun: options.dryRun ? 'All' : undefined,
    fieldManager: options.fieldManager,
    fieldValidation: options.fieldValidation,
  };
}

function deleteBody(options: DeleteOptions): Record<string, unknown> {
  const preconditions = { uid: options.uid, resourceVersion: options.resourceVersion };
  return {
    apiVersion: 'v1',
    kind: 'DeleteOptions',
    preconditions,
    propagationPolicy: options.propagationPolicy,
    ...(options.dryRun ? { dryRun: ['All'] } : {}),
  };
}

function filled(kind: ResourceKind, manifest: Manifest): Manifest {
  return { ...manifest, apiVersion: apiVersionOf(kind), kind: kind.kind };
}
