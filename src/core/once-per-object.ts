// Remembers what was made of an object that never changes: the next look at the same object, in the same circumstances, costs
// nothing. What is remembered goes when the object goes; losing it costs another computation.

/** What was made of `object`, made anew when it is another object or any of the circumstances is not the same as last time. */
export type OncePerObject<K extends object, V> = (object: K, circumstances: readonly unknown[], make: () => V) => V;

/** A memory for one kind of result. */
export function oncePerObject<K extends object, V>(): OncePerObject<K, V> {
  const kept = new WeakMap<K, { circumstances: readonly unknown[]; value: V }>();
  return (object, circumstances, make) => {
    const found = kept.get(object);
    if (found?.circumstances.every((part, i) => part === circumstances[i]) === true) return found.value;
    const value = make();
    kept.set(object, { circumstances, value });
    return value;
  };
}
