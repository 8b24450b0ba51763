// A small Kubernetes in memory: objects with uid, resourceVersion and generation, and a log of changes that watches read
// from. Objects are never changed, only replaced. Knows no rule of the product.

import type { MeshMigration } from '../../src/api/v1alpha1/mesh-migration.ts';
import type { NamespaceMigration } from '../../src/api/v1alpha1/namespace-migration.ts';
import type { TemplateKind } from '../../src/core/observation.ts';
import { start } from './builders.ts';

type Keys = Readonly<Record<string, string>>;

/** A namespace. */
export interface ModelNamespace {
  readonly name: string;
  readonly uid: string;
  readonly rv: number;
  readonly labels: Keys;
  readonly annotations: Keys;
  readonly deleting: boolean;
}

/** A workload. Its revision is its template and the keys on it. */
export interface ModelWorkload {
  readonly kind: TemplateKind;
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly rv: number;
  readonly generation: number;
  readonly observedGeneration: number;
  readonly replicas: number;
  readonly surge: number;
  readonly template: string;
  readonly keys: Keys;
  readonly annotations: Keys;
  readonly paused: boolean;
  readonly onDelete: boolean;
  readonly minReadySeconds: number;
  readonly minReadyOwner: 'nobody' | 'us' | 'other';
}

/** A pod. */
export interface ModelPod {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly rv: number;
  readonly workload: string;
  readonly job: boolean;
  readonly template: string;
  readonly keys: Keys;
  readonly inTarget: boolean;
  readonly inSource: boolean;
  readonly ready: boolean;
  readonly ended: boolean;
  readonly deleting: boolean;
  readonly restarts: number;
}

/** How pods of a workload behave once they are in the target. */
export type Behaviour = 'healthy' | 'neverReady' | 'failing' | 'restarts';

/** What no object says. */
export interface Environment {
  injectorUp: boolean;
  sourceHealthy: boolean;
  /** By namespace/Kind/name. */
  readonly behaviours: Map<string, Behaviour>;
  /** Namespaces whose callers need a name that only the source knows. */
  readonly callers: Set<string>;
  /** Namespaces for which that name was made in the target. */
  readonly aliases: Set<string>;
}

/** Kinds of objects, each watched by itself. */
export interface Kinds {
  migrations: MeshMigration;
  records: NamespaceMigration;
  namespaces: ModelNamespace;
  workloads: ModelWorkload;
  pods: ModelPod;
}

/** Names of kinds. */
export type KindName = keyof Kinds;
/** All kinds. */
export const kindNames: readonly KindName[] = ['migrations', 'records', 'namespaces', 'workloads', 'pods'];

/** One change as a watch delivers it. */
export interface Change<K extends KindName> {
  readonly key: string;
  /** Absent: deleted. */
  readonly value?: Kinds[K];
  readonly rv: number;
}

/** The whole world. */
export interface World {
  now: number;
  rv: number;
  uids: number;
  readonly objects: { readonly [K in KindName]: Map<string, Kinds[K]> };
  readonly log: { readonly [K in KindName]: Change<K>[] };
  readonly environment: Environment;
}

/** An empty world in which everything works. */
export function createWorld(): World {
  return {
    now: start,
    rv: 100,
    uids: 0,
    objects: { migrations: new Map(), records: new Map(), namespaces: new Map(), workloads: new Map(), pods: new Map() },
    log: { migrations: [], records: [], namespaces: [], workloads: [], pods: [] },
    environment: { injectorUp: true, sourceHealthy: true, behaviours: new Map(), callers: new Set(), aliases: new Set() },
  };
}

/** A uid whose first eight characters no other has. */
export function newUid(world: World): string {
  world.uids += 1;
  return `${String(world.uids).padStart(8, '0')}-uid`;
}

/** Stores an object under a new resourceVersion and tells the watches. */
export function put<K extends KindName>(world: World, kind: K, key: string, value: Kinds[K]): Kinds[K] {
  world.rv += 1;
  const stored = stamped(value, world.rv);
  world.objects[kind].set(key, stored);
  world.log[kind].push({ key, value: stored, rv: world.rv });
  return stored;
}

function stamped<T extends Kinds[KindName]>(value: T, rv: number): T {
  return 'metadata' in value ? { ...value, metadata: { ...value.metadata, resourceVersion: String(rv) } } : { ...value, rv };
}

/** Takes an object away and tells the watches. */
export function drop(world: World, kind: KindName, key: string): void {
  if (!world.objects[kind].delete(key)) return;
  world.rv += 1;
  world.log[kind].push({ key, rv: world.rv });
}

/** Changes a workload; a change of its spec raises its generation. */
export function changeWorkload(world: World, key: string, change: Partial<ModelWorkload>): void {
  const workload = world.objects.workloads.get(key);
  if (workload === undefined) return;
  const next = { ...workload, ...change };
  const inSpec = ['template', 'keys', 'replicas', 'paused', 'minReadySeconds', 'surge'] as const;
  const changed = inSpec.some((field) => JSON.stringify(next[field]) !== JSON.stringify(workload[field]));
  put(world, 'workloads', key, changed ? { ...next, generation: workload.generation + 1 } : next);
}

/** Key of a workload among all. */
export function keyOf(workload: Pick<ModelWorkload, 'namespace' | 'kind' | 'name'>): string {
  return `${workload.namespace}/${workload.kind}/${workload.name}`;
}

/** Pods of a workload. */
export function podsOf(world: World, workload: ModelWorkload): ModelPod[] {
  const owner = `${workload.kind}/${workload.name}`;
  const found: ModelPod[] = [];
  for (const pod of world.objects.pods.values())
    if (pod.workload === owner && pod.namespace === workload.namespace) found.push(pod);
  return found;
}

/** A pod was made from the workload's template as it is now. */
export function isCurrent(pod: ModelPod, workload: ModelWorkload): boolean {
  return pod.template === workload.template && sameKeys(pod.keys, workload.keys);
}

function sameKeys(a: Keys, b: Keys): boolean {
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => a[name] === b[name]);
}
