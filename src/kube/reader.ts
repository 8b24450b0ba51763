// Kube room: reads and watches over a real connection: URLs out, checked objects in. What they mean is the caller's business.
import { subjectOf } from './caller.ts';
import type { Call, Caller } from './caller.ts';
import { fromBrokenCall, fromUnreadable } from './classify.ts';
import type { CallOptions, KubeReader, ListOptions, WatchFrame, WatchOptions } from './client.ts';
import { objectDefect, parseFrame, splitLines } from './frames.ts';
import { isKubeError } from './kube-error.ts';
import type { KubeList, KubeObject, ObjectRef } from './object.ts';
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
  const pages = <T extends KubeObject>(kind: ResourceKind, options: ListOptions = {}): AsyncIterable<KubeList<T>> =>
    listPages<T>(caller, kind, { timeoutMs: listTimeoutMs, ...options });
  return {
    get: async <T extends KubeObject>(kind: ResourceKind, ref: ObjectRef, options?: CallOptions) => {
      const call = callFor(kind, ref, { verb: 'get', method: 'GET', path: objectPath(kind, ref), options });
      return checked(await caller.run(call), call) as T;
    },
    listPages: pages,
    list: async <T extends KubeObject>(kind: ResourceKind, options?: ListOptions) => collect(() => pages<T>(kind, options)),
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

interface RawList {
  readonly items?: readonly KubeObject[] | null;
  readonly metadata?: { readonly resourceVersion?: string; readonly continue?: string };
}

async function* listPages<T extends KubeObject>(
  caller: Caller,
  kind: ResourceKind,
  options: ListOptions,
): AsyncGenerator<KubeList<T>> {
  const path = collectionPath(kind, options.namespace);
  const accept = options.metadataOnly ? METADATA_LIST : undefined;
  const identity = { apiVersion: apiVersionOf(kind), kind: kind.kind };
  let more: string | undefined;
  do {
    const query = { ...selectionQuery(options), limit: options.limit ?? PAGE_SIZE, continue: more };
    const call = callFor(kind, options, { verb: 'list', method: 'GET', path: withQuery(path, query), accept, options });
    const page = (await caller.run(call)) as RawList;
    const resourceVersion = page.metadata?.resourceVersion;
    if (resourceVersion === undefined) throw fromUnreadable('the list has no resourceVersion', subjectOf(call));
    // Items of a list carry neither apiVersion nor kind; with them every object looks alike wherever it came from.
    yield { items: (page.items ?? []).map((item) => ({ ...identity, ...item }) as unknown as T), resourceVersion };
    more = page.metadata?.continue === '' ? undefined : page.metadata?.continue;
  } while (more !== undefined);
}

async function collect<T extends KubeObject>(pages: () => AsyncIterable<KubeList<T>>): Promise<KubeList<T>> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      const items: T[] = [];
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
