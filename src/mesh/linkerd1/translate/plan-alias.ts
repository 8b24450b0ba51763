// Translate room: the shape of one alias Service. ExternalName where a name alone is enough, since then every caller is served and
// the destination's own policies apply; a Service with the selector of the heaviest destination where that lives in the same
// namespace, so that callers without a proxy are served too; else one that only a route answers for.

import type { ServiceFacts, ServicePort } from '../dtab/cluster-objects.ts';
import { show } from './judged.ts';
import { tcpPort } from './leaf.ts';
import type { PlanOptions } from './plan-names.ts';
import type { PlannedAlias, PlannedManifest } from './planned.ts';
import { freePortName } from './port-names.ts';
import type { Backend, NameNeed, PortNeed } from './verdict.ts';

type AliasNeed = Extract<NameNeed, { kind: 'alias' }>;

/** One alias. */
export interface AliasPlan {
  readonly manifest?: PlannedManifest;
  readonly alias?: PlannedAlias;
  /** Entries that its destination must get first. */
  readonly entries: readonly PortNeed[];
  /** Ports that need a route on the alias. */
  readonly routed: readonly AliasNeed[];
  readonly conflicts: readonly string[];
}

/** Plans one alias for all calls of its name. */
export function planAlias(needs: readonly AliasNeed[], options: PlanOptions): AliasPlan {
  const [first] = needs;
  if (!first) return { entries: [], routed: [], conflicts: [] };
  const ports = [...new Map(needs.map((need) => [need.port, need])).values()];
  const conflicts = needs
    .filter((need) => JSON.stringify(need.rules) !== JSON.stringify(ports.find(({ port }) => port === need.port)?.rules))
    .map((need) => `callers mean different destinations by ${show(need.at)}:${need.port}`);
  return { ...(asName(ports, options) ?? asPods(ports, options) ?? asRoute(ports, options)), conflicts };
}

type Shaped = Omit<AliasPlan, 'conflicts'>;

function onlyBackend(need: AliasNeed): Backend | undefined {
  const [rule] = need.rules;
  return need.rules.length === 1 && rule?.backends.length === 1 ? rule.backends[0] : undefined;
}

function entryOfBackend(backend: Backend, options: PlanOptions): ServicePort | undefined {
  const service = options.cluster.service(backend.namespace, backend.name);
  return service && tcpPort(service, backend.port);
}

/** One destination for all ports, which has the called ports or may get them. */
function asName(ports: readonly AliasNeed[], options: PlanOptions): Shaped | undefined {
  const [first] = ports;
  const backends = ports.map(onlyBackend);
  const [to] = backends;
  if (!first || !to || !backends.every((backend) => backend && show(backend) === show(to))) return undefined;
  const service = options.cluster.service(to.namespace, to.name);
  if (!service) return undefined;
  const missing = ports.flatMap((need, i) => missingEntry(need, backends[i], { service, options }));
  if (missing.includes('impossible')) return undefined;
  const entries = missing.filter((entry) => entry !== 'impossible');
  if (entries.length > 0 && (first.at.namespace === to.namespace || options.servicePorts === 'Report')) return undefined;
  const spec = {
    type: 'ExternalName',
    externalName: `${to.name}.${to.namespace}.svc.${options.clusterDomain ?? 'cluster.local'}`,
  };
  const policyParent = { namespace: to.namespace, name: to.name };
  return { manifest: serviceManifest(first, spec), alias: { at: first.at, shape: 'cname', policyParent }, entries, routed: [] };
}

function missingEntry(
  need: AliasNeed,
  backend: Backend | undefined,
  { service, options }: { service: ServiceFacts; options: PlanOptions },
): readonly (PortNeed | 'impossible')[] {
  const like = backend && entryOfBackend(backend, options);
  if (!like) return ['impossible'];
  if (service.headless) return like.targetPort === need.port ? [] : ['impossible'];
  const called = tcpPort(service, need.port);
  if (!called) return [{ namespace: service.namespace, name: service.name, port: need.port, like }];
  return called.targetPort === like.targetPort ? [] : ['impossible'];
}

/** The heaviest destination of every port is the same Service, in the alias's namespace, with a selector. */
function asPods(ports: readonly AliasNeed[], options: PlanOptions): Shaped | undefined {
  const [first] = ports;
  const heaviest = ports.map(heaviestBackend);
  const [to] = heaviest;
  if (!first || !to || !heaviest.every((backend) => backend && show(backend) === show(to))) return undefined;
  const service = options.cluster.service(to.namespace, to.name);
  if (!service?.selector || to.namespace !== first.at.namespace) return undefined;
  const entries = heaviest.map((backend) => backend && entryOfBackend(backend, options));
  if (entries.includes(undefined)) return undefined;
  const targets = entries.flatMap((entry) => (entry ? [entry.targetPort] : []));
  const spec = { type: 'ClusterIP', selector: Object.fromEntries(service.selector), ports: portList(ports, targets, options) };
  const routed = ports.filter((need) => onlyBackend(need) === undefined);
  return {
    manifest: serviceManifest(first, spec),
    alias: { at: first.at, shape: 'pods', policyParent: first.at, podsOf: { namespace: to.namespace, name: to.name } },
    entries: [],
    routed,
  };
}

function heaviestBackend(need: AliasNeed): Backend | undefined {
  const backends = (need.rules.at(-1)?.backends ?? []).toSorted((a, b) => b.share - a.share);
  return backends[0];
}

/** Without a selector the alias has no endpoints: only a meshed caller, who follows the route, gets an answer. */
function asRoute(ports: readonly AliasNeed[], options: PlanOptions): Shaped {
  const [first] = ports;
  if (!first) return { entries: [], routed: [] };
  const targets = ports.map((need) => need.port);
  const spec = { type: 'ClusterIP', ports: portList(ports, targets, options) };
  return {
    manifest: serviceManifest(first, spec),
    alias: { at: first.at, shape: 'routeOnly', policyParent: first.at },
    entries: [],
    routed: ports,
  };
}

function portList(ports: readonly AliasNeed[], targets: readonly (number | string)[], options: PlanOptions): readonly object[] {
  return ports.map((need, i) => ({
    name: freePortName(String(need.port), options.dtabs, new Set()),
    port: need.port,
    protocol: 'TCP',
    targetPort: targets[i] ?? need.port,
  }));
}

function serviceManifest(need: AliasNeed, spec: Readonly<Record<string, unknown>>): PlannedManifest {
  return { apiVersion: 'v1', kind: 'Service', metadata: { name: need.at.name, namespace: need.at.namespace }, spec };
}
