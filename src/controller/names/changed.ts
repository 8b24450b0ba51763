// Names that the source answers otherwise than it would without our objects: cluster and source are never read at the same moment,
// and teams change Services all the time. What counts is what two readings show, some seconds apart. It asks nothing itself; losing
// what it remembers means asking for some seconds more.

import type { NamesState } from '../../core/observation.ts';
import { fail, unknown, worst } from '../../core/verdict.ts';
import type { ChangedName, NamesAnswer } from '../../mesh/names.ts';

/** What is remembered of changed names. */
export interface ChangedNames {
  /**
   * The state with what changed names mean for it.
   * @param id of the record
   * @param readAtMs monotonic; when cluster and source began to be read for this answer
   */
  judge(id: string, readAtMs: number, of: { answer: NamesAnswer; state: NamesState }): NamesState;
  forget(id: string): void;
}

/** Milliseconds between two readings that both count. */
export const apartMs = 5_000;

interface Suspect extends ChangedName {
  readonly since: number;
  readonly lastSeen: number;
}

type Suspects = ReadonlyMap<string, Suspect>;

/** Nothing was seen yet. */
export function createChangedNames(): ChangedNames {
  const held = new Map<string, Suspects>();
  return {
    judge(id, readAtMs, { answer, state }) {
      const suspects = suspectsOf(held.get(id) ?? new Map<string, Suspect>(), readAtMs, answer);
      if (suspects.size === 0) held.delete(id);
      else held.set(id, suspects);
      return judged([...suspects.values()], state);
    },
    forget: (id) => void held.delete(id),
  };
}

// Of a name that could not be asked about this time nothing new is known.
function suspectsOf(before: Suspects, readAtMs: number, { changed = [], unasked = [] }: NamesAnswer): Suspects {
  const kept = unasked.flatMap((name) => before.get(name) ?? []);
  const seen = changed.map((one): Suspect => {
    const known = before.get(one.name);
    return { ...one, since: known?.ours === one.ours ? known.since : readAtMs, lastSeen: readAtMs };
  });
  return new Map([...kept, ...seen].map((one) => [one.name, one]));
}

function judged(suspects: readonly Suspect[], state: NamesState): NamesState {
  const isSure = ({ since, lastSeen }: Suspect): boolean => lastSeen - since >= apartMs;
  const ours = suspects.find((one) => one.ours && isSure(one));
  if (ours !== undefined) return { ...state, changed: ours.message };
  const unsure = suspects.find((one) => !isSure(one));
  if (unsure !== undefined)
    return { ...state, verdict: unknown('NamesPending', `${unsure.message}; it is asked again`), lookAgainSeconds: 2 };
  const [other] = suspects;
  if (other === undefined) return state;
  const verdict = worst([state.verdict, fail('NamesBlocked', other.message)]);
  return { ...state, verdict, ...(state.verdict.kind !== 'fail' && { remedy: other.remedy }) };
}
