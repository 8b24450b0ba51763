// Linkerd 2 room: whether a template or a pod is in Linkerd 2, and how pods join and leave it. Pure and total.

import type { Expectation, Membership } from '../../core/observation.ts';
import type { PodTransform } from '../../core/transform.ts';
import { noTransform } from '../../core/transform.ts';
import type { DetectContext, LivePod, PodTemplate } from '../adapter.ts';
import { annotationOf, containersOf, hasContainer } from '../pod-parts.ts';
import { injectAnnotation, injectValues, proxyContainer } from './names.ts';

/** Containers of other meshes that the injector refuses to stand beside. */
const foreignProxies: readonly string[] = ['istio-proxy', 'istio-init'];

/** The injector acts on a pod that asks for it, whatever its namespace says. */
export const joinLinkerd2: PodTransform = {
  ...noTransform('linkerd2'),
  setAnnotations: { [injectAnnotation]: 'enabled' },
  optOutAnnotations: { [injectAnnotation]: 'disabled' },
};

/** The pod's own refusal wins over its namespace. A proxy that stands in the template itself is for a person to take out. */
export const leaveLinkerd2: PodTransform = {
  ...noTransform('linkerd2'),
  overrideAnnotations: { [injectAnnotation]: 'disabled' },
};

/** Where a template stands: its own annotation, then its namespace's, and a proxy that was injected by hand. */
export function detectLinkerd2(template: PodTemplate, _spec?: unknown, context: DetectContext = {}): Membership {
  const byHand = containersOf(template).filter(({ name }) => name === proxyContainer);
  const own = annotationOf(template, injectAnnotation);
  const asked = own ?? annotationOf({ metadata: context.namespaceKeys ?? {} }, injectAnnotation);
  const uses = [
    ...byHand.map(({ list, name }) => ({
      kind: 'Sidecar',
      place: `spec.${list}[${name}]`,
      removedBy: 'person' as const,
      remedy: 'take the proxy out of the template (linkerd uninject)',
    })),
    ...(asked !== undefined && injectValues.includes(asked)
      ? [
          {
            kind: own === undefined ? 'NamespaceAnnotation' : 'Annotation',
            place: `metadata.annotations[${injectAnnotation}]`,
            removedBy: 'admission' as const,
          },
        ]
      : []),
  ];
  return { state: uses.length > 0 ? 'present' : 'absent', uses };
}

/** The template refuses the proxy: any value but those that ask for it. */
export function optsOutOfLinkerd2(template: PodTemplate): boolean {
  const own = annotationOf(template, injectAnnotation);
  return own !== undefined && !injectValues.includes(own);
}

/** A live pod is in the mesh by its proxy alone: the annotation is only a wish. */
export function linkerd2Expectation(pod: LivePod): Expectation {
  const joined = hasContainer(pod, proxyContainer);
  const foreign = containersOf(pod).find(({ name }) => foreignProxies.includes(name));
  if (!joined) return { state: 'absent', reason: `it has no container ${proxyContainer}` };
  return foreign === undefined
    ? { state: 'present', reason: `it has the container ${proxyContainer}` }
    : { state: 'conflicting', reason: `it has the containers ${proxyContainer} and ${foreign.name}` };
}
