// What one replica has seen of the world: each kind by a watch of its own, which may lag, and what it wrote itself. The
// newest version of an object wins, as resourceVersions of one kind can be compared.

import { kindNames } from './world.ts';
import type { KindName, Kinds, World } from './world.ts';

/** The objects as one replica knows them. */
export interface View {
  readonly objects: { readonly [K in KindName]: Map<string, Kinds[K]> };
  readonly seen: Record<KindName, number>;
}

/** A view that has seen everything, as after a start. */
export function freshView(world: World): View {
  const { objects, log } = world;
  return {
    objects: {
      migrations: new Map(objects.migrations),
      records: new Map(objects.records),
      namespaces: new Map(objects.namespaces),
      workloads: new Map(objects.workloads),
      pods: new Map(objects.pods),
    },
    seen: {
      migrations: log.migrations.length,
      records: log.records.length,
      namespaces: log.namespaces.length,
      workloads: log.workloads.length,
      pods: log.pods.length,
    },
  };
}

/** Kinds of which the view has not seen everything. */
export function lagging(world: World, view: View): KindName[] {
  return kindNames.filter((kind) => view.seen[kind] < world.log[kind].length);
}

/** Delivers everything that one watch has to say. Whether anything was new. */
// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- K ties the log of a kind to the view of the same kind
export function deliver<K extends KindName>(world: World, view: View, kind: K): boolean {
  const log = world.log[kind];
  const before = view.seen[kind];
  for (let i = before; i < log.length; i += 1) {
    const change = log[i];
    if (change === undefined) continue;
    const known = view.objects[kind].get(change.key);
    if (known !== undefined && rvOf(known) > change.rv) continue;
    if (change.value === undefined) view.objects[kind].delete(change.key);
    else view.objects[kind].set(change.key, change.value);
  }
  view.seen[kind] = log.length;
  return before < log.length;
}

/** Takes the answer of a write of its own. */
export function wrote<K extends KindName>(view: View, kind: K, key: string, value: Kinds[K]): void {
  view.objects[kind].set(key, value);
}

function rvOf(value: Kinds[KindName]): number {
  return 'metadata' in value ? Number(value.metadata.resourceVersion) : value.rv;
}
