// Translate room: the cluster as it would be once a plan is carried out, and whether any name then leads elsewhere through Linkerd 1.
// A model of what Kubernetes makes of new Services and ports; the real answers are asked for afterwards all the same.

import type { ClusterNames, EndpointsFacts, EndpointSubset, ServiceFacts, ServicePort } from '../dtab/cluster-objects.ts';
import { evaluate } from '../dtab/evaluate.ts';
import { outcomeOf } from '../dtab/outcome.ts';
import type { Path } from '../dtab/path.ts';
import { showPath } from '../dtab/path.ts';
import { readClusterObjects } from '../dtab/read-objects.ts';
import { show } from './judged.ts';
import type { NamePlan, PlannedManifest } from './planned.ts';
import type { ServiceRef } from './verdict.ts';
import type { NamingWorld, WorldParts } from './world.ts';
import { namingWorld } from './world.ts';

/** The same cluster with the plan's Services and ports. */
export function clusterAfter(cluster: ClusterNames, plan: NamePlan): ClusterNames {
  const services = new Map<string, ServiceFacts>();
  const endpoints = new Map<string, EndpointsFacts>();
  for (const { how, manifest } of plan.objects) {
    if (manifest.kind !== 'Service') continue;
    if (how === 'create') addCreated(manifest, services);
    else addPorts(cluster, manifest, { services, endpoints });
  }
  for (const { at, podsOf } of plan.aliases) if (podsOf) addPods(cluster, { at, podsOf }, { services, endpoints });
  return {
    service: (namespace, name) => services.get(`${namespace}/${name}`) ?? cluster.service(namespace, name),
    endpoints: (namespace, name) => endpoints.get(`${namespace}/${name}`) ?? cluster.endpoints(namespace, name),
    hasNamespace: (name) => cluster.hasNamespace(name),
  };
}

interface Changed {
  readonly services: Map<string, ServiceFacts>;
  readonly endpoints: Map<string, EndpointsFacts>;
}

function addCreated(manifest: PlannedManifest, services: Map<string, ServiceFacts>): void {
  const { namespace, name } = manifest.metadata;
  const service = readClusterObjects([manifest]).service(namespace, name);
  if (service) services.set(show(service), service);
}

function addPorts(cluster: ClusterNames, manifest: PlannedManifest, changed: Changed): void {
  const { namespace, name } = manifest.metadata;
  const before = cluster.service(namespace, name);
  const applied = readClusterObjects([manifest]).service(namespace, name);
  if (!before || !applied) return;
  const kept = before.ports.map((port) => ({ ...port, ...nameOf(applied.ports.find((entry) => entry.port === port.port)) }));
  const added = applied.ports.filter((port) => !before.ports.some((entry) => entry.port === port.port));
  changed.services.set(show(before), { ...before, ports: [...kept, ...added] });
  const endpoints = cluster.endpoints(namespace, name);
  if (!endpoints) return;
  const subsets = endpoints.subsets.map((subset) => withPorts(subset, { before, kept, added }));
  changed.endpoints.set(show(before), { ...endpoints, subsets });
}

function nameOf(port: ServicePort | undefined): { name?: string } {
  return port?.name === undefined ? {} : { name: port.name };
}

function withPorts(
  subset: EndpointSubset,
  of: { readonly before: ServiceFacts; readonly kept: readonly ServicePort[]; readonly added: readonly ServicePort[] },
): EndpointSubset {
  const renamed = subset.ports.map((port) => {
    const index = of.before.ports.findIndex((entry) => entry.name === port.name);
    return { ...port, ...nameOf(of.kept[index]) };
  });
  const added = of.added.flatMap((entry) => {
    const like = of.before.ports.findIndex((port) => port.targetPort === entry.targetPort);
    const number = renamed.find((port) => port.name === of.kept[like]?.name)?.port ?? entry.targetPort;
    return typeof number === 'number' ? [{ port: number, protocol: 'TCP', ...nameOf(entry) }] : [];
  });
  return { ...subset, ports: [...renamed, ...added] };
}

function addPods(cluster: ClusterNames, alias: { readonly at: ServiceRef; readonly podsOf: ServiceRef }, changed: Changed): void {
  const service = changed.services.get(show(alias.at));
  const source = cluster.service(alias.podsOf.namespace, alias.podsOf.name);
  const pods = cluster.endpoints(alias.podsOf.namespace, alias.podsOf.name);
  if (!service || !source || !pods) return;
  const subsets = pods.subsets.map((subset) => ({
    ...subset,
    ports: service.ports.flatMap((port) => portLike(port, source, subset)),
  }));
  changed.endpoints.set(show(alias.at), { labels: new Map(), subsets });
}

function portLike(port: ServicePort, source: ServiceFacts, subset: EndpointSubset): EndpointSubset['ports'] {
  const like = source.ports.find((entry) => entry.targetPort === port.targetPort);
  const number = subset.ports.find((entry) => entry.name === like?.name)?.port;
  return number === undefined ? [] : [{ port: number, protocol: 'TCP', ...nameOf(port) }];
}

/** Names that Linkerd 1 would answer otherwise once the plan is carried out: a new Service or port can turn a fallback into a hit. */
export function changedAnswers(parts: WorldParts, plan: NamePlan, names: readonly Path[]): readonly string[] {
  const before = namingWorld(parts);
  const after = namingWorld({ ...parts, cluster: clusterAfter(parts.cluster, plan) });
  return names.filter((name) => answer(before, name) !== answer(after, name)).map(showPath);
}

function answer(world: NamingWorld, name: Path): string {
  const found = evaluate(world.names, name);
  if (!found.ok) return found.message;
  const outcome = outcomeOf(found.tree);
  if (outcome.kind !== 'bound') return outcome.kind;
  return outcome.leaves.map(({ leaf, share }) => `${leaf.bound.id} ${share} ${JSON.stringify(leaf.bound.addr)}`).join();
}
