// Translate room: shares of calls to the whole numbers that an HTTPRoute wants. Pure.

/** The largest weight that Gateway API allows. */
const MAX_WEIGHT = 1_000_000;
/** Denominators up to here are looked at; beyond, weights are rounded to it. */
const MAX_DENOMINATOR = 1_000;

/** Whole numbers. */
export interface Weights {
  readonly weights: readonly number[];
  /** They are the shares exactly (to nine digits). */
  readonly exact: boolean;
}

/**
 * The smallest whole numbers in the proportion of `shares`. A share above zero never becomes zero.
 * @param shares not negative, at least one above zero
 */
export function integerWeights(shares: readonly number[]): Weights {
  const sum = shares.reduce((total, share) => total + share, 0);
  const parts = shares.map((share) => share / sum);
  for (let denominator = 1; denominator <= MAX_DENOMINATOR; denominator++) {
    const scaled = parts.map((part) => part * denominator);
    if (scaled.every((value) => Math.abs(value - Math.round(value)) < 1e-9 * denominator))
      return { weights: scaled.map(Math.round), exact: true };
  }
  const rounded = parts.map((part) => (part === 0 ? 0 : Math.min(MAX_WEIGHT, Math.max(1, Math.round(part * MAX_DENOMINATOR)))));
  return { weights: rounded, exact: false };
}
