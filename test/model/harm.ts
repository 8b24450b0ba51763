// What a single write would do to what others set or need. Each answers sentences that begin with the invariant.

import { keys } from '../../src/api/v1alpha1/group.ts';
import type { Action } from '../../src/core/action.ts';
import { pair } from './builders.ts';
import type { World } from './world.ts';

/** Where a namespace may be written, it refuses pods without the proxy before the first key. */
export function isFenced(world: World, name: string): boolean {
  const record = world.objects.records.get(name);
  const migration = world.objects.migrations.get(record?.spec.migrationRef.name ?? '');
  const podOnly = migration?.spec.gitOps?.onManagedField === 'PodOnly';
  return podOnly || world.objects.namespaces.get(name)?.labels[keys.moving] !== undefined;
}

/** Every name that callers of the namespace need is there. */
export function hasNames({ environment: { callers, aliases } }: World, namespace: string): boolean {
  return !callers.has(namespace) || aliases.has(namespace);
}

/** Callers that are still moved while the names that they call go. */
export function callersLeft(world: World, namespace: string): string[] {
  const keyed = [...world.objects.workloads.values(), ...world.objects.pods.values()].filter(
    (one) => one.namespace === namespace && one.keys[keys.to] !== undefined && !('ended' in one && one.ended),
  );
  return keyed.slice(0, 1).map(({ name }) => `S4 names last: the names of ${namespace} go while ${name} is still moved`);
}

const joining = { 'linkerd.io/inject': 'enabled', [keys.to]: pair.to, [keys.from]: pair.from, [keys.moving]: 'true' };

/** A key of the namespace is written only where it is what it was before the move, or what we wrote. */
export function lostNamespaceUpdates(world: World, action: Action & { kind: 'changeNamespace' }): string[] {
  const live = world.objects.namespaces.get(action.namespace);
  const record = world.objects.records.get(action.namespace);
  if (live?.uid !== action.uid || record === undefined) return [];
  return (['labels', 'annotations'] as const).flatMap((map) =>
    action[map].flatMap(({ key, from, to }) => {
      const found = live[map][key];
      const original = record.spec.originals[map]?.find((o) => o.key === key);
      const ours = [original?.value, (joining as Readonly<Record<string, string>>)[key]];
      const willWrite = found === from && found !== to;
      return ours.includes(found) || !willWrite
        ? []
        : [`I6 no lost update: ${key} of ${live.name} is "${String(found)}" by somebody else`];
    }),
  );
}

/** minReadySeconds is written only where nobody else owns it. */
export function lostWorkloadUpdates(world: World, action: Action & { kind: 'cutOver' | 'restoreTemplate' }): string[] {
  const { namespace, kind, name, uid } = action.workload;
  const live = world.objects.workloads.get(`${namespace}/${kind}/${name}`);
  const writes = action.kind === 'cutOver' ? action.minReadySeconds !== undefined : action.dropMinReadySeconds;
  const lost = writes && live?.uid === uid && live.minReadyOwner === 'other';
  return lost ? [`I6 no lost update: minReadySeconds of ${name} is somebody else's`] : [];
}
