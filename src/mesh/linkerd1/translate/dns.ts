// Translate room: what cluster DNS answers a pod: search path, Services, headless pods' records, ExternalName. A model: asks nobody.

import type { ClusterNames, ServiceFacts } from '../dtab/cluster-objects.ts';

/** A cluster's DNS. */
export interface ClusterDns {
  readonly cluster: ClusterNames;
  /** Usually `cluster.local`. */
  readonly clusterDomain: string;
}

/** An answer. */
export type Resolution =
  /** `via`: ExternalName Services on the way, as namespace/name. */
  | { readonly kind: 'service'; readonly service: ServiceFacts; readonly via: readonly string[] }
  | { readonly kind: 'address'; readonly ip: string }
  /** A name outside the cluster; whether it exists is not known here. */
  | { readonly kind: 'outside'; readonly host: string; readonly via: readonly string[] }
  | { readonly kind: 'nothing'; readonly why: string };

const IPV4 = /^\d{1,3}(\.\d{1,3}){3}$/;
const LABEL = /^[a-z0-9_]([-a-z0-9_]{0,61}[a-z0-9_])?$/;
/** CNAMEs that a resolver follows. */
const MAX_ALIASES = 8;
/** The kubelet's default `ndots`. */
const NDOTS = 5;

/** Resolves a host name as a pod of `namespace` would, with the default search path. */
export function resolve(dns: ClusterDns, namespace: string, host: string): Resolution {
  return follow(dns, namespace, host, []);
}

function follow(dns: ClusterDns, namespace: string, host: string, via: readonly string[]): Resolution {
  const name = host.toLowerCase();
  if (IPV4.test(name)) return { kind: 'address', ip: name };
  const invalid = invalidName(name);
  if (invalid !== undefined) return { kind: 'nothing', why: invalid };
  if (via.length > MAX_ALIASES)
    return { kind: 'nothing', why: `the ExternalName Services ${via.slice(0, 3).join(', ')}, … go in circles` };
  for (const candidate of candidates(dns, namespace, name)) {
    const found = inZone(dns, candidate, via);
    if (found) return found;
  }
  return isOutside(dns, name)
    ? { kind: 'outside', host: name.replace(/\.$/, ''), via }
    : { kind: 'nothing', why: `no Service answers to ${name}` };
}

function invalidName(name: string): string | undefined {
  const labels = name.replace(/\.$/, '').split('.');
  if (name.length > 254) return `the name has ${name.length} characters; DNS allows 253`;
  const wrong = labels.find((label) => !LABEL.test(label));
  return wrong === undefined ? undefined : `${JSON.stringify(wrong.slice(0, 70))} is no DNS label`;
}

/** Full names in the order in which they are tried. */
function candidates({ clusterDomain }: ClusterDns, namespace: string, name: string): readonly string[] {
  if (name.endsWith('.')) return [name.slice(0, -1)];
  const searched = [`${namespace}.svc.${clusterDomain}`, `svc.${clusterDomain}`, clusterDomain].map(
    (suffix) => `${name}.${suffix}`,
  );
  return name.split('.').length > NDOTS ? [name, ...searched] : [...searched, name];
}

function inZone(dns: ClusterDns, full: string, via: readonly string[]): Resolution | undefined {
  const suffix = `.svc.${dns.clusterDomain}`;
  if (!full.endsWith(suffix)) return undefined;
  const labels = full.slice(0, -suffix.length).split('.');
  const [namespace = '', name = '', hostname] = labels.reverse();
  if (labels.length > 3 || name === '') return undefined;
  const service = dns.cluster.service(namespace, name);
  if (!service) return undefined;
  if (hostname !== undefined) return podRecord(dns.cluster, service, hostname);
  if (service.type !== 'ExternalName') return { kind: 'service', service, via };
  return follow(dns, namespace, `${(service.externalName ?? '').replace(/\.$/, '')}.`, [...via, `${namespace}/${name}`]);
}

function podRecord(cluster: ClusterNames, service: ServiceFacts, hostname: string): Resolution | undefined {
  const addresses = cluster.endpoints(service.namespace, service.name)?.subsets.flatMap((subset) => subset.addresses) ?? [];
  const pod = addresses.find((address) => address.hostname === hostname);
  return service.headless && pod ? { kind: 'address', ip: pod.ip } : undefined;
}

/** A name with a dot that is not the cluster's own may exist outside. */
function isOutside({ clusterDomain }: ClusterDns, name: string): boolean {
  const bare = name.replace(/\.$/, '');
  return bare.includes('.') && !bare.endsWith(`.${clusterDomain}`) && !bare.endsWith('.svc');
}
