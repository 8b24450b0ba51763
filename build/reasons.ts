// The page on reasons, from the registry in the code. Text only; it writes nothing.

import { eventReasons } from '../src/core/event-reasons.ts';
import { reasons, type ReasonText } from '../src/core/reasons.ts';

const intro = `<!-- Generated from src/core/reasons.ts and src/core/event-reasons.ts by \`make generate\`. Edit the reasons there, not this file. -->

# Reasons

Every \`reason\` that the operator writes into a status, a condition or a list of failures: what it means, and what a
person can do about it. Reasons are part of the API: programs may act on them. Messages are for people and may change.

| Reason | Meaning | What to do |
| --- | --- | --- |
`;

const events = `
## Events

What happened is told once, as an event, on the Namespace unless said otherwise; a MeshMigration has one more whenever the
reason of its condition Ready changes, with that reason. Events expire: whoever must know reads the status.

| Reason | What happened |
| --- | --- |
`;

/** Content of docs/reasons.md, in alphabetical order, so that a reason seen in a status is found at once. */
export function renderReasons(): string {
  const rows = Object.entries<ReasonText>(reasons)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([reason, { meaning, remedy }]) => `| \`${reason}\` | ${cell(meaning)} | ${cell(remedy)} |\n`);
  const told = Object.entries(eventReasons).map(([reason, what]) => `| \`${reason}\` | ${cell(what)} |\n`);
  return intro + rows.join('') + events + told.join('');
}

function cell(text: string): string {
  return text.replaceAll('|', String.raw`\|`);
}
