// A reason, what happened and what to do about it, as sentences below a node. Pure.

import type { Note } from '../outline.ts';
import { clean } from '../text.ts';

/** What a status says of a problem. */
export interface Problem {
  readonly reason?: string | undefined;
  readonly message?: string | undefined;
  readonly remedy?: string | undefined;
}

/** `Reason: message`, and the remedy with an arrow before it. */
export function problemNotes({ reason = '', message = '', remedy = '' }: Problem): Note[] {
  const said = clean([reason, message === reason ? '' : message].filter(Boolean).join(': '));
  return [
    ...(said === '' ? [] : [{ text: said, tone: 'plain' } as const]),
    ...(clean(remedy) === '' ? [] : [{ text: clean(remedy), tone: 'strong', lead: '> ' } as const]),
  ];
}
