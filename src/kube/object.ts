// Kube room: the shape every Kubernetes object has. Plain JSON types only; this file imports nothing and knows no kind.

/** `metadata` of an object as the API server answers it. Times are RFC 3339 strings. */
export interface ObjectMeta {
  readonly name: string;
  /** Absent on cluster-scoped objects. */
  readonly namespace?: string;
  readonly uid: string;
  /** Absent only in the answer to a dry-run create. */
  readonly resourceVersion?: string;
  readonly generation?: number;
  readonly generateName?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly creationTimestamp?: string;
  readonly deletionTimestamp?: string;
  readonly finalizers?: readonly string[];
  readonly ownerReferences?: readonly OwnerReference[];
}

/** One entry of `metadata.ownerReferences`. */
export interface OwnerReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
  readonly controller?: boolean;
  readonly blockOwnerDeletion?: boolean;
}

/** Any object as answered by the API server: typed metadata, the rest is the caller's type. */
export interface KubeObject {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata: ObjectMeta;
}

/** An object whose fields beyond metadata are not known to the type checker. */
export type Unstructured = KubeObject & Readonly<Record<string, unknown>>;

/** `metadata` of a body that is sent: no field is filled by the server yet. */
export interface ManifestMeta {
  readonly name?: string | undefined;
  readonly generateName?: string | undefined;
  readonly namespace?: string | undefined;
  /** On server-side apply and patch: the write is refused when another object bears the name now. */
  readonly uid?: string | undefined;
  readonly resourceVersion?: string | undefined;
  readonly labels?: Readonly<Record<string, string | null>> | undefined;
  readonly annotations?: Readonly<Record<string, string | null>> | undefined;
  readonly finalizers?: readonly string[] | undefined;
  readonly ownerReferences?: readonly OwnerReference[] | undefined;
}

/** A body for create and server-side apply; apiVersion and kind are filled in from the `ResourceKind` when absent. */
export interface Manifest {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata: ManifestMeta;
  readonly [field: string]: unknown;
}

/** Where one object lives. `namespace` is required for namespaced kinds and ignored for the others. */
export interface ObjectRef {
  readonly name: string;
  readonly namespace?: string | undefined;
}

/** A list, all of its pages or one of them: of objects, or of what was made of each. */
export interface KubeList<T = Unstructured> {
  readonly items: readonly T[];
  /** Version of the collection: a watch may start from it. */
  readonly resourceVersion: string;
}

/** One operation of an RFC 6902 patch. `path` is a JSON Pointer ('/' in a key is '~1', '~' is '~0'). */
export type JsonPatchOperation =
  | { readonly op: 'test' | 'add' | 'replace'; readonly path: string; readonly value: unknown }
  | { readonly op: 'remove'; readonly path: string };
