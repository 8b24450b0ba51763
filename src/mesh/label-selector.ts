// Kubernetes label selectors, evaluated on labels. Pure; an operator that is not known selects nothing.

import { arrayAt, fieldsAt, keyOf, listAt, textAt } from './pod-parts.ts';

/** The selector selects an object with these labels; an empty selector selects everything, an absent one nothing. */
export function selects(selector: unknown, labels: Readonly<Record<string, string>>): boolean {
  if (selector === undefined || selector === null) return false;
  const exact = Object.entries(fieldsAt(selector, 'matchLabels') ?? {});
  return (
    exact.every(([key, value]) => keyOf(labels, key) === value) &&
    listAt(selector, 'matchExpressions').every((requirement) => meets(requirement, labels))
  );
}

function meets(requirement: unknown, labels: Readonly<Record<string, string>>): boolean {
  const value = keyOf(labels, textAt(requirement, 'key') ?? '');
  const values = arrayAt(requirement, 'values');
  switch (textAt(requirement, 'operator')) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    default:
      return false;
  }
}
