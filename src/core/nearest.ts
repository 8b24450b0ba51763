// The word that was probably meant. Pure.

/** The first of the names that two slips of the keyboard at most turn into the word; undefined where none is so near. */
export function nearestOf(word: string, names: readonly string[]): string | undefined {
  const ranked = names
    .map((name) => ({ name, slips: editDistance(word, name) }))
    .filter(({ name, slips }) => slips <= 2 && slips < name.length)
    .toSorted((a, b) => a.slips - b.slips);
  return ranked[0]?.name;
}

/** Letters too many, missing, other ones, or two neighbours exchanged (optimal string alignment distance). */
export function editDistance(a: string, b: string): number {
  let older: readonly number[] = [];
  let last: readonly number[] = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const other = a[i - 1] === b[j - 1] ? 0 : 1;
      const exchanged = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1] ? at(older, j - 2) + 1 : Infinity;
      row.push(Math.min(at(last, j) + 1, at(row, j - 1) + 1, at(last, j - 1) + other, exchanged));
    }
    older = last;
    last = row;
  }
  return at(last, b.length);
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? Infinity;
}
