// Linkerd 2 room: where the control plane is. Anybody may create Deployments with its labels and a ConfigMap of its name in a
// namespace of their own, but neither label the namespace nor register an injector: only one that a person named, that the
// installation labelled, or in which the registered injector is, is believed.

import type { MeshMigrationSpec } from '../../api/v1alpha1/mesh-migration.ts';
import type { PreflightFacts, PreflightQuestion, Role } from '../adapter.ts';
import { answerTo } from '../facts.ts';
import { fieldsAt, labelOf, listAt, textAt } from '../pod-parts.ts';
import type { Fields } from '../pod-parts.ts';
import { componentLabel, controlPlaneLabel, neededComponents } from './names.ts';

/** Names of the questions for the namespaces, the Deployments and the injector's registration of the control plane. */
export const placeQuestions = {
  namespaces: 'linkerd2 namespaces',
  deployments: 'linkerd2 Deployments',
  webhooks: 'linkerd2 webhooks',
} as const;

/** Where it is, or why that is not known. */
export type ControlPlane =
  | { readonly kind: 'found'; readonly namespace: string }
  | { readonly kind: 'none' }
  | { readonly kind: 'several'; readonly namespaces: readonly string[] }
  | { readonly kind: 'unknown'; readonly why: string };

/** Namespace of the control plane, where the spec names it. */
export function namedNamespace(spec: MeshMigrationSpec, role: Role): string | undefined {
  return role === 'target' ? spec.target.linkerd2?.namespace : undefined;
}

/** What to ask to know where it is. */
export function placesToAsk(namespace: string | undefined): readonly PreflightQuestion[] {
  const believed = namespace === undefined ? { labelSelector: `${controlPlaneLabel}=true` } : { objectName: namespace };
  const where = namespace === undefined ? {} : { namespace };
  const { namespaces, deployments } = placeQuestions;
  return [
    { name: namespaces, group: '', version: 'v1', plural: 'namespaces', ...believed },
    { name: deployments, group: 'apps', version: 'v1', plural: 'deployments', labelSelector: componentLabel, ...where },
  ];
}

/** Namespaces that are believed to be a control plane's, whole or not; none where they could not be read. */
export function believedNamespaces(facts: PreflightFacts): readonly string[] {
  const answer = answerTo(facts, placeQuestions.namespaces);
  const marked = answer.known ? answer.items.flatMap(({ metadata }) => metadata?.name ?? []) : [];
  return marked.length > 0 || !answer.known ? marked : injectorNamespaces(facts);
}

// Helm does not label the namespace. Whoever may register the injector for the whole cluster is believed as well.
function injectorNamespaces(facts: PreflightFacts): readonly string[] {
  return [
    ...new Set(
      injectorHooks(facts).flatMap((hook) => textAt(fieldsAt(fieldsAt(hook, 'clientConfig'), 'service'), 'namespace') ?? []),
    ),
  ];
}

/** Webhooks of the registered injector; none where they could not be read. */
export function injectorHooks(facts: PreflightFacts): readonly Fields[] {
  const answer = answerTo(facts, placeQuestions.webhooks);
  return answer.known ? answer.items.flatMap((item) => listAt(item, 'webhooks')) : [];
}

/** The one control plane: of several believed namespaces, the one with all parts. */
export function controlPlaneOf(facts: PreflightFacts): ControlPlane {
  const [namespaces, deployments] = [answerTo(facts, placeQuestions.namespaces), answerTo(facts, placeQuestions.deployments)];
  if (!namespaces.known) return { kind: 'unknown', why: namespaces.why };
  const believed = believedNamespaces(facts);
  const [only, another] = believed;
  if (only === undefined) return { kind: 'none' };
  if (another === undefined) return { kind: 'found', namespace: only };
  if (!deployments.known) return { kind: 'unknown', why: deployments.why };
  const has = (namespace: string, component: string): boolean =>
    deployments.items.some((d) => d.metadata?.namespace === namespace && labelOf(d, componentLabel) === component);
  const whole = believed.filter((namespace) => neededComponents.every((component) => has(namespace, component)));
  const [namespace, second] = whole;
  if (namespace !== undefined && second === undefined) return { kind: 'found', namespace };
  return { kind: 'several', namespaces: whole.length === 0 ? believed : whole };
}

/** Why there is no one control plane, in a sentence; undefined where there is. */
export function placeProblem(place: ControlPlane): string | undefined {
  switch (place.kind) {
    case 'found':
      return undefined;
    case 'none':
      return `there is no namespace of its control plane: none that spec.target.linkerd2.namespace names, that has the label ${controlPlaneLabel}=true or that the injector is registered in`;
    case 'several':
      return `more than one namespace could be that of its control plane: ${place.namespaces.join(', ')}`;
    case 'unknown':
      return place.why;
  }
}
