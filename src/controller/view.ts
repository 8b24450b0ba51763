// View: one watched collection, seen through what this process itself has written since. A write's answer is newer than
// the watch for some milliseconds; looking at the watch alone would take our own keys for missing.

import type { KubeObject } from '../kube/object.ts';
import type { Change } from '../runtime/store.ts';
import type { Reflector } from '../runtime/reflector.ts';

/** What is kept of every object. */
export interface Versioned {
  name: string;
  uid: string;
  resourceVersion: string;
}

/** A collection as this process knows it. */
export interface View<T extends Versioned> {
  get(key: string): T | undefined;
  /** Everything, or what is in one namespace. */
  all(namespace?: string): T[];
  /** Takes the answer of a write of ours. */
  wrote(key: string, object: KubeObject): void;
  onChange(listener: (change: Change<T>) => void): () => void;
  readonly reflector: Reflector<T>;
}

/** A view of a reflector's collection. */
export function createView<T extends Versioned>(reflector: Reflector<T>, trim: (object: KubeObject) => T): View<T> {
  const written = new Map<string, T>();
  // Made by us and not seen by the watch yet; whatever the watch says of the key ends that.
  const unseen = new Set<string>();
  reflector.onChange(({ key }) => unseen.delete(key));
  const newest = (key: string, held: T | undefined): T | undefined => {
    const own = written.get(key);
    if (own === undefined || (held === undefined && unseen.has(key))) return own ?? held;
    // Gone, or another object by now: the watch knows better.
    const overtaken = held?.uid !== own.uid || BigInt(held.resourceVersion) >= BigInt(own.resourceVersion);
    if (!overtaken) return own;
    written.delete(key);
    return held;
  };
  return {
    reflector,
    get: (key) => newest(key, reflector.get(key)),
    all(namespace) {
      const held = namespace === undefined ? [...reflector.values()] : reflector.inNamespace(namespace);
      const known = held.map((value) => newest(keyOf(value, namespace), value) ?? value);
      return namespace === undefined ? [...known, ...[...unseen].flatMap((key) => written.get(key) ?? [])] : known;
    },
    wrote(key, object) {
      if (reflector.get(key) === undefined) unseen.add(key);
      written.set(key, trim(object));
    },
    onChange: (listener) => reflector.onChange(listener),
  };
}

function keyOf(value: Versioned, namespace: string | undefined): string {
  return namespace === undefined ? value.name : `${namespace}/${value.name}`;
}
