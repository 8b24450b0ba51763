/**
 * Stand-in for Linkerd 2: whether a pod gets the sidecar, and if not, the words that the injector gives as reason.
 * Words of test/recordings/linkerd2/injection; the ones of hostNetwork and of an invalid pod annotation were not recorded.
 */
import type { Pod } from '../pod.ts';
import type { Annotations } from './values.ts';

/** The annotation on a namespace or a pod that asks for the sidecar or refuses it. */
export const injectKey = 'linkerd.io/inject';

const known = new Set(['', 'enabled', 'disabled', 'ingress']);
const enables = (value: string): boolean => value === 'enabled' || value === 'ingress';

/** Reasons to leave the pod alone, in the injector's order; empty when it is injected. */
export function skipReasons(pod: Pod, namespaceAnnotations: Annotations): string[] {
  return [
    pod.spec.hostNetwork === true ? 'hostNetwork is enabled' : undefined,
    hasSidecar(pod) ? 'pod has a sidecar injected already' : undefined,
    annotationReason(namespaceAnnotations[injectKey] ?? '', pod.metadata.annotations?.[injectKey] ?? ''),
  ].filter((reason) => reason !== undefined);
}

function annotationReason(atNamespace: string, atPod: string): string | undefined {
  if (!known.has(atNamespace)) return `invalid value for annotation "${injectKey}" at namespace`;
  if (!known.has(atPod)) return `invalid value for annotation "${injectKey}" at workload`;
  if (enables(atNamespace)) return atPod === 'disabled' ? `pod has the annotation "${injectKey}:disabled"` : undefined;
  return enables(atPod) ? undefined : `neither the namespace nor the pod have the annotation "${injectKey}:enabled"`;
}

function hasSidecar(pod: Pod): boolean {
  const names = pod.spec.containers.map((container) => container.name);
  const initNames = (pod.spec.initContainers ?? []).map((container) => container.name);
  return (
    names.some((name) => name === 'linkerd-proxy' || name === 'istio-proxy') ||
    initNames.some((name) => name === 'linkerd-init' || name === 'istio-init' || name === 'linkerd-proxy')
  );
}
