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
import { kubeSource } from '../runtime/reflector-source.ts';
import { MESH_MIGRATION, NAMESPACE_MIGRATION, TEMPLATE_KINDS } from './kinds.ts';
import { createPodViews } from './pod-views.ts';
import type { PodViews } from './pod-views.ts';
import { trimNamespace, trimPod, trimWorkload } from './trimmed.ts';
import type { TrimmedNamespace, TrimmedWorkload } from './trimmed.ts';
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

/** A workload by its Kind/name; undefined where there is none, or none of the kinds that are watched. */
export function workloadNamed(
  { workloads }: Pick<Views, 'workloads'>,
  namespace: string,
  workload: string | undefined,
): TrimmedWorkload | undefined {
  const [kind = '', name = ''] = workload?.split('/') ?? [];
  return Object.hasOwn(TEMPLATE_KINDS, kind) ? workloads[kind as TemplateKind].get(`${namespace}/${name}`) : undefined;
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
  const { clock, onPod } = options;
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
  return {
    migrations,
    records,
    namespaces,
    workloads,
    pods: createPodViews({ clock, onPod, reflectorOf: (namespace) => make(POD, trimPod, { namespace }) }),
    reflectors,
  };
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
