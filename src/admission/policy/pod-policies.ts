// Policy room: the policies that act on pods, generated from what the adapters say. One policy a mesh and direction, so
// that an error in one stops no other. None has parameters.

import { keys } from '../../api/v1alpha1/group.ts';
import type { PodTransform } from '../../core/transform.ts';
import type { MeshAdapter } from '../../mesh/adapter.ts';
import { annotation, concatenated, hasAnnotation, text } from './cel.ts';
import { containerExpressions } from './container-expressions.ts';
import { intentVariables, joined } from './intent-variables.ts';
import { setKeysExpression } from './key-expressions.ts';
import { exceptNamespaces, mutatingPolicy, podCreation, systemNamespaces, validatingPolicy } from './manifest.ts';
import type { PolicyManifest, Variable } from './manifest.ts';

/** Asks for the target on the first pass, and keeps held pods of a committed namespace out of it. */
export function joinPolicy({ join }: MeshAdapter): PolicyManifest[] {
  const body = transformExpressions(join);
  const kept = setKeysExpression({ map: 'annotations', unlessPresent: join.optOutAnnotations, whatever: {} });
  if (body === undefined) return [];
  const mesh = text(join.mesh);
  return mutatingPolicy({
    name: `meshmigration-join-${join.mesh}`,
    description: `Makes pods join ${join.mesh} when their own keys or those of their committed namespace say so.`,
    reinvocationPolicy: 'Never',
    variables: [...intentVariables, ...body.variables],
    expression: `variables.to == ${mesh} ? (\n${body.patch}\n) : variables.keptFrom == ${mesh} ? (\n${kept ?? '[]'}\n) : []`,
  });
}

/** Takes the source away once the pod has joined, which is seen on reinvocation. The test stands in the mutation: what did not match on the first pass is not invoked again. */
export function leavePolicy({ leave }: MeshAdapter, adapters: readonly MeshAdapter[]): PolicyManifest[] {
  const body = transformExpressions(leave);
  if (body === undefined) return [];
  return mutatingPolicy({
    name: `meshmigration-leave-${leave.mesh}`,
    description: `Makes pods leave ${leave.mesh} once they have joined the mesh that their keys or those of their committed namespace name.`,
    reinvocationPolicy: 'IfNeeded',
    variables: [...intentVariables, { name: 'joined', expression: joined('variables.to', adapters) }, ...body.variables],
    expression: `variables.from == ${text(leave.mesh)} && variables.joined ? (\n${body.patch}\n) : []`,
  });
}

/** While a namespace moves, a keyed pod that came out without the target is refused, so that old pods go on serving. */
export function refusePolicy(adapters: readonly MeshAdapter[]): PolicyManifest[] {
  const to = annotation('object', keys.to);
  return validatingPolicy({
    name: 'meshmigration-refuse-unjoined',
    description: 'Refuses keyed pods that have not joined their mesh while their namespace is being moved.',
    failurePolicy: 'Fail',
    action: 'Deny',
    resourceRules: [podCreation],
    matchConditions: [{ name: 'keyed', expression: hasAnnotation('object', keys.to) }],
    validations: [
      {
        expression: joined(to, adapters),
        message: 'the pod is keyed for a mesh that it has not joined',
        messageExpression: `"the pod has not joined " + ${to} + "; old pods go on serving until its injector answers"`,
      },
    ],
    namespaceSelector: { matchExpressions: [{ key: keys.moving, operator: 'Exists' }] },
  });
}

/** Elsewhere, such a pod runs on in its source and is only recorded. */
export function auditPolicy(adapters: readonly MeshAdapter[]): PolicyManifest[] {
  return validatingPolicy({
    name: 'meshmigration-audit-unjoined',
    description: 'Records pods that have not joined the mesh that their keys or those of their committed namespace name.',
    failurePolicy: 'Ignore',
    action: 'Audit',
    resourceRules: [podCreation],
    matchConditions: [],
    variables: intentVariables,
    validations: [
      {
        expression: `variables.to == "" || (${joined('variables.to', adapters)})`,
        message: 'the pod has not joined the mesh that it is keyed for',
      },
    ],
    namespaceSelector: {
      matchExpressions: [
        ...(exceptNamespaces(systemNamespaces) as { matchExpressions: unknown[] }).matchExpressions,
        { key: keys.moving, operator: 'DoesNotExist' },
      ],
    },
  });
}

function transformExpressions(transform: PodTransform): { variables: Variable[]; patch: string } | undefined {
  const { setAnnotations, overrideAnnotations, setLabels } = transform;
  const containers = containerExpressions(transform);
  const patches = [
    setKeysExpression({ map: 'annotations', unlessPresent: setAnnotations, whatever: overrideAnnotations }),
    setKeysExpression({ map: 'labels', unlessPresent: setLabels, whatever: {} }),
    containers?.patch,
  ].filter((patch) => patch !== undefined);
  return patches.length === 0 ? undefined : { variables: containers?.variables ?? [], patch: concatenated(patches) };
}
