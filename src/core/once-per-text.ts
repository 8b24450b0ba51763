// Remembers what was made of the last few texts: a configuration is asked for again and again, of many at once, and rarely
// differs. Losing it costs another computation.

/** What was made of `text`; made anew unless it is one of the last few. */
export type OncePerText<V> = (text: string, make: (text: string) => V) => V;

/**
 * A memory for one kind of result, which must not be changed by anybody.
 * @param most texts that it keeps
 */
export function oncePerText<V>(most: number): OncePerText<V> {
  const kept = new Map<string, { readonly value: V }>();
  return (text, make) => {
    const found = kept.get(text) ?? { value: make(text) };
    // The one that was asked for last goes last.
    kept.delete(text);
    kept.set(text, found);
    const [oldest] = kept.keys();
    if (kept.size > most && oldest !== undefined) kept.delete(oldest);
    return found.value;
  };
}
