// The rollout of an object of any of the four kinds, read into one shape. Knows no mesh.
// Facts: https://kubernetes.io/docs/concepts/workloads/controllers/ (status fields of each kind).

import type { Rollout, TemplateKind } from '../observation.ts';
import { countAt, fieldsAt, flagAt, listAt, numberAt, textAt } from '../fields.ts';
import type { Fields } from '../fields.ts';

/** The rollout as the object's controller tells it. */
export function rolloutOf(kind: TemplateKind, object: Fields, fieldManager: string): Rollout {
  const common = {
    paused: flagAt(object, 'spec', kind === 'CronJob' ? 'suspend' : 'paused'),
    observed: (numberAt(object, 'status', 'observedGeneration') ?? -1) >= (numberAt(object, 'metadata', 'generation') ?? 0),
    minReadySeconds: numberAt(object, 'spec', 'minReadySeconds') ?? 0,
    minReadyOwner: minReadyOwner(object, fieldManager),
    progressDeadlineSeconds: numberAt(object, 'spec', 'progressDeadlineSeconds') ?? 600,
    partition: 0,
    surge: 0,
    unavailable: 0,
  } as const;
  return { ...common, ...readers[kind](object, common.observed) };
}

type Read = Omit<
  Rollout,
  'paused' | 'observed' | 'minReadySeconds' | 'minReadyOwner' | 'progressDeadlineSeconds' | 'partition' | 'surge' | 'unavailable'
> &
  Partial<Pick<Rollout, 'partition' | 'surge' | 'unavailable' | 'observed'>>;

const readers: Readonly<Record<TemplateKind, (object: Fields, observed: boolean) => Read>> = {
  Deployment: deployment,
  StatefulSet: statefulSet,
  DaemonSet: daemonSet,
  CronJob: () => ({ desired: 0, updated: 0, ready: 0, total: 0, complete: true, observed: true, strategy: 'NextRun' }),
};

function deployment(object: Fields, observed: boolean): Read {
  const desired = numberAt(object, 'spec', 'replicas') ?? 1;
  const count = (field: string): number => numberAt(object, 'status', field) ?? 0;
  const updated = count('updatedReplicas');
  const total = count('replicas');
  const failure = listAt(object, 'status', 'conditions').find((c) => c['type'] === 'ReplicaFailure' && c['status'] === 'True');
  const message = textAt(failure, 'message');
  return {
    desired,
    updated,
    total,
    ready: count('readyReplicas'),
    complete: observed && updated >= desired && total === updated && count('availableReplicas') >= desired,
    strategy: textAt(object, 'spec', 'strategy', 'type') === 'Recreate' ? 'Recreate' : 'RollingUpdate',
    ...deploymentPace(object, desired),
    ...(message !== undefined && { replicaFailure: message }),
  };
}

// Percentages of surge are rounded up, of what may be away down. Where both come to nothing the controller lets one be away.
function deploymentPace(object: Fields, desired: number): Pick<Rollout, 'surge' | 'unavailable'> {
  const path = ['spec', 'strategy', 'rollingUpdate'] as const;
  const surge = countAt(object, desired, Math.ceil, ...path, 'maxSurge') ?? Math.ceil(desired / 4);
  const away = countAt(object, desired, Math.floor, ...path, 'maxUnavailable') ?? Math.floor(desired / 4);
  return { surge, unavailable: surge === 0 && away === 0 ? 1 : away };
}

function statefulSet(object: Fields, observed: boolean): Read {
  const desired = numberAt(object, 'spec', 'replicas') ?? 1;
  const status = fieldsAt(object, 'status');
  const updated = numberAt(status, 'updatedReplicas') ?? 0;
  const ready = numberAt(status, 'readyReplicas') ?? 0;
  const total = numberAt(status, 'replicas') ?? 0;
  // After a rollback both revisions are equal at once; then only the ready count tells.
  const sameRevision = textAt(status, 'currentRevision') === textAt(status, 'updateRevision');
  return {
    desired,
    updated,
    ready,
    total,
    complete: observed && sameRevision && ready >= desired && total === desired,
    strategy: textAt(object, 'spec', 'updateStrategy', 'type') === 'OnDelete' ? 'OnDelete' : 'RollingUpdate',
    ...statefulSetPace(object, desired),
  };
}

function daemonSet(object: Fields, observed: boolean): Read {
  const status = fieldsAt(object, 'status');
  const desired = numberAt(status, 'desiredNumberScheduled') ?? 0;
  const updated = numberAt(status, 'updatedNumberScheduled') ?? 0;
  const available = numberAt(status, 'numberAvailable') ?? 0;
  return {
    desired,
    updated,
    ready: numberAt(status, 'numberReady') ?? 0,
    total: numberAt(status, 'currentNumberScheduled') ?? 0,
    complete: observed && updated >= desired && available >= desired,
    strategy: textAt(object, 'spec', 'updateStrategy', 'type') === 'OnDelete' ? 'OnDelete' : 'RollingUpdate',
    ...daemonSetPace(object, desired),
  };
}

function statefulSetPace(object: Fields, desired: number): Pick<Rollout, 'partition' | 'unavailable'> {
  const path = ['spec', 'updateStrategy', 'rollingUpdate'] as const;
  const unavailable = countAt(object, desired, Math.ceil, ...path, 'maxUnavailable') ?? 1;
  return { partition: numberAt(object, ...path, 'partition') ?? 0, unavailable };
}

// With a surge, the old pod of a node stays until the new one is Ready.
function daemonSetPace(object: Fields, desired: number): Pick<Rollout, 'surge' | 'unavailable'> {
  const path = ['spec', 'updateStrategy', 'rollingUpdate'] as const;
  const surge = countAt(object, desired, Math.ceil, ...path, 'maxSurge') ?? 0;
  return { surge, unavailable: surge > 0 ? 0 : (countAt(object, desired, Math.ceil, ...path, 'maxUnavailable') ?? 1) };
}

// Whoever wrote the field owns it by managedFields; a server's default is nobody's.
function minReadyOwner(object: Fields, fieldManager: string): Rollout['minReadyOwner'] {
  const owners = listAt(object, 'metadata', 'managedFields').filter((entry) => {
    const spec = fieldsAt(entry, 'fieldsV1', 'f:spec');
    return Object.hasOwn(spec, 'f:minReadySeconds');
  });
  if (owners.length === 0) return 'nobody';
  return owners.every((entry) => entry['manager'] === fieldManager) ? 'us' : 'other';
}
