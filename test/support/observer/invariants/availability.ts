// Observer: a rollout of ours never leaves fewer ready pods than the workload's own strategy allows.
import type { Context, Invariant } from '../invariant.ts';
import { amountAt, desiredOf, idOf, isKeyed, isReady, isRolledOut, ownerOf, strategyOf, templateAnnotations } from '../world.ts';
import type { Seen } from '../world.ts';
import { succeeded, uidOf } from '../write.ts';
import { cutoverOf, workloadKind } from './ledger.ts';

/** Ready pods never fall below what the strategy allows, from our write until the rollout is complete. */
export function availability(): Invariant {
  // Workloads that roll by our writes, each with whether its template shall carry keys; and those that had been served in full.
  const rolling = new Map<string, boolean>();
  const served = new Set<string>();
  const count = (workload: Seen, context: Context): void => {
    const { uid } = workload.metadata;
    const ready = context.world.podsOf(workload).filter(isReady).length;
    const needed = neededBy(workload);
    if (ready >= needed) served.add(uid);
    else if (rolling.has(uid) && served.has(uid)) suspect(workload, { ready, needed }, context);
  };
  return {
    name: 'availability',
    write(write, { world }) {
      const kind = workloadKind(write);
      if (!succeeded(write) || kind === undefined) return;
      const uid = uidOf(write) ?? '';
      const forward = cutoverOf(write) !== undefined;
      const workload = world.workload(kind, write.namespace, write.name);
      // When a rollout is turned round before its end, the Deployment controller counts pods of the old ReplicaSet that are
      // gone already (seen in audit logs); nobody who writes templates can prevent that.
      if (forward || (workload !== undefined && isRolledOut(workload))) rolling.set(uid, forward);
      else rolling.delete(uid);
    },
    change({ collection, old, now }, context) {
      if (collection === 'pods') {
        const workload = workloadOf(now ?? old, context);
        if (workload !== undefined) count(workload, context);
      }
      if (collection !== 'workloads' || now === undefined) return;
      const { uid } = now.metadata;
      if (old !== undefined && desiredOf(old) < desiredOf(now)) served.delete(uid);
      count(now, context);
      if (rolling.get(uid) === isKeyed(templateAnnotations(now)) && isRolledOut(now)) rolling.delete(uid);
    },
  };
}

function workloadOf(pod: Seen | undefined, { world }: Context): Seen | undefined {
  if (pod === undefined) return undefined;
  const [kind = '', name = ''] = ownerOf(pod)?.split('/') ?? [];
  return world.workload(kind, pod.metadata.namespace ?? '', name);
}

// Somebody may have asked for fewer pods, which this watch has not told yet.
function suspect(workload: Seen, { ready, needed }: { ready: number; needed: number }, context: Context): void {
  const { namespace = '', name, uid } = workload.metadata;
  const latest = (): Seen | undefined => context.world.workload(workload.kind ?? '', namespace, name);
  const check = (): string | undefined => {
    const now = latest();
    // Who deletes a namespace wants its pods gone.
    if (context.world.namespace(namespace)?.metadata.deletionTimestamp !== undefined) return undefined;
    if (now?.metadata.uid !== uid || ready >= neededBy(now)) return undefined;
    return `${idOf(workload)} had ${ready} ready pods, its strategy allows no fewer than ${needed}`;
  };
  context.suspect(check, JSON.stringify(workload['status'] ?? {}));
}

function neededBy(workload: Seen): number {
  if (strategyOf(workload) !== 'RollingUpdate') return 0;
  const desired = desiredOf(workload);
  return Math.max(0, desired - (mayBeDown[workload.kind ?? '']?.(workload, desired) ?? desired));
}

// Defaults and rounding: https://kubernetes.io/docs/concepts/workloads/controllers/
const mayBeDown: Readonly<Record<string, (workload: Seen, desired: number) => number>> = {
  Deployment(workload, desired) {
    const path = ['spec', 'strategy', 'rollingUpdate'];
    const surge = amountAt(workload, desired, Math.ceil, [...path, 'maxSurge']) ?? Math.ceil(desired / 4);
    const down = amountAt(workload, desired, Math.floor, [...path, 'maxUnavailable']) ?? Math.floor(desired / 4);
    return surge === 0 && down === 0 ? 1 : down;
  },
  StatefulSet: (workload, desired) =>
    amountAt(workload, desired, Math.ceil, ['spec', 'updateStrategy', 'rollingUpdate', 'maxUnavailable']) ?? 1,
  DaemonSet(workload, desired) {
    const path = ['spec', 'updateStrategy', 'rollingUpdate'];
    const surge = amountAt(workload, desired, Math.ceil, [...path, 'maxSurge']) ?? 0;
    return surge > 0 ? 0 : (amountAt(workload, desired, Math.ceil, [...path, 'maxUnavailable']) ?? 1);
  },
};
