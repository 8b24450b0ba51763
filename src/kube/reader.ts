// Kube room: reads and watches over a real connection: URLs out, checked objects in. What they mean is the caller's business.
import { subjectOf } from './caller.ts';
import type { Call, Caller } from './caller.ts';
import { fromBrokenCall, fromUnreadable } from './classify.ts';
import type { CallOptions, KubeReader, ListOptions, WatchFrame, WatchOptions } from './client.ts';
import { objectDefect, parseFrame, splitLines } from './frames.ts';
import { isKubeError } from './kube-error.ts';
import { readList } from './list-items.ts';
import type { KubeList, KubeObject, ObjectRef, Unstructured } from './object.ts';
import { apiVersionOf, resourceNameOf } from './resource-kind.ts';
import type { ResourceKind } from './resource-kind.ts';
import { collectionPath, describeTarget, objectPath, selectionQuery, withQuery } from './resource-path.ts';
import type { Place } from './resource-path.ts';

const PAGE_SIZE = 500;
const LIST_ATTEMPTS = 3;
const METADATA_LIST = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1';
const METADATA = 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1';

/** Reads through `caller`; one page of a list may take `listTimeoutMs`. */
export function createReader(caller: Caller, listTimeoutMs: number): KubeReader {
  const pagesOf = <V>(
    kind: ResourceKind,
    make: (object: Unstructured) => V,
    options: ListOptions = {},
  ): AsyncIterable<KubeList<V>> => listPages(caller, kind, make, { timeoutMs: listTimeoutMs, ...options });
  const pages = <T extends KubeObject>(kind: ResourceKind, options?: ListOptions): AsyncIterable<KubeList<T>> =>
    pagesOf(kind, (object) => object as unknown as T, options);
  return {
    get: async <T extends KubeObject>(kind: ResourceKind, ref: ObjectRef, options?: CallOptions) => {
      const call = callFor(kind, ref, { verb: 'get', method: 'GET', path: objectPath(kind, ref), options });
      return checked(await caller.run(call), call) as T;
    },
    listPages: pages,
    list: async <T extends KubeObject>(kind: ResourceKind, options?: ListOptions): Promise<KubeList<T>> =>
      collect(() => pages<T>(kind, options)),
    listOf: async (kind, make, options) => (await collect(() => pagesOf(kind, make, options))).items,
    watch: (kind, options) => watchFrames(caller, kind, options),
    getRaw: (path, options) => caller.run({ verb: 'raw', method: 'GET', resource: '', target: path, path, options }),
  };
}

/** A call about one object or a collection of `kind`. */
export function callFor(kind: ResourceKind, ref: Place, rest: Omit<Call, 'resource' | 'target'>): Call {
  return { ...rest, resource: resourceNameOf(kind), target: describeTarget(kind, ref) };
}

/** `answer` as an object; throws `KubeError` 'protocol' when it is none. */
export function checked(answer: unknown, call: Call): KubeObject {
  const defect = objectDefect(answer);
  if (defect !== undefined) throw fromUnreadable(`the answer is no object: ${defect}`, subjectOf(call));
  return answer as KubeObject;
}

async function* listPages<V>(
  caller: Caller,
  kind: ResourceKind,
  make: (object: Unstructured) => V,
  options: ListOptions,
): AsyncGenerator<KubeList<V>> {
  const path = collectionPath(kind, options.namespace);
  const accept = options.metadataOnly ? METADATA_LIST : undefined;
  const identity = { apiVersion: apiVersionOf(kind), kind: kind.kind };
  // Items of a list carry neither apiVersion nor kind; with them every object looks alike wherever it came from.
  const read = pageReader((item) => make({ ...identity, ...item }));
  let more: string | undefined;
  do {
    const query = { ...selectionQuery(options), limit: options.limit ?? PAGE_SIZE, continue: more };
    const call = callFor(kind, options, { verb: 'list', method: 'GET', path: withQuery(path, query), accept, read, options });
    const { around, items, fault } = (await caller.run(call)) as Arrived<V>;
    if (fault !== undefined) throw fault.error;
    const { resourceVersion } = around.metadata ?? {};
    if (resourceVersion === undefined) throw fromUnreadable('the list has no resourceVersion', subjectOf(call));
    yield { items, resourceVersion };
    more = around.metadata?.continue === '' ? undefined : around.metadata?.continue;
  } while (more !== undefined);
}

interface Arrived<V> {
  readonly around: { readonly metadata?: { readonly resourceVersion?: string; readonly continue?: string } };
  readonly items: readonly V[];
  /** What making threw: no matter of the call, which is not repeated for it. */
  readonly fault: { readonly error: unknown } | undefined;
}

function pageReader<V>(make: (item: Unstructured) => V): (body: AsyncIterable<Uint8Array>) => Promise<Arrived<V>> {
  return async (body) => {
    const items: V[] = [];
    let fault: Arrived<V>['fault'];
    const around = await readList(body, (item) => {
      try {
        if (fault === undefined) items.push(make(item as Unstructured));
      } catch (error) {
        fault = { error };
      }
    });
    return { around: around as Arrived<V>['around'], items, fault };
  };
}

async function collect<V>(pages: () => AsyncIterable<KubeList<V>>): Promise<KubeList<V> & { items: V[] }> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      const items: V[] = [];
      let resourceVersion = '';
      for await (const page of pages()) {
        items.push(...page.items);
        ({ resourceVersion } = page);
      }
      return { items, resourceVersion };
    } catch (error) {
      // The snapshot behind the continue token was compacted away: pages of two snapshots must not be mixed, so begin again.
      if (!isKubeError(error, 'gone') || attempt === LIST_ATTEMPTS) throw error;
    }
  }
}

async function* watchFrames(caller: Caller, kind: ResourceKind, options: WatchOptions): AsyncGenerator<WatchFrame> {
  const { signal } = options;
  const query = {
    ...selectionQuery(options),
    watch: true,
    allowWatchBookmarks: true,
    resourceVersion: options.resourceVersion,
    timeoutSeconds: options.timeoutSeconds,
    ...(options.sendInitialEvents ? { sendInitialEvents: true, resourceVersionMatch: 'NotOlderThan' } : {}),
  };
  const path = withQuery(collectionPath(kind, options.namespace), query);
  const accept = options.metadataOnly ? METADATA : undefined;
  const call = callFor(kind, options, { verb: 'watch', method: 'GET', path, accept });
  const subject = subjectOf(call);
  try {
    const stream = await caller.open({ ...call, options: { signal } });
    for await (const line of splitLines(stream.body, subject)) yield parseFrame(line, subject);
  } catch (error) {
    throw isKubeError(error) ? error : fromBrokenCall(error, subject, signal.aborted ? 'aborted' : undefined);
  }
}
