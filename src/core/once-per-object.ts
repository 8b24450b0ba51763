// Remembers what was made of an object that never changes: the next look at the same object, in the same circumstances, costs
// nothing. What is remembered goes when the object goes; losing it costs another computation.

/** What was made of `object`, made anew when it is another object or any of the circumstances is not the same as last time. */
export type OncePerObject<K extends object, V> = (object: K, circumstances: readonly unknown[], make: () => V) => V;

/** A memory for one kind of result. It keeps no circumstance alive: what has passed may be large, and is looked at no more. */
export function oncePerObject<K extends object, V>(): OncePerObject<K, V> {
  const kept = new WeakMap<K, { identities: readonly unknown[]; value: V }>();
  return (object, circumstances, make) => {
    const found = kept.get(object);
    if (found?.identities.every((identity, i) => identity === identityOf(circumstances[i])) === true) return found.value;
    const value = make();
    kept.set(object, { identities: circumstances.map(identityOf), value });
    return value;
  };
}

const tokens = new WeakMap<object, symbol>();

// Of an object a token that stands for it, and for no other ever; of anything else the thing itself.
function identityOf(part: unknown): unknown {
  if ((typeof part !== 'object' && typeof part !== 'function') || part === null) return part;
  const known = tokens.get(part);
  if (known !== undefined) return known;
  const token = Symbol('identity');
  tokens.set(part, token);
  return token;
}
