// Translate room: verdicts to the objects that make names work: port entries, alias Services, HTTPRoutes. Several calls of one name
// share one object. Pure.

import type { ClusterNames, ServiceFacts } from '../dtab/cluster-objects.ts';
import { show } from './judged.ts';
import { planAlias } from './plan-alias.ts';
import { serviceRoutes } from './plan-route.ts';
import type { NamePlan, PlannedAlias, PlannedManifest, PlannedObject, Stamp } from './planned.ts';
import { freePortName } from './port-names.ts';
import type { RoutePolicy } from './route-policy.ts';
import type { NameNeed, NameVerdict, PortNeed, ServiceRef } from './verdict.ts';

/** How to plan. */
export interface PlanOptions {
  readonly cluster: ClusterNames;
  /** All dtabs in effect: new port names must not stand in them. */
  readonly dtabs: readonly string[];
  /** `cluster.local` unless said otherwise. */
  readonly clusterDomain?: string;
  /** Report: Services of others are left alone, and aliases lead by route instead. */
  readonly servicePorts: 'Add' | 'Report';
  readonly stamp: Stamp;
  /** Retries and timeouts that share a route with the names of this Service. */
  readonly policyOf?: (parent: ServiceRef) => RoutePolicy | undefined;
  /** Annotations that an alias of this name gets at birth. */
  readonly annotationsOf?: (alias: ServiceRef) => Readonly<Record<string, string>>;
}

type AliasNeed = Extract<NameNeed, { kind: 'alias' }>;
type RouteNeed = Extract<NameNeed, { kind: 'route' }>;
type OutsideNeed = Extract<NameNeed, { kind: 'outsideAlias' }>;

/** Everything that these verdicts need, without doubles, in an order in which it can be made. */
export function planNames(verdicts: readonly NameVerdict[], options: PlanOptions): NamePlan {
  const needs = verdicts.flatMap((verdict) => verdict.need ?? []);
  const planner = new Planner(options);
  for (const group of grouped(
    needs.filter((need) => need.kind === 'alias'),
    (need) => show(need.at),
  ))
    planner.alias(group);
  for (const group of grouped(
    needs.filter((need) => need.kind === 'outsideAlias'),
    (need) => show(need.at),
  ))
    planner.outsideAlias(group);
  for (const need of needs) {
    if (need.kind === 'port') planner.port(need.entry);
    if (need.kind === 'route') planner.route(need);
  }
  return planner.plan();
}

function grouped<Need>(needs: readonly Need[], key: (need: Need) => string): readonly (readonly Need[])[] {
  const groups = new Map<string, Need[]>();
  for (const need of needs) groups.set(key(need), [...(groups.get(key(need)) ?? []), need]);
  return [...groups.values()];
}

class Planner {
  private readonly options: PlanOptions;
  private readonly entries = new Map<string, PortNeed[]>();
  private readonly services: PlannedObject[] = [];
  private readonly routes = new Map<string, PlannedObject>();
  private readonly aliases: PlannedAlias[] = [];
  private readonly conflicts: string[] = [];
  private readonly notes = new Set<string>();

  constructor(options: PlanOptions) {
    this.options = options;
  }

  plan(): NamePlan {
    const ports = [...this.entries.values()].flatMap((entries) => this.portObject(entries));
    return {
      objects: [...ports, ...this.services, ...this.routes.values()],
      aliases: this.aliases,
      conflicts: this.conflicts,
      notes: [...this.notes],
    };
  }

  port(entry: PortNeed): void {
    if (this.options.servicePorts === 'Report') {
      this.conflicts.push(
        `Service ${show(entry)} needs a port ${entry.port} like its port ${entry.like.name ?? entry.like.port}; add it by hand`,
      );
      return;
    }
    const known = this.entries.get(show(entry)) ?? [];
    const same = known.find((other) => other.port === entry.port);
    if (same && same.like.targetPort !== entry.like.targetPort) {
      this.conflicts.push(
        `callers of Service ${show(entry)} mean different ports by ${entry.port}: ${same.like.targetPort} and ${entry.like.targetPort}`,
      );
    }
    if (!same) this.entries.set(show(entry), [...known, entry]);
  }

  route(need: RouteNeed): void {
    if (need.entry) this.port(need.entry);
    this.addRoute(need.callerNamespace, need.parent, need);
  }

  alias(needs: readonly AliasNeed[]): void {
    const planned = planAlias(needs, this.options);
    this.conflicts.push(...planned.conflicts);
    if (!planned.manifest || !planned.alias) return;
    this.services.push({ how: 'create', manifest: this.options.stamp(this.annotated(planned.manifest, planned.alias)) });
    this.aliases.push(planned.alias);
    for (const entry of planned.entries) this.port(entry);
    for (const need of planned.routed) this.addRoute(need.at.namespace, need.at, need);
  }

  /** A name that leads elsewhere has no balancer of its own to configure. */
  private annotated(manifest: PlannedManifest, alias: PlannedAlias): PlannedManifest {
    const annotations = alias.shape === 'cname' ? {} : (this.options.annotationsOf?.(alias.at) ?? {});
    return Object.keys(annotations).length === 0 ? manifest : { ...manifest, metadata: { ...manifest.metadata, annotations } };
  }

  outsideAlias(needs: readonly OutsideNeed[]): void {
    const [first] = needs;
    if (!first) return;
    if (needs.some((need) => need.host !== first.host))
      this.conflicts.push(`${show(first.at)} would have to lead to ${needs.map((need) => need.host).join(' and ')}`);
    const metadata = { name: first.at.name, namespace: first.at.namespace };
    const manifest: PlannedManifest = {
      apiVersion: 'v1',
      kind: 'Service',
      metadata,
      spec: { type: 'ExternalName', externalName: first.host },
    };
    this.services.push({ how: 'create', manifest: this.options.stamp(manifest) });
    this.aliases.push({ at: first.at, shape: 'cname' });
  }

  private addRoute(namespace: string, parent: ServiceRef, need: Pick<RouteNeed, 'port' | 'rules'>): void {
    const policy = this.options.policyOf?.(parent);
    const { manifests, exact } = serviceRoutes(namespace, parent, {
      port: need.port,
      rules: need.rules,
      ...(policy ? { policy } : {}),
    });
    if (!exact) this.notes.add(`weights of ${show(parent)}:${need.port} are rounded to thousandths`);
    for (const manifest of manifests) {
      const key = show(manifest.metadata);
      const before = this.routes.get(key);
      const object: PlannedObject = { how: 'create', manifest: this.options.stamp(manifest) };
      if (!before) this.routes.set(key, object);
      else if (JSON.stringify(before) !== JSON.stringify(object)) {
        this.conflicts.push(`callers in ${namespace} mean different destinations by ${show(parent)}:${need.port}`);
      }
    }
  }

  /** Our entries, and a name for the one that has none: Kubernetes wants names as soon as there are two. */
  private portObject(entries: readonly PortNeed[]): readonly PlannedObject[] {
    const [first] = entries;
    const service = first && this.options.cluster.service(first.namespace, first.name);
    if (!service) return [];
    const used = new Set(service.ports.flatMap((port) => port.name ?? []));
    const ports = [...this.renamed(service, used), ...entries.map((entry) => this.portEntry(entry, used))];
    const manifest: PlannedManifest = {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: service.name, namespace: service.namespace },
      spec: { ports },
    };
    return [{ how: 'applyPort', manifest }];
  }

  private renamed(service: ServiceFacts, used: Set<string>): readonly object[] {
    return service.ports.flatMap((port) => {
      if (port.name !== undefined) return [];
      return [{ name: this.freeName('unnamed', used), port: port.port, protocol: port.protocol }];
    });
  }

  private portEntry(entry: PortNeed, used: Set<string>): object {
    return {
      name: this.freeName(String(entry.port), used),
      port: entry.port,
      protocol: 'TCP',
      targetPort: entry.like.targetPort,
    };
  }

  private freeName(about: string, used: Set<string>): string {
    const name = freePortName(about, this.options.dtabs, used);
    used.add(name);
    return name;
  }
}
