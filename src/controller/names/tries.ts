// Tries of writes about names: when the next may be. What comes back at once, or is refused, must not become a storm of writes. Pure.

import type { Action } from '../../core/action.ts';
import type { NamespaceDecision } from '../../core/decision.ts';
import type { NamesTried } from '../../core/observation.ts';
import type { Applied } from '../apply.ts';

type NamesAction = Extract<Action, { kind: NamesTried['what'] }>;

/** A try that was just made. */
export interface TriedNow {
  readonly what: NamesTried['what'];
  readonly applied: Applied;
}

/** Milliseconds from a try to the next. */
const pausesMs = {
  prepareNames: { done: 2_000, stale: 2_000, refused: 30_000 },
  removeNames: { done: 10_000, stale: 2_000, refused: 10_000 },
} as const;

/** The row of tries with this one. */
export function triedAgain(before: NamesTried | undefined, { what, applied }: TriedNow, now: number): NamesTried {
  const since = before?.what === what ? before.since : now;
  const nextAt = now + pausesMs[what][applied.kind];
  if (applied.kind !== 'refused') return { what, since, nextAt };
  return { what, since, nextAt, refusal: { reason: applied.reason, message: applied.message } };
}

/** The action writes names. */
export function isNamesAction(action: Action): action is NamesAction {
  return action.kind === 'prepareNames' || action.kind === 'removeNames';
}

/** More tries may follow: until the namespace has come further, or nothing more is to be done. */
export function isAboutNames({ status, outcome }: NamespaceDecision): boolean {
  if (outcome.kind !== 'wait') return false;
  return status.step === 'Prepare' || status.step === 'Restore' || outcome.reason === 'NamespaceGone';
}
