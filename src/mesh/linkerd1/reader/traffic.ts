// Reader room: the counters of all l5d pods as traffic of the source: what arrived at each pod, what was called, and which Service a
// name leads to. `rt:service` counts what callers asked for: retries hide in the clients' counters. Pure.

import type { Counted, ProxyCounters, SourceTraffic } from '../../../core/traffic.ts';
import type { ClusterNames } from '../dtab/cluster-objects.ts';
import { evaluate } from '../dtab/evaluate.ts';
import { outcomeOf } from '../dtab/outcome.ts';
import { parsePath } from '../dtab/parse.ts';
import { DtabSyntaxError } from '../dtab/syntax-error.ts';
import { readLeaf } from '../translate/leaf.ts';
import type { NamingWorld } from '../translate/world.ts';
import { namingWorld } from '../translate/world.ts';
import type { L5dAnswer } from './admin.ts';
import type { L5dReading } from './l5d.ts';

/** The traffic. Names are `<router> <logical name>`. */
export function trafficOf(l5d: L5dReading, cluster: ClusterNames): SourceTraffic {
  const labels = new Set(l5d.routers.map(({ router }) => router.label));
  const worlds = new Map(l5d.routers.flatMap((used) => worldOf(l5d, used, cluster)));
  const known = new Map<string, string | undefined>();
  return {
    proxies: l5d.answers.flatMap((answer) => countersOf(answer, labels)),
    problems: l5d.problems,
    serviceOf: (name) => {
      if (!known.has(name)) known.set(name, serviceOf(worlds, l5d.namespace, name));
      return known.get(name);
    },
    selectorOf: (service) => {
      const [namespace = '', name = ''] = service.split('/');
      return cluster.service(namespace, name)?.selector;
    },
  };
}

function worldOf(
  l5d: L5dReading,
  { router, dtab }: L5dReading['routers'][number],
  cluster: ClusterNames,
): [string, NamingWorld][] {
  try {
    const { config, files } = l5d;
    const parts = { config, router, dtab, cluster, l5dNamespace: l5d.namespace, ...(files && { files }) };
    return [[router.label, namingWorld(parts)]];
  } catch (error) {
    if (error instanceof DtabSyntaxError) return [];
    throw error;
  }
}

function countersOf({ pod, counters }: L5dAnswer, labels: ReadonlySet<string>): ProxyCounters[] {
  if (counters === undefined) return [];
  const names = new Map<string, Counted>();
  for (const [label, named] of counters.routers) {
    if (!labels.has(label)) continue;
    for (const [name, { requests, success }] of named) names.set(`${label} ${name}`, { requests, success });
  }
  return [{ id: pod.uid, names, ...(counters.served !== undefined && { served: counters.served }) }];
}

function serviceOf(worlds: ReadonlyMap<string, NamingWorld>, l5dNamespace: string, name: string): string | undefined {
  // Labels are free text: the longest that fits is the router's.
  const [label] = [...worlds.keys()].filter((known) => name.startsWith(`${known} `)).toSorted((a, b) => b.length - a.length);
  const world = label === undefined ? undefined : worlds.get(label);
  const id = world && onlyLeaf(world, `/${name.slice((label ?? '').length + 1)}`);
  if (world === undefined || id === undefined) return undefined;
  const place = readLeaf(id, world.config, l5dNamespace);
  return place.kind === 'service' ? `${place.namespace}/${place.service}` : undefined;
}

function onlyLeaf(world: NamingWorld, path: string): string | undefined {
  try {
    const found = evaluate(world.names, parsePath(path));
    const outcome = found.ok ? outcomeOf(found.tree) : undefined;
    return outcome?.kind === 'bound' && outcome.leaves.length === 1 ? outcome.leaves[0]?.leaf.bound.id : undefined;
  } catch (error) {
    if (error instanceof DtabSyntaxError) return undefined;
    throw error;
  }
}
