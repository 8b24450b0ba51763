// Dtab room: Kubernetes objects (Service, Endpoints, EndpointSlice, Namespace, lists of them) to the cluster's names.

import type { ClusterNames, EndpointsFacts, EndpointSubset, ServiceFacts, ServicePort } from './cluster-objects.ts';
import { objectKey } from './cluster-objects.ts';

type Fields = Readonly<Record<string, unknown>>;

interface Slices {
  readonly labels: ReadonlyMap<string, string>;
  readonly v4: EndpointSubset[];
  readonly v6: EndpointSubset[];
}

interface Gathered {
  readonly services: Map<string, ServiceFacts>;
  readonly endpoints: Map<string, EndpointsFacts>;
  readonly slices: Map<string, Slices>;
  readonly namespaces: Set<string>;
}

/** Reads objects as they come from files or from the API server. Endpoints win over EndpointSlices of the same Service. */
export function readClusterObjects(objects: readonly unknown[]): ClusterNames {
  const { services, endpoints, slices, namespaces } = gatherAll(objects);
  for (const [key, slice] of slices) {
    if (endpoints.has(key)) continue;
    endpoints.set(key, { labels: services.get(key)?.labels ?? slice.labels, subsets: slice.v4.length > 0 ? slice.v4 : slice.v6 });
  }
  return {
    service: (namespace, name) => services.get(objectKey(namespace, name)),
    endpoints: (namespace, name) => endpoints.get(objectKey(namespace, name)),
    hasNamespace: (name) => namespaces.has(name),
  };
}

/** Services that have neither among the objects, as `Service namespace/name`; those that are only another name need none. */
export function servicesWithoutEndpoints(objects: readonly unknown[]): readonly string[] {
  const { services, endpoints, slices } = gatherAll(objects);
  return [...services]
    .filter(([key, { type }]) => type !== 'ExternalName' && !endpoints.has(key) && !slices.has(key))
    .map(([, { namespace, name }]) => `Service ${namespace}/${name}`);
}

function gatherAll(objects: readonly unknown[]): Gathered {
  const gathered: Gathered = { services: new Map(), endpoints: new Map(), slices: new Map(), namespaces: new Set() };
  for (const object of objects.flatMap(flatten)) gather(gathered, object);
  return gathered;
}

function gather(into: Gathered, object: Fields): void {
  const metadata = fields(object['metadata']);
  const name = text(metadata['name']);
  if (name === undefined) return;
  const namespace = text(metadata['namespace']) ?? 'default';
  into.namespaces.add(object['kind'] === 'Namespace' ? name : namespace);
  switch (object['kind']) {
    case 'Service':
      into.services.set(objectKey(namespace, name), readService(object, namespace, name));
      break;
    case 'Endpoints':
      into.endpoints.set(objectKey(namespace, name), readEndpoints(object));
      break;
    case 'EndpointSlice':
      addSlice(into.slices, object, namespace);
      break;
    default:
  }
}

function flatten(object: unknown): readonly Fields[] {
  const read = fields(object);
  return typeof read['kind'] === 'string' && read['kind'].endsWith('List') ? list(read['items']).map(fields) : [read];
}

function readService(object: Fields, namespace: string, name: string): ServiceFacts {
  const spec = fields(object['spec']);
  const externalName = text(spec['externalName']);
  const selector = spec['selector'] === undefined ? undefined : texts(spec['selector']);
  const ingress = list(fields(fields(object['status'])['loadBalancer'])['ingress']).map(fields);
  return {
    namespace,
    name,
    type: serviceType(spec['type']),
    headless: spec['clusterIP'] === 'None',
    labels: texts(fields(object['metadata'])['labels']),
    ports: list(spec['ports']).map(fields).flatMap(readServicePort),
    ingress: ingress.flatMap((entry) => text(entry['hostname']) ?? text(entry['ip']) ?? []),
    ...(externalName === undefined ? {} : { externalName }),
    ...(selector && selector.size > 0 ? { selector } : {}),
  };
}

function serviceType(value: unknown): ServiceFacts['type'] {
  return value === 'ExternalName' || value === 'NodePort' || value === 'LoadBalancer' ? value : 'ClusterIP';
}

function readServicePort(port: Fields): readonly ServicePort[] {
  const number = port['port'];
  if (typeof number !== 'number') return [];
  const target = port['targetPort'];
  return [
    {
      port: number,
      protocol: (text(port['protocol']) ?? 'TCP').toUpperCase(),
      targetPort: typeof target === 'number' || typeof target === 'string' ? target : number,
      ...named(port['name']),
    },
  ];
}

function readEndpoints(object: Fields): EndpointsFacts {
  const subsets = list(object['subsets']).map(fields);
  return {
    labels: texts(fields(object['metadata'])['labels']),
    subsets: subsets.map((subset) => ({
      addresses: list(subset['addresses'])
        .map(fields)
        .flatMap((address) => readAddress(address, address['ip'])),
      ports: list(subset['ports']).map(fields).flatMap(readEndpointPort),
    })),
  };
}

function addSlice(slices: Map<string, Slices>, object: Fields, namespace: string): void {
  const labels = texts(fields(object['metadata'])['labels']);
  const service = labels.get('kubernetes.io/service-name');
  if (service === undefined) return;
  const key = objectKey(namespace, service);
  const entry = slices.get(key) ?? { labels, v4: [], v6: [] };
  slices.set(key, entry);
  const ready = list(object['endpoints'])
    .map(fields)
    .filter((endpoint) => fields(endpoint['conditions'])['ready'] !== false);
  const subset: EndpointSubset = {
    addresses: ready.flatMap((endpoint) => list(endpoint['addresses']).flatMap((ip) => readAddress(endpoint, ip))),
    ports: list(object['ports']).map(fields).flatMap(readEndpointPort),
  };
  (object['addressType'] === 'IPv6' ? entry.v6 : entry.v4).push(subset);
}

function readAddress(entry: Fields, ip: unknown): EndpointSubset['addresses'] {
  const [address, nodeName, hostname] = [text(ip), text(entry['nodeName']), text(entry['hostname'])];
  if (address === undefined) return [];
  return [{ ip: address, ...(nodeName === undefined ? {} : { nodeName }), ...(hostname === undefined ? {} : { hostname }) }];
}

function readEndpointPort(port: Fields): EndpointSubset['ports'] {
  const number = port['port'];
  if (typeof number !== 'number') return [];
  return [{ port: number, protocol: (text(port['protocol']) ?? 'TCP').toUpperCase(), ...named(port['name']) }];
}

/** An absent and an empty name are the same to Kubernetes. */
function named(name: unknown): { name?: string } {
  return typeof name === 'string' && name !== '' ? { name } : {};
}

function fields(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function texts(value: unknown): ReadonlyMap<string, string> {
  return new Map(Object.entries(fields(value)).filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
}
