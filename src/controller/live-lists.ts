// Live lists of what watches hold already: the API server is asked for versions alone, and bodies are taken from the watch where
// it holds exactly those versions. What it does not hold yet is listed in full. Either way the answer is what is there now.

import type { TemplateKind } from '../core/observation.ts';
import type { KubeReader } from '../kube/client.ts';
import type { KubeObject } from '../kube/object.ts';
import { POD } from '../kube/resource-kind.ts';
import type { ResourceKind } from '../kube/resource-kind.ts';
import { TEMPLATE_KINDS } from './kinds.ts';
import { workloadOfPod } from '../core/workload/of-pod.ts';
import { trimPod, trimWorkload } from './trimmed.ts';
import type { TrimmedPod, TrimmedWorkload } from './trimmed.ts';
import { workloadNamed } from './views.ts';
import type { Views } from './views.ts';

/** What listing takes. */
export interface Lister {
  client: Pick<KubeReader, 'listOf'>;
  views: Pick<Views, 'workloads' | 'pods'>;
}

/** Pods that must be read live: those of the workloads named (Kind/name), or all. The others may be as the watch has them. */
export type LivePods = ReadonlySet<string> | 'all';

/** The workloads of a namespace as they are now. */
export async function liveWorkloads(o: Lister, namespace: string): Promise<TrimmedWorkload[]> {
  const kinds = Object.keys(TEMPLATE_KINDS) as TemplateKind[];
  const lists = await Promise.all(
    kinds.map((kind) => {
      const held = o.views.workloads[kind].all(namespace);
      return listed(o.client, { kind: TEMPLATE_KINDS[kind], namespace, held, trim: trimWorkload(kind) });
    }),
  );
  return lists.flat();
}

/** The pods of a namespace, those that matter as they are now. */
export async function livePods(o: Lister, namespace: string, which: LivePods): Promise<TrimmedPod[]> {
  const held = o.views.pods.held(namespace) ?? [];
  const all = { kind: POD, namespace, held, trim: trimPod };
  if (which === 'all') return listed(o.client, all);
  const matters = (workload: string | undefined): boolean => workload !== undefined && which.has(workload);
  const labelSelector = selectorOf(o, namespace, which);
  const asked = await listed(o.client, {
    ...all,
    ...(labelSelector !== undefined && { labelSelector }),
    counts: (object) => matters(workloadOfPod(object)),
  });
  return [...asked.filter((pod) => matters(pod.workload)), ...held.filter((pod) => !matters(pod.workload))];
}

// One workload's pods are found by its selector, which can't change.
function selectorOf(o: Lister, namespace: string, which: ReadonlySet<string>): string | undefined {
  const [only, ...more] = which;
  return more.length > 0 ? undefined : workloadNamed(o.views, namespace, only)?.selector;
}

interface Held {
  uid: string;
  resourceVersion: string;
  deleting: boolean;
}

interface Listing<T extends Held> {
  kind: ResourceKind;
  namespace: string;
  labelSelector?: string;
  held: readonly T[];
  trim: (object: KubeObject) => T;
  /** Objects whose body matters; all when absent. */
  counts?: (object: KubeObject) => boolean;
}

async function listed<T extends Held>(client: Lister['client'], listing: Listing<T>): Promise<T[]> {
  const { kind, namespace, labelSelector, trim, counts = () => true } = listing;
  const held = new Map(listing.held.map((value) => [value.uid, value]));
  const place = { namespace, labelSelector };
  if (held.size === 0) return (await client.listOf(kind, (object) => (counts(object) ? [trim(object)] : []), place)).flat();
  const heldOf = (object: KubeObject): T | undefined => heldNow(object, held.get(object.metadata.uid));
  const ofVersions = (object: KubeObject): (T | undefined)[] => (counts(object) ? [heldOf(object)] : []);
  const relevant = (await client.listOf(kind, ofVersions, { ...place, metadataOnly: true })).flat();
  const known = relevant.filter((value) => value !== undefined);
  if (known.length === relevant.length) return known;
  return client.listOf(kind, (object) => heldOf(object) ?? trim(object), place);
}

// Of an object that is being deleted nothing matters but that it is.
function heldNow<T extends Held>({ metadata }: KubeObject, held: T | undefined): T | undefined {
  if (held === undefined) return undefined;
  if (held.resourceVersion === metadata.resourceVersion) return held;
  return metadata.deletionTimestamp === undefined ? undefined : { ...held, deleting: true };
}
