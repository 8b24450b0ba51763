// Dtab room: Services and their endpoints as plain data, read from Kubernetes objects. The k8s namers look names up in it, and so
// does the model of cluster DNS. Objects that are not well-formed are left out, never guessed at.

/** One port of a Service. */
export interface ServicePort {
  readonly name?: string;
  readonly port: number;
  /** TCP unless said otherwise. */
  readonly protocol: string;
  readonly targetPort: number | string;
}

/** What names need to know of a Service. */
export interface ServiceFacts {
  readonly namespace: string;
  readonly name: string;
  readonly type: 'ClusterIP' | 'ExternalName' | 'NodePort' | 'LoadBalancer';
  /** `clusterIP: None`: DNS answers with the pods' addresses. */
  readonly headless: boolean;
  readonly externalName?: string;
  readonly labels: ReadonlyMap<string, string>;
  /** Absent when somebody else fills in the endpoints. */
  readonly selector?: ReadonlyMap<string, string>;
  readonly ports: readonly ServicePort[];
  /** Addresses or host names of its load balancer. */
  readonly ingress: readonly string[];
}

/** Pods behind some ports. */
export interface EndpointSubset {
  /** Ready ones only. */
  readonly addresses: readonly { readonly ip: string; readonly nodeName?: string; readonly hostname?: string }[];
  readonly ports: readonly { readonly name?: string; readonly port: number; readonly protocol: string }[];
}

/** Endpoints of a Service. */
export interface EndpointsFacts {
  readonly labels: ReadonlyMap<string, string>;
  readonly subsets: readonly EndpointSubset[];
}

/** A cluster's names. */
export interface ClusterNames {
  service(namespace: string, name: string): ServiceFacts | undefined;
  endpoints(namespace: string, name: string): EndpointsFacts | undefined;
  /** Unknown namespaces can't take an alias. */
  hasNamespace(name: string): boolean;
}

/** Key of an object in the maps below. */
export function objectKey(namespace: string, name: string): string {
  return `${namespace}/${name}`;
}
