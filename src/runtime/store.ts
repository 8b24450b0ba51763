// Runtime room: what a reflector holds: trimmed values by key, with two indexes. It does no I/O and knows no kind.
import type { KubeObject } from '../kube/object.ts';

/** What became of one object. A recreated object is a delete followed by an add, also when nobody saw the gap. */
export type Change<T> =
  | { readonly type: 'add'; readonly key: string; readonly value: T }
  | { readonly type: 'update'; readonly key: string; readonly old: T; readonly value: T }
  | { readonly type: 'delete'; readonly key: string; readonly old: T };

/** Read access. Values are shared, never changed by anybody. */
export interface StoreReader<T> {
  /** `key` is 'namespace/name', or 'name' for cluster-scoped objects. */
  get(key: string): T | undefined;
  values(): IterableIterator<T>;
  inNamespace(namespace: string): readonly T[];
  /** Values for which the index function named `indexKey`. */
  byIndex(indexKey: string): readonly T[];
  size(): number;
}

/** One object on its way into the store. */
export interface Arrival<T> {
  readonly object: KubeObject;
  readonly value: T;
}

/** A store and how it is filled. Each method answers with the changes it made, in order. */
export interface Store<T> extends StoreReader<T> {
  /** True when exactly this version is held already; it then also counts as seen in `generation`. */
  touch(object: KubeObject, generation: number): boolean;
  /** What is held of this object counts as seen, although its new version could not be read. */
  keep(object: KubeObject, generation: number): void;
  put(arrival: Arrival<T>, generation: number): readonly Change<T>[];
  remove(object: KubeObject): readonly Change<T>[];
  /** Removes what was not seen in `generation`: the end of a full list, without a second copy of it. */
  sweep(generation: number): readonly Change<T>[];
}

interface Entry<T> {
  readonly key: string;
  readonly namespace: string;
  readonly uid: string;
  readonly resourceVersion: string | undefined;
  readonly value: T;
  readonly indexKeys: readonly string[];
  generation: number;
}

/** 'namespace/name', or 'name' for a cluster-scoped object. */
export function keyOf(object: KubeObject): string {
  const { namespace, name } = object.metadata;
  return namespace === undefined ? name : `${namespace}/${name}`;
}

/** An empty store; `indexBy` says under which further keys a value is found. */
export function createStore<T>(indexBy: (value: T) => readonly string[]): Store<T> {
  return new KeyedStore(indexBy);
}

class KeyedStore<T> implements Store<T> {
  private readonly entries = new Map<string, Entry<T>>();
  private readonly namespaces = new Index<T>();
  private readonly index = new Index<T>();
  private readonly indexBy: (value: T) => readonly string[];

  constructor(indexBy: (value: T) => readonly string[]) {
    this.indexBy = indexBy;
  }

  get(key: string): T | undefined {
    return this.entries.get(key)?.value;
  }

  *values(): IterableIterator<T> {
    for (const entry of this.entries.values()) yield entry.value;
  }

  inNamespace(namespace: string): readonly T[] {
    return this.namespaces.get(namespace);
  }

  byIndex(indexKey: string): readonly T[] {
    return this.index.get(indexKey);
  }

  size(): number {
    return this.entries.size;
  }

  touch(object: KubeObject, generation: number): boolean {
    const held = this.entries.get(keyOf(object));
    const { uid, resourceVersion } = object.metadata;
    if (held?.uid !== uid || held.resourceVersion !== resourceVersion) return false;
    held.generation = generation;
    return true;
  }

  keep(object: KubeObject, generation: number): void {
    const held = this.entries.get(keyOf(object));
    if (held?.uid === object.metadata.uid) held.generation = generation;
  }

  put({ object, value }: Arrival<T>, generation: number): readonly Change<T>[] {
    const { namespace = '', uid, resourceVersion } = object.metadata;
    const key = keyOf(object);
    const held = this.entries.get(key);
    const entry = { key, namespace, uid, resourceVersion, value, indexKeys: this.indexBy(value), generation };
    if (held !== undefined) this.drop(held);
    this.insert(entry);
    if (held === undefined) return [{ type: 'add', key, value }];
    if (held.uid === uid) return [{ type: 'update', key, old: held.value, value }];
    return [
      { type: 'delete', key, old: held.value },
      { type: 'add', key, value },
    ];
  }

  remove(object: KubeObject): readonly Change<T>[] {
    const held = this.entries.get(keyOf(object));
    return held === undefined ? [] : [this.drop(held)];
  }

  sweep(generation: number): readonly Change<T>[] {
    return [...this.entries.values()].filter((entry) => entry.generation !== generation).map((entry) => this.drop(entry));
  }

  private insert(entry: Entry<T>): void {
    this.entries.set(entry.key, entry);
    this.namespaces.add(entry.namespace, entry);
    for (const indexKey of entry.indexKeys) this.index.add(indexKey, entry);
  }

  private drop(entry: Entry<T>): Change<T> {
    this.entries.delete(entry.key);
    this.namespaces.delete(entry.namespace, entry);
    for (const indexKey of entry.indexKeys) this.index.delete(indexKey, entry);
    return { type: 'delete', key: entry.key, old: entry.value };
  }
}

/** Entries by a key that many may share; empty groups leave nothing behind. */
class Index<T> {
  private readonly groups = new Map<string, Set<Entry<T>>>();

  get(indexKey: string): readonly T[] {
    return [...(this.groups.get(indexKey) ?? [])].map((entry) => entry.value);
  }

  add(indexKey: string, entry: Entry<T>): void {
    const group = this.groups.get(indexKey);
    if (group === undefined) this.groups.set(indexKey, new Set([entry]));
    else group.add(entry);
  }

  delete(indexKey: string, entry: Entry<T>): void {
    const group = this.groups.get(indexKey);
    group?.delete(entry);
    if (group?.size === 0) this.groups.delete(indexKey);
  }
}
