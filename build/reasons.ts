// The page on reasons, from the registry in the code. Text only; it writes nothing.

import { reasons, type ReasonText } from '../src/core/reasons.ts';

const intro = `<!-- Generated from src/core/reasons.ts by \`make generate\`. Edit the reasons there, not this file. -->

# Reasons

Every \`reason\` that the operator writes into a status, a condition or a list of failures: what it means, and what a
person can do about it. Reasons are part of the API: programs may act on them. Messages are for people and may change.

| Reason | Meaning | What to do |
| --- | --- | --- |
`;

/** Content of docs/reasons.md, in alphabetical order, so that a reason seen in a status is found at once. */
export function renderReasons(): string {
  const rows = Object.entries<ReasonText>(reasons)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([reason, { meaning, remedy }]) => `| \`${reason}\` | ${cell(meaning)} | ${cell(remedy)} |\n`);
  return intro + rows.join('');
}

function cell(text: string): string {
  return text.replaceAll('|', String.raw`\|`);
}
