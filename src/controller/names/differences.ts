// What will be otherwise once callers have left the source, in one sentence for a status: how much, where, and who tells the rest. Pure.

import { few } from '../../core/few.ts';
import type { SettingLine } from '../../mesh/names.ts';

const shownPlaces = 3;
const longest = 1_000;
const aboutCalls = /^routers\[\d+\]\.(service|client)\b/;

/** The sentence about some callers; undefined where for them everything stays as it is. Of settings, those about calls are counted. */
export function differencesOf(settings: readonly SettingLine[], notes: readonly string[]): string | undefined {
  if (notes.length === 0) return undefined;
  const of = (fate: SettingLine['fate']): readonly string[] =>
    settings.filter((s) => s.fate === fate && aboutCalls.test(s.path)).map(({ path }) => path);
  const [lost, approximate] = [of('lost'), of('approximate')];
  const parts = [
    ...(lost.length === 0 ? [] : [`${lost.length} settings of the source are lost (${few(lost, shownPlaces)})`]),
    ...(approximate.length === 0 ? [] : [`${approximate.length} settings are approximate (${few(approximate, shownPlaces)})`]),
  ];
  return `${[few(notes, shownPlaces), ...parts].join('; ')}; kubectl mm plan tells each`.slice(0, longest);
}
