// Kube room: what callers can ask of an API server. Types only; `create-client.ts` makes one that talks to a real server.
import type { JsonPatchOperation, KubeList, KubeObject, Manifest, ObjectRef, Unstructured } from './object.ts';
import type { KubeError } from './kube-error.ts';
import type { ResourceKind } from './resource-kind.ts';

/** Options of every call. */
export interface CallOptions {
  /** Aborting fails the call with kind 'aborted'. */
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds from the moment the call leaves the queue to its full answer. */
  readonly timeoutMs?: number | undefined;
  /** Does not wait behind other calls in flight. For leases only. */
  readonly urgent?: boolean | undefined;
}

/** Options of a write. */
export interface WriteOptions extends CallOptions {
  /** Runs admission and validation, stores nothing. */
  readonly dryRun?: boolean | undefined;
  readonly fieldManager?: string | undefined;
  /** What the server does with unknown fields; the server's own default is Warn. */
  readonly fieldValidation?: 'Strict' | 'Warn' | 'Ignore' | undefined;
  /** e.g. 'status'. */
  readonly subresource?: string | undefined;
}

/** Options of a server-side apply; the field manager is what owns the fields afterwards. */
export interface ApplyOptions extends WriteOptions {
  readonly fieldManager: string;
  /** Takes fields over from other managers instead of failing with 'conflict'. */
  readonly force?: boolean | undefined;
}

/** Options of a delete and of an eviction: preconditions that the live object must meet, else 'conflict'. */
export interface DeleteOptions extends CallOptions {
  readonly uid?: string | undefined;
  readonly resourceVersion?: string | undefined;
  readonly propagationPolicy?: 'Foreground' | 'Background' | 'Orphan' | undefined;
  readonly dryRun?: boolean | undefined;
}

/** Which objects of a kind a list or watch is about. No namespace: all of them. */
export interface Selection {
  readonly namespace?: string | undefined;
  readonly labelSelector?: string | undefined;
  readonly fieldSelector?: string | undefined;
  /** Asks for metadata alone (PartialObjectMetadata): a fraction of the bytes. */
  readonly metadataOnly?: boolean | undefined;
}

/** Options of a list. */
export interface ListOptions extends CallOptions, Selection {
  /** Objects per page, 500 when absent. */
  readonly limit?: number | undefined;
}

/** Options of a watch. Bookmarks are always asked for. */
export interface WatchOptions extends Selection {
  readonly signal: AbortSignal;
  /** Start after this version; absent with `sendInitialEvents`. */
  readonly resourceVersion?: string | undefined;
  /** WatchList: first everything there is as ADDED, then a bookmark with `initialEventsEnd`. */
  readonly sendInitialEvents?: boolean | undefined;
  /** The server ends the watch after so many seconds. */
  readonly timeoutSeconds?: number | undefined;
}

/** One line of a watch. ERROR and MALFORMED are data here: whether they end the watch is the reader's business. */
export type WatchFrame =
  | { readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'; readonly object: KubeObject }
  | { readonly type: 'BOOKMARK'; readonly resourceVersion: string; readonly initialEventsEnd: boolean }
  | { readonly type: 'ERROR'; readonly error: KubeError }
  | { readonly type: 'MALFORMED'; readonly message: string };

/** Reads. Safe to repeat; the client itself repeats a broken read a few times. */
export interface KubeReader {
  get<T extends KubeObject = Unstructured>(kind: ResourceKind, ref: ObjectRef, options?: CallOptions): Promise<T>;
  /** All pages as one list, from one consistent snapshot. */
  list<T extends KubeObject = Unstructured>(kind: ResourceKind, options?: ListOptions): Promise<KubeList<T>>;
  /** The same, but of each object only what is made of it the moment it arrives is kept: however many there are, few are held. */
  listOf<V>(kind: ResourceKind, make: (object: Unstructured) => V, options?: ListOptions): Promise<V[]>;
  /** Page by page; 'gone' when the server forgot the snapshot in between. */
  listPages<T extends KubeObject = Unstructured>(kind: ResourceKind, options?: ListOptions): AsyncIterable<KubeList<T>>;
  /** Ends when the server ends it; throws a `KubeError` when it is refused, breaks or is aborted. */
  watch(kind: ResourceKind, options: WatchOptions): AsyncIterable<WatchFrame>;
  /** JSON at an absolute path, e.g. '/version' or '/apis'. */
  getRaw(path: string, options?: CallOptions): Promise<unknown>;
}

/** Writes. Never repeated by the client: after `error.ambiguous` the caller reads first. Each answers with the object. */
export interface KubeWriter {
  /** POST; the namespace is the manifest's. */
  create<T extends KubeObject = Unstructured>(kind: ResourceKind, manifest: Manifest, options?: WriteOptions): Promise<T>;
  /** Server-side apply: exactly the fields of `manifest` become the field manager's. */
  applyServerSide<T extends KubeObject = Unstructured>(
    kind: ResourceKind,
    ref: ObjectRef,
    manifest: Manifest,
    options: ApplyOptions,
  ): Promise<T>;
  /** RFC 6902; a failing `test` operation is 'invalid' (422). */
  jsonPatch<T extends KubeObject = Unstructured>(
    kind: ResourceKind,
    ref: ObjectRef,
    operations: readonly JsonPatchOperation[],
    options?: WriteOptions,
  ): Promise<T>;
  /** RFC 7386; `metadata.resourceVersion` in the body makes it conditional ('conflict'). */
  mergePatch<T extends KubeObject = Unstructured>(
    kind: ResourceKind,
    ref: ObjectRef,
    patch: Readonly<Record<string, unknown>>,
    options?: WriteOptions,
  ): Promise<T>;
  delete(kind: ResourceKind, ref: ObjectRef, options?: DeleteOptions): Promise<void>;
  /** Eviction of a pod, which honours PodDisruptionBudgets ('disruptionBudget'). */
  evict(ref: ObjectRef, options?: DeleteOptions): Promise<void>;
}

/** Everything, plus the end of it. */
export interface KubeClient extends KubeReader, KubeWriter {
  /** Closes idle connections at once and the others when their calls end; later calls fail with 'unreachable'. */
  close(): Promise<void>;
}

/** One finished request, for metrics. */
export interface RequestRecord {
  readonly method: string;
  /** 'get', 'list', 'watch', 'create', 'patch', 'delete' or 'raw'. */
  readonly verb: string;
  /** `plural.group`, or '' for a raw path. */
  readonly resource: string;
  readonly host: string;
  /** HTTP status, 0 when there was no answer. */
  readonly status: number;
  readonly dryRun: boolean;
  /** To the last byte of the answer; for a watch to its headers. */
  readonly durationMs: number;
}
