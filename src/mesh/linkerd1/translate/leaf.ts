// Translate room: the bound name of a leaf as a place: a Service's port, a DNS name, or something that only Linkerd 1 reaches.

import type { LinkerdConfig } from '../config/model.ts';
import type { ClusterNames, EndpointsFacts, ServiceFacts, ServicePort } from '../dtab/cluster-objects.ts';
import { parsePath } from '../dtab/parse.ts';
import type { Path } from '../dtab/path.ts';
import { startsWith } from '../dtab/path.ts';

/** A place. */
export type LeafPlace =
  | { readonly kind: 'service'; readonly namespace: string; readonly service: string; readonly port: string }
  | { readonly kind: 'dns'; readonly host: string; readonly port: number }
  | { readonly kind: 'loadBalancer' }
  | { readonly kind: 'other'; readonly namer: string };

/**
 * Reads a bound name such as `/#/io.l5d.k8s/default/http/hello`, with or without transformers before it.
 * @param l5dNamespace the namespace that io.l5d.k8s.ns means
 */
export function readLeaf(id: string, config: LinkerdConfig, l5dNamespace: string): LeafPlace {
  const path = withoutTransformers(parsePath(id));
  const [mark, kind = ''] = path;
  if (mark === '$') return readGlobal(path, kind);
  for (const namer of config.namers) {
    const prefix: Path = ['#', ...parsePath(namer.prefix)];
    if (!startsWith(path, prefix)) continue;
    const rest = path.slice(prefix.length);
    if (namer.kind === 'io.l5d.k8s.external') return { kind: 'loadBalancer' };
    if (namer.kind === 'io.l5d.k8s') return service(rest);
    if (namer.kind === 'io.l5d.k8s.ns') return service([l5dNamespace, ...rest]);
    return { kind: 'other', namer: namer.kind };
  }
  return { kind: 'other', namer: kind };
}

function withoutTransformers(path: Path): Path {
  const start = path[0] === '%' ? path.findIndex((segment) => segment === '#' || segment === '$') : 0;
  return start < 0 ? path : path.slice(start);
}

function service([namespace = '', port = '', name = '']: Path): LeafPlace {
  return { kind: 'service', namespace, service: name, port };
}

function readGlobal(path: Path, kind: string): LeafPlace {
  const [, , first = '', second] = path;
  if (kind === 'io.buoyant.rinet') return { kind: 'dns', host: second ?? '', port: Number(first) };
  if (kind === 'inet')
    return second === undefined
      ? { kind: 'dns', host: '127.0.0.1', port: Number(first) }
      : { kind: 'dns', host: first, port: Number(second) };
  return { kind: 'other', namer: kind };
}

/** The entry of a Service that a k8s name's port segment means. */
export function entryOf(service: ServiceFacts, port: string): ServicePort | undefined {
  return /^\d+$/.test(port) ? tcpPort(service, Number(port)) : service.ports.find((entry) => entry.name?.toLowerCase() === port);
}

/** The TCP entry of that number. */
export function tcpPort(service: ServiceFacts, port: number): ServicePort | undefined {
  return service.ports.find((entry) => entry.port === port && entry.protocol === 'TCP');
}

/** Pods' addresses behind an entry, as `ip:port`, sorted. */
export function podsBehind(cluster: ClusterNames, service: ServiceFacts, entry: ServicePort): readonly string[] {
  const endpoints: EndpointsFacts = cluster.endpoints(service.namespace, service.name) ?? { labels: new Map(), subsets: [] };
  const found = endpoints.subsets.flatMap((subset) => {
    const ports = subset.ports.filter((port) => port.name === entry.name && port.protocol === 'TCP');
    return ports.flatMap((port) => subset.addresses.map((address) => `${address.ip}:${port.port}`));
  });
  return [...new Set(found)].toSorted();
}

/** Two entries of one Service lead to the same pods' port. */
export function sameTarget(cluster: ClusterNames, service: ServiceFacts, [a, b]: readonly [ServicePort, ServicePort]): boolean {
  if (a.port === b.port || a.targetPort === b.targetPort) return true;
  const [behindA, behindB] = [podsBehind(cluster, service, a), podsBehind(cluster, service, b)];
  return behindA.length > 0 && behindA.join() === behindB.join();
}
