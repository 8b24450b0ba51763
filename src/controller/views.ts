// All watched collections. Workloads and namespaces are watched cluster-wide, trimmed; pods only in namespaces on the move.

import type { MeshMigration } from '../api/v1alpha1/mesh-migration.ts';
import type { NamespaceMigration } from '../api/v1alpha1/namespace-migration.ts';
import type { TemplateKind } from '../core/observation.ts';
import type { KubeReader, Selection } from '../kube/client.ts';
import type { KubeObject } from '../kube/object.ts';
import { resourceNameOf, NAMESPACE, POD } from '../kube/resource-kind.ts';
import type { ResourceKind } from '../kube/resource-kind.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Log } from '../runtime/log.ts';
import { createReflector } from '../runtime/reflector.ts';
import type { Reflector, ReflectorMetrics } from '../runtime/reflector.ts';
import type { Change } from '../runtime/store.ts';
import { kubeSource } from '../runtime/reflector-source.ts';
import { MESH_MIGRATION, NAMESPACE_MIGRATION, TEMPLATE_KINDS } from './kinds.ts';
import { trimNamespace, trimPod, trimWorkload } from './trimmed.ts';
import type { TrimmedNamespace, TrimmedPod, TrimmedWorkload } from './trimmed.ts';
import { createView } from './view.ts';
import type { Versioned, View } from './view.ts';

/** A whole object of one of our kinds, with what views need. */
export interface Whole<T> extends Versioned {
  object: T;
}

/** Every watched collection. */
export interface Views {
  migrations: View<Whole<MeshMigration>>;
  records: View<Whole<NamespaceMigration>>;
  namespaces: View<TrimmedNamespace>;
  workloads: Readonly<Record<TemplateKind, View<TrimmedWorkload>>>;
  /** Pods of a namespace; starts to watch it on first use. */
  pods: PodViews;
  /** All but the pods. */
  reflectors: readonly Reflector<unknown>[];
}

/** Pods by namespace. */
export interface PodViews {
  /** Undefined until everything there was is known. */
  of(namespace: string): TrimmedPod[] | undefined;
  /** What is known, without beginning to watch; undefined where nothing is watched. */
  held(namespace: string): TrimmedPod[] | undefined;
  /** Ends the watch of a namespace. */
  release(namespace: string): void;
  stop(): Promise<void>;
}

/** What views are made of. */
export interface ViewsOptions {
  client: KubeReader;
  clock: Clock;
  random: () => number;
  log: Log;
  metrics: (resource: string, ageMs: () => number) => ReflectorMetrics;
  /** A pod of a namespace changed; what it means can wait as many milliseconds. */
  onPod: (namespace: string, delayMs: number) => void;
}

/** Views that are not started yet. */
export function createViews(options: ViewsOptions): Views {
  const make = <T>(kind: ResourceKind, trim: (object: KubeObject) => T, selection: Selection = {}): Reflector<T> =>
    reflectorOf(options, kind, trim, selection);
  const view = <T extends Versioned>(kind: ResourceKind, trim: (object: KubeObject) => T): View<T> =>
    createView(make(kind, trim), trim);
  const migrations = view(MESH_MIGRATION, whole<MeshMigration>);
  const records = view(NAMESPACE_MIGRATION, whole<NamespaceMigration>);
  const namespaces = view(NAMESPACE, trimNamespace);
  const workload = (kind: TemplateKind): View<TrimmedWorkload> => view(TEMPLATE_KINDS[kind], trimWorkload(kind));
  const workloads = {
    Deployment: workload('Deployment'),
    StatefulSet: workload('StatefulSet'),
    DaemonSet: workload('DaemonSet'),
    CronJob: workload('CronJob'),
  };
  const reflectors = [migrations, records, namespaces, ...Object.values(workloads)].map((v) => v.reflector as Reflector<unknown>);
  return { migrations, records, namespaces, workloads, pods: createPodViews(options), reflectors };
}

function whole<T>(object: KubeObject): Whole<T> {
  const { name, uid, resourceVersion = '' } = object.metadata;
  return { name, uid, resourceVersion, object: object as unknown as T };
}

function reflectorOf<T>(
  options: ViewsOptions,
  kind: ResourceKind,
  trim: (object: KubeObject) => T,
  selection: Selection,
): Reflector<T> {
  const { client, clock, random, log } = options;
  const name = selection.namespace === undefined ? resourceNameOf(kind) : `${resourceNameOf(kind)} of ${selection.namespace}`;
  const reflector: Reflector<T> = createReflector({
    name,
    source: kubeSource(client, kind, selection),
    trim,
    clock,
    random,
    log,
    metrics: options.metrics(resourceNameOf(kind), () => reflector.lastFrameAgeMs()),
  });
  return reflector;
}

// Milliseconds. Of a pod that starts there are several changes that say nothing by themselves.
const startingMs = 250;

function patienceMs(change: Change<TrimmedPod>): number {
  return change.type === 'update' && change.old.ready === change.value.ready ? startingMs : 0;
}

function createPodViews(options: ViewsOptions): PodViews {
  const open = new Map<string, Reflector<TrimmedPod>>();
  const start = (namespace: string): Reflector<TrimmedPod> => {
    const reflector = reflectorOf(options, POD, trimPod, { namespace });
    reflector.onChange((change) => options.onPod(namespace, patienceMs(change)));
    reflector.synced.then(
      () => options.onPod(namespace, 0),
      () => undefined,
    );
    reflector.start();
    open.set(namespace, reflector);
    return reflector;
  };
  const close = (namespace: string): Promise<void> => {
    const reflector = open.get(namespace);
    open.delete(namespace);
    return reflector === undefined ? Promise.resolve() : reflector.stop();
  };
  return {
    of(namespace) {
      const reflector = open.get(namespace) ?? start(namespace);
      return reflector.hasSynced() ? [...reflector.values()] : undefined;
    },
    held(namespace) {
      const reflector = open.get(namespace);
      return reflector?.hasSynced() === true ? [...reflector.values()] : undefined;
    },
    release: (namespace) => void close(namespace),
    async stop() {
      await Promise.all([...open.keys()].map(close));
    },
  };
}
