// Translate room: the mapping table as a documentation page. Text in, text out; writing it is the business of a build script.

import type { Fate, MappingRow } from './mapping.ts';
import { MAPPING } from './mapping-table.ts';

/** The page, in Markdown. */
export function mappingPage(): string {
  return [
    '# From Linkerd 1 to Linkerd 2, field by field',
    '',
    '<!-- Generated from src/mesh/linkerd1/translate/mapping-*.ts. Do not edit. -->',
    '',
    'What becomes of every field of a Linkerd 1 configuration. **equivalent**: the same behaviour. **approximate**: near; the last column says what differs. **lost**: gone; the last column says what to do. Two columns of targets stand where a Service may be served by Gateway API routes or by a ServiceProfile; one of the two is chosen for each Service, never both.',
    '',
    ...section(
      'Names',
      (field) => /protocol|thrift|identifier|dstPrefix|dtab|interpreter|namers/.test(field) && !field.includes(':'),
    ),
    ...section('Services', (field) => field.startsWith('routers[].service')),
    ...section('Clients', (field) => field.startsWith('routers[].client')),
    ...section(
      'Everything else',
      (field) => !/^routers\[\]\.(service|client|protocol|thrift|identifier|dstPrefix|dtab|interpreter)|^namers/.test(field),
    ),
  ].join('\n');
}

function section(title: string, belongs: (field: string) => boolean): readonly string[] {
  const rows = MAPPING.filter(({ field }) => belongs(field)).flatMap(lines);
  return [`## ${title}`, '', '| Linkerd 1 | class | Linkerd 2 | what differs, what to do |', '|---|---|---|---|', ...rows, ''];
}

function lines(row: MappingRow): readonly string[] {
  const source = row.value === undefined ? `\`${row.field}\`` : `\`${row.field}\` = \`${row.value}\``;
  if (!row.serviceProfile) return [line(source, row.gateway)];
  return [line(`${source} (Gateway API)`, row.gateway), line(`${source} (ServiceProfile)`, row.serviceProfile)];
}

function line(source: string, fate: Fate): string {
  return `| ${[source, fate.class, fate.target, fate.text].map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}
