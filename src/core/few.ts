// Many names in a sentence for people: the first few, and how many more there are. Pure.

/** The names as `a, b and 3 more`; all of them where they are no more than `most`. */
export function few(names: readonly string[], most: number): string {
  const left = names.length - most;
  return `${names.slice(0, most).join(', ')}${left > 0 ? ` and ${left} more` : ''}`;
}
