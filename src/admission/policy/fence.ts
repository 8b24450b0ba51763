// Policy room: what all fences of the operator's token share. A fence acts on the operator's user alone and fails
// closed; it holds whatever roles are granted.

import { ownLabel, ownPortPrefix } from '../../core/names.ts';
import { text, texts } from './cel.ts';
import { operatorUser, validatingPolicy } from './manifest.ts';
import type { PolicyManifest, ResourceRule, Validation, Variable } from './manifest.ts';

export { ownLabel, ownPortPrefix };

/** What one fence says. */
export interface Fence {
  name: string;
  description: string;
  resourceRules: readonly ResourceRule[];
  variables?: readonly Variable[];
  validations: readonly Validation[];
}

/** A policy that refuses requests of the operator's user. */
export function fencePolicy({ name, ...fence }: Fence): PolicyManifest[] {
  return validatingPolicy({
    name: `meshmigration-fence-${name}`,
    ...fence,
    failurePolicy: 'Fail',
    action: 'Deny',
    matchConditions: [{ name: 'operator', expression: `request.userInfo.username == ${text(operatorUser)}` }],
  });
}

/** A map of an object that may be missing. */
export function mapAt(object: string, path: readonly string[]): string {
  return `${object}${path.map((part) => `.?${part}`).join('')}.orValue({})`;
}

/** Two maps differ in no key but those for which `free` holds; `k` is the key. */
export function sameButFor(before: string, after: string, free: string): string {
  return `${after}.all(k, ${free} || (k in ${before} && ${before}[k] == ${after}[k])) &&
${before}.all(k, ${free} || k in ${after})`;
}

/** Fields of both versions of an object are equal. */
export function sameFields(path: readonly string[], fields: readonly string[]): string {
  const at = (object: string, field: string): string => `${object}${[...path, field].map((part) => `.?${part}`).join('')}`;
  return fields.map((field) => `${at('object', field)} == ${at('oldObject', field)}`).join(' &&\n');
}

/** Key `k` is one of these. */
export function keyIn(keys: readonly string[]): string {
  return `k in ${texts(keys)}`;
}

/** Metadata that the operator leaves alone on objects of others. */
export const untouchedMetadata: readonly string[] = ['finalizers', 'ownerReferences'];
