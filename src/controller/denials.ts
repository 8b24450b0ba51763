// Denials: an API server that has just started knows no roles for a moment and denies what it allows. So a denial counts
// only when it has lasted. What is remembered here may be lost at any time. Decides nothing else.

import type { KubeError } from '../kube/kube-error.ts';

/** Remembers since when something is denied. */
export interface Denials {
  /** True while the denial may still pass: within the first half minute. Admission's refusals never pass by themselves. */
  mayPass(error: KubeError): boolean;
}

const lastingMs = 30_000;
// As long as nobody asked again within this time, an old denial says nothing about a new one.
const forgottenMs = 120_000;

/** Denials by what was denied. */
export function createDenials(monotonicMs: () => number): Denials {
  const since = new Map<string, { first: number; last: number }>();
  return {
    mayPass(error) {
      if (error.kind !== 'forbidden' || !/ cannot [a-z]+ resource /.test(error.message)) return false;
      const now = monotonicMs();
      const known = since.get(error.message);
      const first = known === undefined || now - known.last > forgottenMs ? now : known.first;
      since.set(error.message, { first, last: now });
      return now - first < lastingMs;
    },
  };
}
