// Observer: what no pod may ever be.
import type { Context, Invariant } from '../invariant.ts';
import { key } from '../keys.ts';
import { hasEnded, hasProxy, idOf, isKeyed, ownerOf, sourceTrace } from '../world.ts';
import type { Seen } from '../world.ts';

/** No pod with both meshes, and in a namespace on the move none that is keyed and has no proxy. */
export function meshes(): Invariant {
  return {
    name: 'one mesh per pod',
    change({ collection, old, now }, context) {
      if (collection !== 'pods' || now === undefined || old?.metadata.uid === now.metadata.uid || hasEnded(now)) return;
      const trouble = hasProxy(now) ? withProxy(now, context) : withoutProxy(now, context);
      if (trouble !== undefined) context.report(`${idOf(now)} ${trouble}`, evidenceOf(now));
    },
  };
}

function withProxy(pod: Seen, context: Context): string | undefined {
  const trace = sourceTrace(pod);
  return trace === undefined || isAccepted(pod, context) ? undefined : `has the target's proxy and still ${trace}`;
}

function withoutProxy(pod: Seen, context: Context): string | undefined {
  const annotations = pod.metadata.annotations ?? {};
  const keyed = isKeyed(annotations) && annotations[key.to] !== 'none';
  return keyed && isMoving(pod, context) ? 'is keyed and has no proxy' : undefined;
}

// A person took what such a workload's pods become upon himself.
function isAccepted(pod: Seen, { world }: Context): boolean {
  const [kind = '', name = ''] = ownerOf(pod)?.split('/') ?? [];
  const workload = world.workload(kind, pod.metadata.namespace ?? '', name);
  return workload?.metadata.annotations?.[key.accept] !== undefined;
}

function isMoving(pod: Seen, { world }: Context): boolean {
  return world.namespace(pod.metadata.namespace ?? '')?.metadata.labels?.[key.moving] !== undefined;
}

function evidenceOf({ metadata }: Seen): string {
  return JSON.stringify({ uid: metadata.uid, annotations: metadata.annotations });
}
