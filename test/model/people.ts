// What people, Git and autoscalers do to the small Kubernetes.

import { API_VERSION, FINALIZER } from '../../src/api/v1alpha1/group.ts';
import type { MeshMigration, MeshMigrationSpec } from '../../src/api/v1alpha1/mesh-migration.ts';
import { admitted, podKey } from './kube.ts';
import { changeWorkload, drop, keyOf, newUid, podsOf, put } from './world.ts';
import type { ModelNamespace, ModelWorkload, World } from './world.ts';

/** Makes a namespace. */
export function addNamespace(world: World, name: string, more: Partial<ModelNamespace> = {}): void {
  put(world, 'namespaces', name, { name, uid: newUid(world), rv: 0, labels: {}, annotations: {}, deleting: false, ...more });
}

/** Makes a workload whose pods run already. */
export function addWorkload(world: World, namespace: string, more: Partial<ModelWorkload> = {}): ModelWorkload {
  const base: ModelWorkload = {
    kind: 'Deployment',
    namespace,
    name: 'web',
    uid: newUid(world),
    rv: 0,
    generation: 1,
    observedGeneration: 1,
    replicas: 2,
    surge: 1,
    template: 'v1',
    keys: {},
    annotations: {},
    paused: false,
    onDelete: false,
    minReadySeconds: 0,
    minReadyOwner: 'nobody',
    ...more,
  };
  const workload = put(world, 'workloads', keyOf(base), base);
  if (workload.kind !== 'CronJob')
    for (let i = 0; i < workload.replicas; i += 1) addPod(world, workload, `${workload.name}-${i}`);
  return workload;
}

function addPod(world: World, workload: ModelWorkload, name: string, job = false): void {
  const pod = admitted(world, workload, name, job);
  if (pod !== undefined) put(world, 'pods', podKey(pod), { ...pod, uid: newUid(world), ready: true });
}

/** Starts a Job of a CronJob. */
export function runJob(world: World, key: string): void {
  const workload = world.objects.workloads.get(key);
  if (workload !== undefined) addPod(world, workload, `${workload.name}-${world.uids}`, true);
}

/** Makes a migration with short times. */
export function addMigration(world: World, spec: Partial<MeshMigrationSpec>, name = 'move'): void {
  const finalizers = spec.deletionPolicy === 'Rollback' ? [FINALIZER] : [];
  put(world, 'migrations', name, {
    apiVersion: API_VERSION,
    kind: 'MeshMigration',
    metadata: { name, uid: newUid(world), generation: 1, resourceVersion: '', finalizers },
    spec: {
      source: { mesh: 'Linkerd1' },
      target: { mesh: 'Linkerd2' },
      waves: [{ name: 'first', namespaceSelector: {} }],
      restart: { progressDeadlineSeconds: 20 },
      ...spec,
      health: { minimumRequests: 0, soakSeconds: 2, ...spec.health },
    },
  });
}

/** Edits the spec of a migration. */
export function editMigration(world: World, spec: Partial<MeshMigrationSpec>, name = 'move'): void {
  const found = world.objects.migrations.get(name);
  if (found === undefined) return;
  const metadata = { ...found.metadata, generation: found.metadata.generation + 1 };
  put(world, 'migrations', name, { ...found, metadata, spec: { ...found.spec, ...spec } });
}

/** Annotates a migration. */
export function annotateMigration(world: World, annotations: Record<string, string>, name = 'move'): void {
  const found = world.objects.migrations.get(name);
  if (found !== undefined) put(world, 'migrations', name, withAnnotations(found, annotations));
}

function withAnnotations(migration: MeshMigration, annotations: Record<string, string>): MeshMigration {
  return {
    ...migration,
    metadata: { ...migration.metadata, annotations: { ...migration.metadata.annotations, ...annotations } },
  };
}

/** Deletes a migration; a finalizer keeps it. */
export function deleteMigration(world: World, name = 'move'): void {
  const found = world.objects.migrations.get(name);
  if (found === undefined) return;
  if ((found.metadata.finalizers ?? []).length === 0) {
    drop(world, 'migrations', name);
    return;
  }
  const metadata = { ...found.metadata, deletionTimestamp: new Date(world.now).toISOString() };
  put(world, 'migrations', name, { ...found, metadata });
}

/** Sets what one namespace shall be. */
export function requestNamespace(world: World, name: string, desiredState: 'Migrated' | 'RolledBack'): void {
  const found = world.objects.records.get(name);
  if (found === undefined) return;
  const metadata = { ...found.metadata, generation: found.metadata.generation + 1 };
  put(world, 'records', name, { ...found, metadata, spec: { ...found.spec, desiredState } });
}

/** Annotates a namespace; undefined takes the annotation away. */
export function annotateNamespace(world: World, name: string, key: string, value: string | undefined): void {
  const found = world.objects.namespaces.get(name);
  if (found !== undefined) put(world, 'namespaces', name, { ...found, annotations: changedKeys(found.annotations, key, value) });
}

/** Annotates a workload; undefined takes the annotation away. */
export function annotateWorkload(world: World, key: string, annotation: string, value: string | undefined): void {
  const found = world.objects.workloads.get(key);
  if (found !== undefined) changeWorkload(world, key, { annotations: changedKeys(found.annotations, annotation, value) });
}

function changedKeys(from: Readonly<Record<string, string>>, key: string, value: string | undefined): Record<string, string> {
  const { [key]: _old, ...rest } = from;
  return value === undefined ? rest : { ...rest, [key]: value };
}

/** Begins to delete a namespace. */
export function deleteNamespace(world: World, name: string): void {
  const found = world.objects.namespaces.get(name);
  if (found !== undefined) put(world, 'namespaces', name, { ...found, deleting: true });
}

/** Deletes a workload and makes it again with another uid, as `kubectl replace --force` does. */
export function recreateWorkload(world: World, key: string): void {
  const found = world.objects.workloads.get(key);
  if (found === undefined) return;
  for (const pod of podsOf(world, found)) drop(world, 'pods', podKey(pod));
  drop(world, 'workloads', key);
  put(world, 'workloads', key, { ...found, uid: newUid(world), keys: {}, generation: 1, observedGeneration: 0 });
}
