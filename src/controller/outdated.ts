// Which refusals only mean that the world has changed since a write was decided on. Decides nothing.

import type { KubeError } from '../kube/kube-error.ts';

/**
 * A JSON Patch whose test fails or whose path is gone is answered 422 with a sentence that says neither (apimachinery keeps
 * the reason back); an apply with the uid of another object, or of one that is gone, complains about a field.
 */
export function isOutdated(error: KubeError): boolean {
  if (error.kind === 'conflict') return true;
  return (
    error.kind === 'invalid' &&
    /due to an error in our request$|field is immutable|required value|precondition/i.test(error.message)
  );
}
