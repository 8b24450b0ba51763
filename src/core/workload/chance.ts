// Chance: whether a share of failures says something, or so few of so few could be chance. Knows no pods and no reasons. Pure.

/** What can be said of a share of failures. unclear: more than is allowed, and no more than chance may bring. */
export type ShareVerdict = 'within' | 'unclear' | 'beyond';

/** Failures that come by chance less often than this are none. */
export const significance = 0.01;

/**
 * Compares failures with the share that is allowed.
 * @param allowed from 0, where each failure counts, to 1
 */
export function judgeShare(failures: number, total: number, allowed: number): ShareVerdict {
  // Whole percents in binary are not exact: one of a hundred is not more than 1 %.
  if (failures <= allowed * total * (1 + 1e-12)) return 'within';
  return isChance(failures, total, allowed) ? 'unclear' : 'beyond';
}

/** Whether as many failures or more come with the given share at least as often as the level says. */
export function isChance(failures: number, total: number, share: number, level = significance): boolean {
  return atLeast(failures, total, share) >= level;
}

/** The probability of `count` or more among `total`, each with the probability `share`; 1 from the expected number down. */
export function atLeast(count: number, total: number, share: number): number {
  if (count <= share * total) return 1;
  if (share <= 0) return 0;
  // Above the expected number each term is smaller than the one before, so what is left is less than a geometric series.
  const odds = share / (1 - share);
  let term = exactly(count, total, share);
  let sum = term;
  for (let i = count; i < total && term > sum * 1e-9; i += 1) {
    term *= ((total - i) / (i + 1)) * odds;
    sum += term;
  }
  return Math.min(1, sum);
}

/**
 * The largest share with which no more than so many of `total` would still be no surprise: what a sample leaves open about
 * the share that it was taken from. 1 where nothing was counted.
 */
export function highestShare(count: number, total: number): number {
  let [low, high] = [total === 0 ? 1 : count / total, 1];
  for (let i = 0; i < 30 && high - low > 1e-6; i += 1) {
    const share = (low + high) / 2;
    if (isChance(total - count, total, 1 - share)) low = share;
    else high = share;
  }
  return high;
}

// By its distance from what is expected: factorials of millions have no digits left for the difference of two of them.
function exactly(count: number, total: number, share: number): number {
  const rest = total - count;
  if (rest === 0) return share ** total;
  const distance = count * Math.log(count / (total * share)) + rest * Math.log(rest / (total * (1 - share)));
  const size = Math.sqrt(total / (2 * Math.PI * count * rest));
  return size * Math.exp(stirling(total) - stirling(count) - stirling(rest) - distance);
}

// What Stirling's formula leaves out of the logarithm of a factorial.
function stirling(n: number): number {
  return (1 / 12 - (1 / 360 - (1 / 1260 - 1 / (1680 * n * n)) / (n * n)) / (n * n)) / n;
}
