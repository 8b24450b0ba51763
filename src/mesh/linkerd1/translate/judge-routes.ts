// Translate room: calls that are shared out, by weight, method or path: they need an HTTPRoute on the Service that DNS answers with.

import type { ServiceFacts, ServicePort } from '../dtab/cluster-objects.ts';
import type { Share } from '../dtab/outcome.ts';
import { aliasPlace } from './alias-place.ts';
import type { Call } from './call.ts';
import { hostHeader } from './call.ts';
import type { Destination } from './destination.ts';
import { resolve } from './dns.ts';
import type { Target } from './judge-leaf.ts';
import { findTarget } from './judge-leaf.ts';
import type { Judged } from './judged.ts';
import { blocked, show, taken } from './judged.ts';
import { readLeaf, tcpPort } from './leaf.ts';
import type { Backend, NameReason, PortNeed, RouteRule } from './verdict.ts';
import type { NamingWorld } from './world.ts';

/** Judges a call that a union shares out. */
export function judgeUnion(world: NamingWorld, call: Call, leaves: readonly Share[]): Judged {
  const found = findBackends(world, call, leaves);
  return found.ok
    ? attach(world, call, { rules: [{ backends: found.backends }], targets: found.targets, reason: 'Weighted' })
    : found.judged;
}

/** Judges a call whose requests go to different places by method or path. */
export function judgeRules(world: NamingWorld, call: Call, destinations: readonly Destination[]): Judged {
  const groups = new Map<string, Destination[]>();
  for (const destination of destinations) groups.set(destination.key, [...(groups.get(destination.key) ?? []), destination]);
  const targets: Target[] = [];
  const rules: RouteRule[] = [];
  for (const group of groups.values()) {
    const [first] = group;
    if (first?.state !== 'bound') return mixed(call, 'some of its methods or paths are refused by the dtab');
    const found = findBackends(world, call, first.leaves);
    if (!found.ok) return found.judged;
    targets.push(...found.targets);
    rules.push({ ...conditionOf(group), backends: found.backends });
  }
  return attach(world, call, { rules: withCatchAll(rules), targets, reason: 'ByMethodOrPath' });
}

function conditionOf(group: readonly Destination[]): Omit<RouteRule, 'backends'> {
  const methods = group.flatMap(({ requests }) => requests.methods ?? []);
  const pathPrefix = group[0]?.requests.pathPrefix;
  return { ...(methods.length > 0 ? { methods } : {}), ...(pathPrefix === undefined ? {} : { pathPrefix }) };
}

/** Requests that no rule matches get 404 from Linkerd 2: the rule with the most methods takes all the rest. */
function withCatchAll(rules: readonly RouteRule[]): readonly RouteRule[] {
  if (rules.some((rule) => rule.pathPrefix !== undefined)) return rules;
  const [widest, ...others] = rules.toSorted((a, b) => (b.methods?.length ?? 0) - (a.methods?.length ?? 0));
  return widest ? [...others, { backends: widest.backends }] : rules;
}

type FoundBackends =
  | { readonly ok: true; readonly backends: readonly Backend[]; readonly targets: readonly Target[] }
  | { readonly ok: false; readonly judged: Judged };

function findBackends(world: NamingWorld, call: Call, leaves: readonly Share[]): FoundBackends {
  const backends: Backend[] = [];
  const targets: Target[] = [];
  for (const { leaf, share } of leaves) {
    const place = readLeaf(leaf.bound.id, world.config, world.l5dNamespace);
    if (place.kind !== 'service') return { ok: false, judged: mixed(call, `${leaf.bound.id} is no Service of this cluster`) };
    const target = findTarget(world, place);
    if ('missing' in target) return { ok: false, judged: target.missing };
    if (target.service.headless) return { ok: false, judged: headless(call, target.service) };
    const { namespace, name } = target.service;
    backends.push({ namespace, name, port: target.entry.port, share });
    targets.push(target);
  }
  return { ok: true, backends: merged(backends), targets };
}

/** One entry a Service port. */
function merged(backends: readonly Backend[]): readonly Backend[] {
  const sums = new Map<string, Backend>();
  for (const backend of backends) {
    const key = `${show(backend)}:${backend.port}`;
    sums.set(key, { ...backend, share: backend.share + (sums.get(key)?.share ?? 0) });
  }
  return [...sums.values()];
}

function headless(call: Call, service: ServiceFacts): Judged {
  return blocked(
    'HeadlessBackend',
    `Linkerd 1 shares ${hostHeader(call)} out, and one part goes to the headless Service ${show(service)}, which a route can not lead to`,
    `recreate ${show(service)} with a cluster IP`,
  );
}

function mixed(call: Call, why: string): Judged {
  return blocked(
    'MixedDestinations',
    `Linkerd 1 shares ${hostHeader(call)} out, and ${why}`,
    'make the parts Services of this cluster, or write the HTTPRoute by hand',
  );
}

interface Wanted {
  readonly rules: readonly RouteRule[];
  readonly targets: readonly Target[];
  readonly reason: NameReason;
}

function attach(world: NamingWorld, call: Call, wanted: Wanted): Judged {
  const parts = wanted.rules.flatMap((rule) => rule.backends.map((backend) => `${show(backend)}:${backend.port}`));
  const leadsTo = [...new Set(parts)].join(' and ');
  const message = `Linkerd 1 shares ${hostHeader(call)} out to ${leadsTo}`;
  const answer = resolve(world.dns, call.callerNamespace, call.host);
  if (answer.kind === 'service') return attachTo(world, call, { ...wanted, service: answer.service, message, leadsTo });
  const found = aliasPlace(world, call, leadsTo);
  if (!found.ok) return found.judged;
  const [first] = wanted.rules;
  return {
    verdict: 'needsRoute',
    reason: wanted.reason,
    message: `${message}; DNS knows no ${found.at.name} in ${found.at.namespace}`,
    ...(first ? { need: { kind: 'alias', at: found.at, port: call.port, rules: wanted.rules } } : {}),
  };
}

function attachTo(
  world: NamingWorld,
  call: Call,
  wanted: Wanted & { service: ServiceFacts; message: string; leadsTo: string },
): Judged {
  const { service, targets } = wanted;
  const own = targets.find((target) => show(target.service) === show(service));
  if (!own && wanted.reason === 'Weighted' && !sharesPods(world, service, targets)) return taken(call, service, wanted.leadsTo);
  if (service.headless) return headless(call, service);
  const entry = entryNeed(call, service, own?.entry ?? service.ports[0]);
  if (entry === 'impossible')
    return blocked('NoService', `Service ${show(service)} has no port at all`, `give ${show(service)} a port ${call.port}`);
  const parent = { namespace: service.namespace, name: service.name };
  const byPath = wanted.rules.some((rule) => rule.pathPrefix !== undefined);
  const rules = byPath ? [...wanted.rules, otherPaths(service, call.port)] : wanted.rules;
  const message = `${wanted.message}; DNS leads it to Service ${show(service)} alone`;
  const need = { kind: 'route', parent, callerNamespace: call.callerNamespace, port: call.port, rules, ...entry } as const;
  return { verdict: 'needsRoute', reason: wanted.reason, message, parent, need };
}

/** A route stands on a port that the Service defines. */
function entryNeed(call: Call, service: ServiceFacts, like: ServicePort | undefined): { entry?: PortNeed } | 'impossible' {
  if (tcpPort(service, call.port)) return {};
  return like ? { entry: { namespace: service.namespace, name: service.name, port: call.port, like } } : 'impossible';
}

/** Paths that no rule names stay where they lead without a route. */
function otherPaths({ namespace, name }: ServiceFacts, port: number): RouteRule {
  return { backends: [{ namespace, name, port, share: 1 }] };
}

function sharesPods(world: NamingWorld, service: ServiceFacts, targets: readonly Target[]): boolean {
  const own = new Set(ipsOf(world, service));
  return targets.some((target) => ipsOf(world, target.service).some((ip) => own.has(ip)));
}

function ipsOf(world: NamingWorld, service: ServiceFacts): readonly string[] {
  const subsets = world.dns.cluster.endpoints(service.namespace, service.name)?.subsets ?? [];
  return subsets.flatMap((subset) => subset.addresses.map((address) => address.ip));
}
