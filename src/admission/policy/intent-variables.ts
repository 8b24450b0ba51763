// Policy room: what a pod's own keys, or those of its committed namespace, ask for, as CEL. The same as intent.ts says
// for the webhook. The namespace is only to be had in variables and mutations, not in match conditions.

import { keys } from '../../api/v1alpha1/group.ts';
import type { LeaveWhen } from '../../core/transform.ts';
import type { MeshAdapter } from '../../mesh/adapter.ts';
import { annotation, any, choose, hasAnnotation, label, text } from './cel.ts';
import type { Variable } from './manifest.ts';

/** Variables `own`, `held`, `to`, `from` and `keptFrom`. */
export const intentVariables: readonly Variable[] = [
  { name: 'own', expression: hasAnnotation('object', keys.to) },
  { name: 'held', expression: `!variables.own && ${hasAnnotation('object', keys.hold)}` },
  { name: 'to', expression: ownOrNamespace(keys.to) },
  { name: 'from', expression: ownOrNamespace(keys.from) },
  { name: 'keptFrom', expression: `variables.held ? ${label('namespaceObject', keys.to)} : ""` },
];

function ownOrNamespace(key: string): string {
  return choose(
    [
      ['variables.own', annotation('object', key)],
      ['variables.held', '""'],
    ],
    label('namespaceObject', key),
  );
}

/** A setting: the pod's, else the namespace's where the keys are the namespace's, else the default. */
export function setting(key: string, otherwise: string): string {
  const byNamespace = annotation('namespaceObject', key, text(otherwise));
  return annotation('object', key, `variables.own ? ${text(otherwise)} : ${byNamespace}`);
}

/** Whether the pod has joined the mesh named by an expression; a mesh that no adapter knows is never joined. */
export function joined(to: string, adapters: readonly MeshAdapter[]): string {
  const cases = adapters.map(({ join, joinedWhen }) => [`${to} == ${text(join.mesh)}`, holds(joinedWhen)] as const);
  return choose(cases, 'false');
}

function holds(when: LeaveWhen): string {
  switch (when.kind) {
    case 'container': {
      const named = `.exists(c, c.name == ${text(when.name)})`;
      return any([`object.spec.containers${named}`, `object.spec.?initContainers.orValue([])${named}`]);
    }
    case 'annotation':
      return `${hasAnnotation('object', when.key)} && ${annotation('object', when.key)} == ${text(when.value)}`;
    case 'label':
      return `${label('object', when.key)} == ${text(when.value)}`;
    case 'always':
      return 'true';
    case 'never':
      return 'false';
  }
}
