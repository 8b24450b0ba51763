// Dtab room: io.l5d.k8s, io.l5d.k8s.ns and io.l5d.k8s.external. They look Services up by their Endpoints, so a Service without
// subsets is no such name, and one whose pods are all unready is a name with no endpoints.

import type { ClusterNames, EndpointsFacts, ServiceFacts } from './cluster-objects.ts';
import type { Addr, Endpoint } from './delegate-tree.ts';
import type { Lookup, Namer } from './namer.ts';
import { NEG } from './namer.ts';
import type { Path } from './path.ts';

/** Where and how a k8s namer looks. */
export interface K8sNamerOptions {
  readonly prefix: Path;
  readonly cluster: ClusterNames;
  /** The namespace of `io.l5d.k8s.ns`; absent when the name itself begins with one. */
  readonly namespace?: string;
  /** Key of the label whose value is the last segment. */
  readonly labelSelector?: string;
}

/** Names of the form `[<namespace>/]<port name or Service port>/<service>[/<label value>]`, in lower case. */
export function k8sNamer(options: K8sNamerOptions): Namer {
  return { prefix: options.prefix, lookup: (path) => lookup(options, path, internalPort) };
}

/** The same names, bound to the load balancer's address. */
export function k8sExternalNamer(options: K8sNamerOptions): Namer {
  return { prefix: options.prefix, lookup: (path) => lookup(options, path, externalPort) };
}

interface Asked {
  readonly cluster: ClusterNames;
  readonly namespace: string;
  readonly port: string;
  readonly service: string;
  readonly label?: { readonly key: string; readonly value: string };
}

function lookup(options: K8sNamerOptions, path: Path, addressOf: (asked: Asked) => Addr | undefined): Lookup {
  const length = (options.namespace === undefined ? 3 : 2) + (options.labelSelector === undefined ? 0 : 1);
  if (path.length < length) return NEG;
  const id = path.slice(0, length).map((segment) => segment.toLowerCase());
  const addr = addressOf(asked(options, id));
  return addr ? { kind: 'bound', id: [...options.prefix, ...id], residual: path.slice(length), addr } : NEG;
}

function asked(options: K8sNamerOptions, id: Path): Asked {
  const [namespace = '', port = '', service = '', value = ''] = options.namespace === undefined ? id : [options.namespace, ...id];
  const label = options.labelSelector === undefined ? {} : { label: { key: options.labelSelector, value } };
  return { cluster: options.cluster, namespace, port, service, ...label };
}

function internalPort(asked: Asked): Addr | undefined {
  const endpoints = asked.cluster.endpoints(asked.namespace, asked.service);
  if (!endpoints || !hasLabel(endpoints.labels, asked.label)) return undefined;
  const number = podPort(endpoints, asked);
  return number === undefined ? undefined : bound(endpoints, number);
}

/** The pods' port behind a port name, or behind the number of a Service port. */
function podPort(endpoints: EndpointsFacts, asked: Asked): number | undefined {
  if (!/^\d{1,9}$/.test(asked.port)) return portNamed(endpoints, asked.port);
  const service = asked.cluster.service(asked.namespace, asked.service);
  const target = service?.ports.find((port) => port.port === Number(asked.port))?.targetPort;
  return typeof target === 'string' ? portNamed(endpoints, target) : target;
}

/** As Linkerd 1 does, the last subset wins when pods differ. */
function portNamed(endpoints: EndpointsFacts, name: string): number | undefined {
  const ports = endpoints.subsets.flatMap((subset) => subset.ports);
  return ports.findLast((port) => port.name === name && port.protocol === 'TCP')?.port;
}

function bound(endpoints: EndpointsFacts, port: number): Addr {
  const byIp = new Map<string, Endpoint>();
  for (const { ip, nodeName } of endpoints.subsets.flatMap((subset) => subset.addresses)) {
    byIp.set(ip, { ip, port, meta: nodeName === undefined ? {} : { nodeName } });
  }
  return { type: 'bound', addrs: [...byIp.values()], meta: {} };
}

function externalPort(asked: Asked): Addr | undefined {
  const service = asked.cluster.service(asked.namespace, asked.service);
  if (!service || !hasLabel(service.labels, asked.label)) return undefined;
  const port = service.ports.find((entry) => entry.name === asked.port || String(entry.port) === asked.port)?.port;
  return port === undefined ? undefined : boundOutside(service, port);
}

function boundOutside(service: ServiceFacts, port: number): Addr {
  return { type: 'bound', addrs: service.ingress.map((ip) => ({ ip, port, meta: {} })), meta: {} };
}

function hasLabel(labels: ReadonlyMap<string, string>, wanted: Asked['label']): boolean {
  return wanted === undefined || labels.get(wanted.key) === wanted.value;
}
