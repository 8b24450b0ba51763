// Controllers, kubelets and admission of the small Kubernetes. Each goes in small steps, so that everything can happen in
// between. Facts: Deployments surge first, an ordered StatefulSet never replaces a pod that is not Ready, DaemonSets replace
// one pod at a time, a refused pod is tried again.

import { keys } from '../../src/api/v1alpha1/group.ts';
import { pair } from './builders.ts';
import { drop, isCurrent, keyOf, newUid, podsOf, put } from './world.ts';
import type { ModelNamespace, ModelPod, ModelWorkload, World } from './world.ts';

/** One step that could be taken now. */
export type Step = () => void;

/** Every step that controllers and kubelets could take now. */
export function kubeSteps(world: World): Step[] {
  const steps: Step[] = [];
  for (const workload of world.objects.workloads.values()) {
    const step = controllerStep(world, workload);
    if (step !== undefined) steps.push(step);
  }
  for (const pod of world.objects.pods.values()) {
    const step = kubeletStep(world, pod);
    if (step !== undefined) steps.push(step);
  }
  for (const namespace of world.objects.namespaces.values()) if (namespace.deleting) steps.push(() => finish(world, namespace));
  return steps;
}

function controllerStep(world: World, workload: ModelWorkload): Step | undefined {
  if (workload.observedGeneration < workload.generation)
    return () => void put(world, 'workloads', keyOf(workload), { ...workload, observedGeneration: workload.generation });
  const pods = podsOf(world, workload).filter((pod) => !pod.ended);
  switch (workload.kind) {
    case 'Deployment':
      return deploymentStep(world, workload, pods);
    case 'StatefulSet':
      return statefulSetStep(world, workload, pods);
    case 'DaemonSet':
      return daemonSetStep(world, workload, pods);
    case 'CronJob':
      return undefined;
  }
}

function deploymentStep(world: World, w: ModelWorkload, pods: readonly ModelPod[]): Step | undefined {
  const alive = pods.filter((pod) => !pod.deleting);
  if (w.paused) return undefined;
  const current = alive.filter((pod) => isCurrent(pod, w));
  if (current.length < w.replicas && alive.length < w.replicas + w.surge) {
    const create = creation(world, w, `${w.name}-${world.uids}`);
    if (create !== undefined) return create;
  }
  if (current.length > w.replicas) return deletion(world, current[0]);
  const old = alive.filter((pod) => !isCurrent(pod, w));
  const stuck = old.find((pod) => !pod.ready);
  if (stuck !== undefined) return deletion(world, stuck);
  const ready = alive.filter((pod) => pod.ready).length;
  return ready > w.replicas || w.replicas === 0 ? deletion(world, old[0]) : undefined;
}

function statefulSetStep(world: World, w: ModelWorkload, pods: readonly ModelPod[]): Step | undefined {
  const byName = new Map(pods.map((pod) => [pod.name, pod]));
  for (let i = 0; i < w.replicas; i += 1) {
    const pod = byName.get(`${w.name}-${i}`);
    if (pod === undefined) return creation(world, w, `${w.name}-${i}`);
    if (!pod.ready || pod.deleting) return undefined;
  }
  const surplus = pods.filter((pod) => Number(pod.name.slice(w.name.length + 1)) >= w.replicas);
  if (surplus.length > 0) return deletion(world, surplus.at(-1));
  if (w.onDelete) return undefined;
  const old = pods.filter((pod) => !isCurrent(pod, w)).toSorted((a, b) => (a.name < b.name ? 1 : -1));
  return deletion(world, old[0]);
}

function daemonSetStep(world: World, w: ModelWorkload, pods: readonly ModelPod[]): Step | undefined {
  const alive = pods.filter((pod) => !pod.deleting);
  if (pods.length < w.replicas) return creation(world, w, `${w.name}-${world.uids}`);
  if (w.onDelete) return undefined;
  const old = alive.filter((pod) => !isCurrent(pod, w));
  const next =
    old.find((pod) => !pod.ready) ?? (alive.length === pods.length && alive.every((pod) => pod.ready) ? old[0] : undefined);
  return deletion(world, next);
}

function deletion(world: World, pod: ModelPod | undefined): Step | undefined {
  return pod === undefined ? undefined : () => void put(world, 'pods', podKey(pod), { ...pod, deleting: true, ready: false });
}

function creation(world: World, workload: ModelWorkload, name: string): Step | undefined {
  const pod = admitted(world, workload, name);
  return pod && (() => void put(world, 'pods', podKey(pod), { ...pod, uid: newUid(world) }));
}

/** What admission makes of a new pod; undefined where it refuses it. */
export function admitted(world: World, workload: ModelWorkload, name: string, job = false): ModelPod | undefined {
  const namespace = world.objects.namespaces.get(workload.namespace);
  if (namespace === undefined || namespace.deleting) return undefined;
  const keyed = workload.keys[keys.to] === pair.to;
  const joins = (keyed || isDefault(namespace)) && world.environment.injectorUp;
  if (keyed && !joins && namespace.labels[keys.moving] !== undefined) return undefined;
  return {
    namespace: namespace.name,
    name,
    uid: '',
    rv: 0,
    workload: `${workload.kind}/${workload.name}`,
    job,
    template: workload.template,
    keys: workload.keys,
    inTarget: joins,
    inSource: !joins,
    ready: false,
    ended: false,
    deleting: false,
    restarts: 0,
  };
}

/** Pods without keys join the target. */
export function isDefault(namespace: ModelNamespace): boolean {
  return namespace.annotations['linkerd.io/inject'] === 'enabled';
}

/** Key of a pod among all. */
export function podKey(pod: Pick<ModelPod, 'namespace' | 'name'>): string {
  return `${pod.namespace}/${pod.name}`;
}

function kubeletStep(world: World, pod: ModelPod): Step | undefined {
  const key = podKey(pod);
  if (pod.deleting) return () => drop(world, 'pods', key);
  if (pod.job && pod.ready) return () => void put(world, 'pods', key, { ...pod, ready: false, ended: true });
  if (pod.ready || pod.ended || !comesUp(world, pod)) return undefined;
  const restarts = behaviourOf(world, pod) === 'restarts' ? 1 : 0;
  return () => void put(world, 'pods', key, { ...pod, ready: true, restarts });
}

function comesUp(world: World, pod: ModelPod): boolean {
  return !pod.template.endsWith('-bad') && behaviourOf(world, pod) !== 'neverReady';
}

/** How a pod behaves; outside the target every pod is healthy. */
export function behaviourOf(world: World, pod: ModelPod): string {
  return pod.inTarget ? (world.environment.behaviours.get(`${pod.namespace}/${pod.workload}`) ?? 'healthy') : 'healthy';
}

function finish(world: World, namespace: ModelNamespace): void {
  for (const kind of ['workloads', 'pods'] as const)
    for (const [key, value] of world.objects[kind]) if (value.namespace === namespace.name) drop(world, kind, key);
  drop(world, 'namespaces', namespace.name);
}
