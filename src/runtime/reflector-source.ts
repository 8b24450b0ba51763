// Runtime room: what a reflector needs from a server. Small on purpose, so that a test can stand in for every way it fails.
import type { KubeReader, Selection, WatchFrame } from '../kube/client.ts';
import type { KubeList, KubeObject } from '../kube/object.ts';
import type { ResourceKind } from '../kube/resource-kind.ts';

/** How to open a watch. */
export interface WatchRequest {
  readonly signal: AbortSignal;
  readonly timeoutSeconds: number;
  /** Start after this version; undefined: send everything first (WatchList). */
  readonly resourceVersion: string | undefined;
}

/** Lists and watches of one collection. Failures are `KubeError`s. */
export interface ReflectorSource {
  listPages(signal: AbortSignal): AsyncIterable<KubeList<KubeObject>>;
  watch(request: WatchRequest): AsyncIterable<WatchFrame>;
}

/** The collection of `kind` that `selection` names, read through a client. */
export function kubeSource(
  reader: Pick<KubeReader, 'listPages' | 'watch'>,
  kind: ResourceKind,
  selection: Selection = {},
): ReflectorSource {
  return {
    listPages: (signal) => reader.listPages<KubeObject>(kind, { ...selection, signal }),
    watch: ({ signal, timeoutSeconds, resourceVersion }) =>
      reader.watch(kind, {
        ...selection,
        signal,
        timeoutSeconds,
        ...(resourceVersion === undefined ? { sendInitialEvents: true } : { resourceVersion }),
      }),
  };
}
