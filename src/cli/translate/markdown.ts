// A translated configuration as Markdown, for tickets and pull requests. Pure.

import { describeFinding } from '../../mesh/offline.ts';
import { clean } from '../text.ts';
import { classes, dtabText, nameOfField } from './outline-of.ts';
import type { Translation } from './outline-of.ts';

/** The whole report. */
export function translationMarkdown({ findings, fields, routers }: Translation): string {
  const mistakes = findings.map((finding) => `- ${inline(describeFinding(finding))}`);
  const rows = classes.flatMap(({ of, title }) =>
    fields
      .filter(({ fate }) => fate.class === of)
      .map(
        ({ path, value, fate }) =>
          `| ${code(nameOfField({ path, value }))} | ${title} | ${inline(fate.target)} | ${inline(fate.text)} |`,
      ),
  );
  const policies = routers.flatMap(({ label, dtab, templates }) => [
    `- router ${code(label)}: ${inline(dtabText(dtab))}`,
    ...templates.map(({ prefix, policy }) => `  - ${code(prefix)}: ${policy.mode}, ${inline(policy.because)}`),
  ]);
  return [
    ...section('Mistakes', mistakes),
    ...section('Fields', rows.length === 0 ? [] : ['| field | class | becomes | note |', '|---|---|---|---|', ...rows]),
    ...section('Policies', policies),
  ].join('\n');
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [`## ${title}`, '', ...lines, ''];
}

function inline(text: string): string {
  return clean(text).replaceAll(/[\\`*_<>|[\]]/g, String.raw`\$&`);
}

// A bar would end the cell of a table even inside of code.
function code(text: string): string {
  return `\`${clean(text)
    .replaceAll('`', "'")
    .replaceAll('|', String.raw`\|`)}\``;
}
