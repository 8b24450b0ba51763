// Says where a status breaks the limits of its committed CRD. It counts as the API server does: Unicode code points.

import { crdsByKind } from './crd-nodes.ts';
import type { Schema } from './crd-nodes.ts';

const crds = crdsByKind();

/** Every place of the status that is longer than its CRD allows. */
export function violations(kind: string, status: object): string[] {
  const root = crds.get(kind)?.spec.versions[0]?.schema.openAPIV3Schema.properties?.['status'];
  return root === undefined ? [`no such kind: ${kind}`] : below(root, status, 'status');
}

function below(schema: Schema, value: unknown, path: string): string[] {
  if (typeof value === 'string') return over(path, Array.from(value).length, schema.maxLength);
  if (Array.isArray(value)) {
    const items = schema.items;
    const inside = items === undefined ? [] : value.flatMap((entry, i) => below(items, entry, `${path}[${i}]`));
    return [...over(path, value.length, schema.maxItems), ...inside];
  }
  return Object.entries(value ?? {}).flatMap(([name, field]: [string, unknown]) => {
    const child = schema.properties?.[name];
    return child === undefined ? [`${path}.${name}: unknown`] : below(child, field, `${path}.${name}`);
  });
}

function over(path: string, length: number, limit: number | undefined): string[] {
  return limit !== undefined && length > limit ? [`${path}: ${length} > ${limit}`] : [];
}
