// Endpoints for Services in files: nobody keeps EndpointSlices there, and without them no name would lead anywhere. A Service that selects
// pods is taken to have one that is ready. Pure.

import type { KubeObjectLike } from '../../mesh/adapter.ts';

interface Port {
  readonly name?: string;
  readonly port?: number;
  readonly targetPort?: number | string;
  readonly protocol?: string;
}

/** The objects, with an EndpointSlice for each Service that selects pods and has none. */
export function withAssumedEndpoints(objects: readonly KubeObjectLike[]): readonly KubeObjectLike[] {
  const known = new Set(objects.flatMap(servedBy));
  const services = objects.filter((object) => object.kind === 'Service' && selects(object) && !known.has(keyOf(object)));
  return [...objects, ...services.map(sliceOf)];
}

function servedBy({ kind, metadata }: KubeObjectLike): string[] {
  const namespace = metadata?.namespace ?? '';
  if (kind === 'Endpoints') return [`${namespace}/${metadata?.name ?? ''}`];
  return kind === 'EndpointSlice' ? [`${namespace}/${metadata?.labels?.['kubernetes.io/service-name'] ?? ''}`] : [];
}

function keyOf({ metadata }: KubeObjectLike): string {
  return `${metadata?.namespace ?? ''}/${metadata?.name ?? ''}`;
}

function selects({ spec }: KubeObjectLike): boolean {
  const { selector } = (spec ?? {}) as { selector?: object | null };
  return Object.keys(selector ?? {}).length > 0;
}

// An address of its own for each, so that no two Services look like one (RFC 5737 keeps 192.0.2.0/24 for examples; IPv6: RFC 3849).
function sliceOf(service: KubeObjectLike, index: number): KubeObjectLike {
  const { name = '', namespace = '' } = service.metadata ?? {};
  const { ports = [] } = (service['spec'] ?? {}) as { ports?: readonly Port[] };
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name: `${name}-assumed`, namespace, labels: { 'kubernetes.io/service-name': name } },
    addressType: 'IPv6',
    ports: ports.map(({ name: called, port = 0, targetPort, protocol = 'TCP' }) => ({
      ...(called !== undefined && { name: called }),
      protocol,
      port: typeof targetPort === 'number' ? targetPort : port,
    })),
    endpoints: [{ addresses: [`2001:db8::${(index + 1).toString(16)}`], conditions: { ready: true } }],
  };
}
