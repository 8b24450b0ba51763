// Observer: the cluster as its own watches saw it last, and what follows from single objects. It judges nothing.
import type { KubeObject } from '../../../src/kube/object.ts';
import { fieldsAt, listAt, numberAt, textAt, textsAt, valueAt } from './fields.ts';
import type { Fields } from './fields.ts';
import { key, linkerd1, proxyContainer } from './keys.ts';

/** What is watched. */
export const collections = ['migrations', 'records', 'namespaces', 'workloads', 'pods'] as const;
export type Collection = (typeof collections)[number];

/** An object as the API server showed it. */
export type Seen = KubeObject & Fields;

/** A change that a watch told. */
export interface Change {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly collection: Collection;
  /** Absent when the object is new. */
  readonly old?: Seen;
  /** Absent when the object is gone. */
  readonly now?: Seen;
}

/** Everything as it was seen last. */
export class World {
  readonly #objects: Readonly<Record<Collection, Map<string, Seen>>> = {
    migrations: new Map(),
    records: new Map(),
    namespaces: new Map(),
    workloads: new Map(),
    pods: new Map(),
  };

  apply({ collection, old, now }: Change): void {
    const held = this.#objects[collection];
    if (old !== undefined) held.delete(idOf(old));
    if (now !== undefined) held.set(idOf(now), now);
  }

  all(collection: Collection, namespace?: string): Seen[] {
    const every = [...this.#objects[collection].values()];
    return namespace === undefined ? every : every.filter(({ metadata }) => metadata.namespace === namespace);
  }

  record(namespace: string): Seen | undefined {
    return this.#objects.records.get(`NamespaceMigration/${namespace}`);
  }

  namespace(name: string): Seen | undefined {
    return this.#objects.namespaces.get(`Namespace/${name}`);
  }

  workload(kind: string, namespace: string, name: string): Seen | undefined {
    return this.#objects.workloads.get(`${kind}/${namespace}/${name}`);
  }

  /** The migration that a record belongs to. */
  migrationOf(record: Seen): Seen | undefined {
    const uid = textAt(record, 'spec', 'migrationRef', 'uid');
    return this.all('migrations').find(({ metadata }) => metadata.uid === uid);
  }

  podsOf(workload: Seen): Seen[] {
    const name = `${workload.kind ?? ''}/${workload.metadata.name}`;
    const since = workload.metadata.creationTimestamp ?? '';
    // Pods of an earlier workload of that name are nobody's.
    return this.all('pods', workload.metadata.namespace).filter(
      (pod) => ownerOf(pod) === name && (pod.metadata.creationTimestamp ?? '') >= since,
    );
  }
}

/** Kind, namespace and name. */
export function idOf({ kind = '', metadata }: KubeObject): string {
  return [kind, metadata.namespace, metadata.name].filter((part) => part !== undefined).join('/');
}

/** Kind/name of the workload that a pod belongs to; undefined for bare pods and Jobs. */
export function ownerOf(pod: Seen): string | undefined {
  const owner = pod.metadata.ownerReferences?.find(({ controller }) => controller === true);
  const hash = pod.metadata.labels?.['pod-template-hash'];
  if (owner?.kind === 'ReplicaSet' && hash !== undefined) return `Deployment/${owner.name.slice(0, -hash.length - 1)}`;
  return owner?.kind === 'StatefulSet' || owner?.kind === 'DaemonSet' ? `${owner.kind}/${owner.name}` : undefined;
}

/** Path of the pod template in a workload. */
export function templatePath(kind: string): readonly string[] {
  return kind === 'CronJob' ? ['spec', 'jobTemplate', 'spec', 'template'] : ['spec', 'template'];
}

/** Annotations of a workload's pod template. */
export function templateAnnotations(workload: Seen): Readonly<Record<string, string>> {
  return textsAt(workload, ...templatePath(workload.kind ?? ''), 'metadata', 'annotations');
}

/** The step of a record; Pending before it has one. */
export function stepOf(record: Seen): string {
  return textAt(record, 'status', 'step') ?? 'Pending';
}

/** The pod is Ready and stays. */
export function isReady(pod: Seen): boolean {
  const ready = listAt(pod, 'status', 'conditions').some((c) => c['type'] === 'Ready' && c['status'] === 'True');
  return ready && pod.metadata.deletionTimestamp === undefined;
}

/** Nothing runs in the pod any more. */
export function hasEnded(pod: Seen): boolean {
  const phase = textAt(pod, 'status', 'phase');
  return phase === 'Succeeded' || phase === 'Failed';
}

/** All containers of a pod or pod template. */
export function containersOf(holder: unknown): readonly Fields[] {
  return [...listAt(holder, 'spec', 'containers'), ...listAt(holder, 'spec', 'initContainers')];
}

/** The pod has Linkerd 2's proxy. */
export function hasProxy(pod: Seen): boolean {
  return containersOf(pod).some((container) => container['name'] === proxyContainer);
}

/** The first variable of a pod by which it uses Linkerd 1. */
export function sourceTrace(pod: Seen): string | undefined {
  const variables = containersOf(pod).flatMap((container) => listAt(container, 'env'));
  const found = variables.find(
    (variable) => linkerd1.names.test(textAt(variable, 'name') ?? '') && linkerd1.value.test(textAt(variable, 'value') ?? ''),
  );
  return found === undefined ? undefined : `${textAt(found, 'name') ?? ''}=${textAt(found, 'value') ?? ''}`;
}

/** Pod or template carries the keys of a move. */
export function isKeyed(annotations: Readonly<Record<string, string>>): boolean {
  return annotations[key.cutover] !== undefined;
}

/** Replicas that a workload wants; undefined where it wants none of its own. */
export function desiredOf(workload: Seen): number {
  if (workload.kind === 'DaemonSet') return numberAt(workload, 'status', 'desiredNumberScheduled') ?? 0;
  return workload.kind === 'CronJob' ? 0 : (numberAt(workload, 'spec', 'replicas') ?? 1);
}

/** The workload's controller has seen the newest template and replaced every pod by it. */
export function isRolledOut(workload: Seen): boolean {
  const status = fieldsAt(workload, 'status');
  const seen = (numberAt(status, 'observedGeneration') ?? -1) >= (workload.metadata.generation ?? 0);
  return seen && isReplaced(workload, status);
}

function isReplaced(workload: Seen, status: Fields): boolean {
  const count = (field: string): number => numberAt(status, field) ?? 0;
  const desired = desiredOf(workload);
  switch (workload.kind) {
    case 'Deployment':
      return (
        count('updatedReplicas') >= desired &&
        count('replicas') === count('updatedReplicas') &&
        count('availableReplicas') >= desired
      );
    case 'StatefulSet':
      return status['currentRevision'] === status['updateRevision'] && count('readyReplicas') >= desired;
    case 'DaemonSet':
      return count('updatedNumberScheduled') >= desired && count('numberAvailable') >= desired;
    default:
      return true;
  }
}

/** How a workload replaces its pods. */
export function strategyOf(workload: Seen): string {
  const path = workload.kind === 'Deployment' ? 'strategy' : 'updateStrategy';
  return workload.kind === 'CronJob' ? 'NextRun' : (textAt(workload, 'spec', path, 'type') ?? 'RollingUpdate');
}

/** A number, or a percentage of a whole rounded as told. */
export function amountAt(
  from: unknown,
  whole: number,
  round: (n: number) => number,
  path: readonly string[],
): number | undefined {
  const value = valueAt(from, ...path);
  if (typeof value === 'number') return value;
  const percent = typeof value === 'string' ? /^(\d+)%$/.exec(value)?.[1] : undefined;
  return percent === undefined ? undefined : round((Number(percent) * whole) / 100);
}
