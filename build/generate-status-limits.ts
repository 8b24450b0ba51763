// Writes how long texts and lists of our statuses may be, as the CRDs say it; with --check fails when that is another.

import { parse } from 'yaml';
import { renderCrds } from './crd/render.ts';
import { projectRoot, settle } from './generated-files.ts';

interface Schema {
  maxLength?: number;
  maxItems?: number;
  properties?: Record<string, Schema>;
  items?: Schema;
}

interface Crd {
  spec: { names: { kind: string }; versions: { schema: { openAPIV3Schema: Schema } }[] };
}

function limitsOf(schema: Schema, path: string): [string, number][] {
  const own = schema.maxItems ?? schema.maxLength;
  const fields = Object.entries(schema.properties ?? {});
  return [
    ...(own === undefined ? [] : [[path, own] as [string, number]]),
    ...(schema.items === undefined ? [] : limitsOf(schema.items, `${path}[]`)),
    ...fields.flatMap(([name, field]) => limitsOf(field, path === '' ? name : `${path}.${name}`)),
  ];
}

function renderKind(text: string): string {
  const { spec } = parse(text) as Crd;
  const status = spec.versions[0]?.schema.openAPIV3Schema.properties?.['status'] ?? {};
  const lines = limitsOf(status, '').map(([path, limit]) => `    ${/^\w+$/.test(path) ? path : `'${path}'`}: ${limit},\n`);
  return `  ${spec.names.kind}: {\n${lines.join('')}  },\n`;
}

const kinds = [...renderCrds(projectRoot)].filter(([name]) => name.startsWith('meshmigration.io_')).map(([, text]) => text);
const text = `// How long texts and lists of our statuses may be. Generated from the types by \`make generate\`.

/** Characters (Unicode code points) of a text or entries of a list, by where it is in the status. */
export const statusLimits = {
${kinds.map(renderKind).join('')}} as const;
`;

process.exitCode = settle(new Map([['src/api/v1alpha1/status-limits.ts', text]]));
