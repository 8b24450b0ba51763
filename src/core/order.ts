// One order for everything that is sorted: plain comparison by code unit, the same on every machine. Pure.

/** Negative, zero or positive, as sort functions want it. */
export function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
