// What a step of the move answers. A step either goes on to the next at once, or ends the pass.

import type { NamespaceMigrationStatus } from '../../api/v1alpha1/namespace-migration.ts';
import type { Action } from '../action.ts';
import type { Outcome } from '../decision.ts';
import { entering, standing } from './situation.ts';
import type { Situation, Why } from './situation.ts';
import type { Step } from '../../api/v1alpha1/namespace-migration.ts';

/** The answer of one step. */
export type StepResult =
  { kind: 'advance'; status: NamespaceMigrationStatus } | { kind: 'end'; status: NamespaceMigrationStatus; outcome: Outcome };

/** Goes on with another step in the same pass. */
export function advance(s: Situation, step: Step, why: Why, status: NamespaceMigrationStatus = s.status): StepResult {
  return { kind: 'advance', status: entering(status, step, why, s.now) };
}

/** Carries out actions. */
export function act(status: NamespaceMigrationStatus, actions: readonly Action[]): StepResult {
  return { kind: 'end', status, outcome: { kind: 'act', actions } };
}

/** Waits for the world, looking again after some seconds at the latest. */
export function wait(status: NamespaceMigrationStatus, why: Why, afterSeconds?: number): StepResult {
  const outcome: Outcome = { kind: 'wait', reason: why.reason, ...(afterSeconds !== undefined && { afterSeconds }) };
  return { kind: 'end', status: standing(status, why), outcome };
}

/** Nothing more to do until something changes. */
export function done(status: NamespaceMigrationStatus): StepResult {
  return { kind: 'end', status, outcome: { kind: 'done' } };
}

/** Stops until a person acts. Templates are remembered as they are now, so that another one is seen as an act. */
export function halt(s: Situation, why: Why, status: NamespaceMigrationStatus = s.status): StepResult {
  const templates = new Map(s.observation.workloads.map((w) => [w.uid, w.template]));
  const workloads = (status.workloads ?? []).map((row) => {
    const template = templates.get(row.uid);
    return template === undefined ? row : { ...row, template };
  });
  return advance(s, 'Halted', why, { ...status, workloads, failed: true });
}
