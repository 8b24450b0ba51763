/**
 * Stand-in for Linkerd 2's policy controller: it writes the recorded status onto every HTTPRoute whose parents are Services, and may be told
 * not to.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { KubeClient } from '../../../src/kube/client.ts';
import type { Unstructured } from '../../../src/kube/object.ts';
import { recordedJson } from '../recordings.ts';

/** A running stand-in. */
export interface RouteController {
  /** Leaves new routes as they are, or goes on. */
  setDown(down: boolean): void;
  close(): Promise<void>;
}

const HTTP_ROUTE = {
  group: 'gateway.networking.k8s.io',
  version: 'v1',
  plural: 'httproutes',
  kind: 'HTTPRoute',
  namespaced: true,
};
const lookEveryMs = 100;

/** Starts it. */
export function startRouteController(client: KubeClient): RouteController {
  const stop = new AbortController();
  let down = false;
  const loop = async (): Promise<void> => {
    while (!stop.signal.aborted) {
      if (!down) await acceptAll(client).catch(() => undefined);
      await pause(lookEveryMs, undefined, { signal: stop.signal }).catch(() => undefined);
    }
  };
  const done = loop();
  return {
    setDown: (value) => {
      down = value;
    },
    close: async () => {
      stop.abort();
      await done;
    },
  };
}

async function acceptAll(client: KubeClient): Promise<void> {
  const { items } = await client.list(HTTP_ROUTE);
  for (const route of items) {
    if ((route['status'] as { parents?: unknown } | undefined)?.parents !== undefined) continue;
    const { name, namespace } = route.metadata;
    await client.mergePatch(HTTP_ROUTE, { name, namespace }, { status: statusOf(route) }, { subresource: 'status' });
  }
}

interface Recorded {
  readonly items: readonly { readonly status: { readonly parents: readonly Readonly<Record<string, unknown>>[] } }[];
}

function statusOf(route: Unstructured): Readonly<Record<string, unknown>> {
  const [recorded] = (recordedJson('linkerd2/httproute-status.json') as Recorded).items;
  const [like] = recorded?.status.parents ?? [];
  const { parentRefs = [] } = route['spec'] as { parentRefs?: readonly Readonly<Record<string, unknown>>[] };
  return { parents: parentRefs.map((parentRef) => ({ ...like, parentRef: { ...parentRef, group: 'core' } })) };
}
