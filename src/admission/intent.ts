// Admission room: what a pod's own keys, or those of its committed namespace, ask for. Pure; the policies say the same
// in their own language.

import { keys } from '../api/v1alpha1/group.ts';
import type { LeaveWhen } from '../core/transform.ts';
import type { MeshAdapter, ObjectKeys, PodTemplate } from '../mesh/adapter.ts';
import { annotationOf, hasContainer, labelOf } from '../mesh/pod-parts.ts';

/** What is to happen to a pod; empty means nothing. */
export interface Intent {
  /** The mesh to join. */
  to: string;
  /** The mesh to leave, once joined. */
  from: string;
  /** The mesh that a held pod is kept out of. */
  keptFrom: string;
  /** Whose keys these are: settings are read from the same place. */
  settingsOf: (key: string) => string | undefined;
}

/** The pod's own keys win; a hold beats the namespace only. */
export function intentOf(pod: PodTemplate, namespace: { metadata?: ObjectKeys }): Intent {
  const own = annotationOf(pod, keys.to);
  if (own !== undefined) {
    return { to: own, from: annotationOf(pod, keys.from) ?? '', keptFrom: '', settingsOf: (key) => annotationOf(pod, key) };
  }
  const to = labelOf(namespace, keys.to) ?? '';
  const held = annotationOf(pod, keys.hold) !== undefined;
  return {
    to: held ? '' : to,
    from: held ? '' : (labelOf(namespace, keys.from) ?? ''),
    keptFrom: held ? to : '',
    settingsOf: (key) => annotationOf(pod, key) ?? annotationOf(namespace, key),
  };
}

/** The pod has joined the mesh that is named; a mesh that nobody knows is never joined. */
export function hasJoined(pod: PodTemplate, to: string, adapters: readonly MeshAdapter[]): boolean {
  const target = adapters.find((adapter) => adapter.join.mesh === to);
  return target !== undefined && holds(target.joinedWhen, pod);
}

function holds(when: LeaveWhen, pod: PodTemplate): boolean {
  switch (when.kind) {
    case 'container':
      return hasContainer(pod, when.name);
    case 'annotation':
      return annotationOf(pod, when.key) === when.value;
    case 'label':
      return labelOf(pod, when.key) === when.value;
    case 'always':
      return true;
    case 'never':
      return false;
  }
}
