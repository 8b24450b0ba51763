// Kubernetes quantities as numbers, exact enough to compare. Pure.

const suffixes: Readonly<Record<string, number>> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

/** The value of a quantity such as 100m, 1.5, 2e3 or 64Mi in its base unit; undefined when it is none. */
export function readQuantity(text: string): number | undefined {
  const parts = /^([+-]?(?:\d+\.?\d*|\.\d+))(?:([eE][+-]?\d+)|(n|u|m|k|[KMGTPE]i|[MGTPE])?)$/.exec(text);
  if (parts === null) return undefined;
  const [, digits = '', exponent = '', suffix = ''] = parts;
  const factor = suffixes[suffix];
  return factor === undefined ? undefined : Number(digits + exponent) * factor;
}
