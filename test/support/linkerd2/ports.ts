/**
 * Stand-in for Linkerd 2: the lists of ports that the injector writes. Facts from test/recordings/linkerd2/injection.
 */
import type { Pod } from '../pod.ts';
import type { Annotations, InjectorValues } from './values.ts';

const opaqueKey = 'config.linkerd.io/opaque-ports';

/** Every container port of the pod, UDP included, ascending and joined by commas. */
export function inboundPorts(pod: Pod): string {
  return containerPorts(pod).join(',');
}

/**
 * The value of the opaque-ports annotation that the injector adds: the namespace's, else those default opaque ports that
 * the pod listens on. Undefined when the pod has its own or nothing is to be added. Added to skipped pods as well.
 */
export function addedOpaquePorts(pod: Pod, namespace: Annotations, values: InjectorValues): string | undefined {
  if (pod.metadata.annotations?.[opaqueKey] !== undefined) return undefined;
  if (namespace[opaqueKey] !== undefined) return namespace[opaqueKey];
  const defaults = new Set(values.opaquePorts.split(',').map(Number));
  const matching = containerPorts(pod).filter((port) => defaults.has(port));
  return matching.length > 0 ? matching.join(',') : undefined;
}

function containerPorts(pod: Pod): number[] {
  const ports = pod.spec.containers.flatMap((container) => container.ports ?? []).map((port) => port.containerPort);
  return [...new Set(ports)].sort((a, b) => a - b);
}
