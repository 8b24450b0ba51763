// Reader room: whether a name, called from its caller's namespace by DNS and Service, leads to the same ready pods as through Linkerd 1.
// Looks at what is there; a plan is no proof. Pure.

import type { KubeObjectLike } from '../../adapter.ts';
import { nameOf } from '../../facts.ts';
import { fieldsAt, listAt, numberAt, textAt } from '../../pod-parts.ts';
import type { ClusterNames, ServiceFacts } from '../dtab/cluster-objects.ts';
import type { Call } from '../translate/call.ts';
import { hostHeader } from '../translate/call.ts';
import { destinationOf } from '../translate/destination.ts';
import type { Destination } from '../translate/destination.ts';
import { resolve } from '../translate/dns.ts';
import { identify } from '../translate/identify.ts';
import { podsBehind, tcpPort } from '../translate/leaf.ts';
import type { NameVerdict } from '../translate/verdict.ts';
import type { NamingWorld } from '../translate/world.ts';

/** What is there. */
export interface Settlement {
  /** As Linkerd 1 leads names: without our objects. */
  readonly before: NamingWorld;
  readonly now: ClusterNames;
  readonly clusterDomain: string;
  /** Live HTTPRoutes. */
  readonly routes: readonly KubeObjectLike[];
}

/** Why a name does not lead where it should yet; undefined when it does. */
export function unsettled(verdict: NameVerdict, at: Settlement): string | undefined {
  const { call, need } = verdict;
  if (need === undefined) return undefined;
  const answer = resolve({ cluster: at.now, clusterDomain: at.clusterDomain }, call.callerNamespace, call.host);
  const name = `${hostHeader(call)} from ${call.callerNamespace}`;
  if (need.kind === 'outsideAlias')
    return answer.kind === 'outside' && answer.host === need.host ? undefined : `${name} does not lead to ${need.host} yet`;
  if (answer.kind !== 'service') return `DNS has no Service for ${name} yet`;
  const led = podsOfService(answer.service, call, at);
  if (typeof led === 'string') return led;
  const should = podsThroughLinkerd1(verdict, at.before);
  return same(led, should) ? undefined : `${name} leads to ${shown(led)}, through Linkerd 1 to ${shown(should)}`;
}

/** Pods that a call of a Service reaches, by its route where it has one; a sentence when that can't be told yet. */
function podsOfService(service: ServiceFacts, call: Call, at: Settlement): readonly string[] | string {
  const entry = tcpPort(service, call.port);
  const known = `${service.namespace}/${service.name}`;
  if (entry === undefined && !service.headless) return `Service ${known} has no port ${call.port} yet`;
  const { namespace, name } = service;
  const route = routeOf(at.routes, { namespace, name, port: call.port }, call.callerNamespace);
  if (route !== undefined && !isAccepted(route)) return `HTTPRoute ${nameOf(route)} is not accepted by Linkerd 2 yet`;
  const backends = route === undefined ? [] : backendsOf(route, at.now);
  if (backends.length > 0) return backends;
  if (service.headless || entry === undefined) return headlessPods(at.now, service, call.port);
  return podsBehind(at.now, service, entry);
}

function podsThroughLinkerd1({ call }: NameVerdict, world: NamingWorld): readonly string[] {
  const identified = identify(world.router, call);
  const destinations: readonly Destination[] = identified.ok
    ? identified.requests.map((requests) => destinationOf(world, requests))
    : [];
  return destinations.flatMap(({ leaves }) =>
    leaves.flatMap(({ leaf: { bound } }) =>
      bound.addr.type === 'bound' ? bound.addr.addrs.map(({ ip, port }) => `${ip}:${port}`) : [],
    ),
  );
}

function headlessPods(
  cluster: ClusterNames,
  { namespace, name }: { namespace: string; name: string },
  port: number,
): readonly string[] {
  const subsets = cluster.endpoints(namespace, name)?.subsets ?? [];
  return subsets.flatMap(({ addresses }) => addresses.map(({ ip }) => `${ip}:${port}`));
}

/** A route of the caller's own namespace comes before one of the Service's. */
function routeOf(
  routes: readonly KubeObjectLike[],
  to: { namespace: string; name: string; port: number },
  callerNamespace: string,
): KubeObjectLike | undefined {
  const found = routes.filter((route) =>
    listAt(fieldsAt(route, 'spec'), 'parentRefs').some(
      (parent) =>
        textAt(parent, 'name') === to.name &&
        (textAt(parent, 'namespace') ?? route.metadata?.namespace) === to.namespace &&
        (numberAt(parent, 'port') ?? to.port) === to.port,
    ),
  );
  return (
    found.find((route) => route.metadata?.namespace === callerNamespace) ??
    found.find((route) => route.metadata?.namespace === to.namespace)
  );
}

function isAccepted(route: KubeObjectLike): boolean {
  const parents = listAt(fieldsAt(route, 'status'), 'parents');
  const conditions = parents.flatMap((parent) => listAt(parent, 'conditions'));
  const holds = (type: string): boolean => conditions.some((c) => textAt(c, 'type') === type && textAt(c, 'status') === 'True');
  return holds('Accepted') && holds('ResolvedRefs');
}

function backendsOf(route: KubeObjectLike, cluster: ClusterNames): readonly string[] {
  return listAt(fieldsAt(route, 'spec'), 'rules').flatMap((rule) =>
    listAt(rule, 'backendRefs').flatMap((backend) => {
      const service = cluster.service(
        textAt(backend, 'namespace') ?? route.metadata?.namespace ?? '',
        textAt(backend, 'name') ?? '',
      );
      const entry = service && tcpPort(service, numberAt(backend, 'port') ?? 0);
      return service === undefined || entry === undefined ? [] : podsBehind(cluster, service, entry);
    }),
  );
}

function same(a: readonly string[], b: readonly string[]): boolean {
  return [...new Set(a)].toSorted().join() === [...new Set(b)].toSorted().join();
}

function shown(pods: readonly string[]): string {
  const all = [...new Set(pods)].toSorted();
  return all.length === 0 ? 'no ready pod' : all.length > 4 ? `${all.slice(0, 4).join(', ')}, …` : all.join(', ');
}
