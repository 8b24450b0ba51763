// What a row of the tables of bad input is made of.

import type { LooseSpec } from './manifests.ts';

/** A mistake in words, the parts of a valid spec that it replaces, the field that the answer names, and what it says there. */
export type Mistake = [mistake: string, changes: LooseSpec, field: string, says: RegExp];

/** One wave with a namespace, and these parts of it replaced. */
export const wave = (changes: LooseSpec): LooseSpec => ({ waves: [{ name: 'all', namespaces: ['shop'], ...changes }] });

/** What the API server says about a word that is not one of these. */
export const oneOf = (value: string, ...allowed: string[]): RegExp =>
  new RegExp(`Unsupported value: "${value}": supported values: "${allowed.join('", "')}"`);
