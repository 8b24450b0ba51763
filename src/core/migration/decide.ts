// decide for a whole migration: which wave starts, which namespace gets a place, which goes back. It alone hands out
// places, so that the pace holds whatever else runs. Pure, total, deterministic.

import { FINALIZER } from '../../api/v1alpha1/group.ts';
import type { Action } from '../action.ts';
import type { MigrationDecision, Outcome } from '../decision.ts';
import { resolveSettings } from '../settings.ts';
import { nextWave } from './forward.ts';
import type { Progress } from './forward.ts';
import { membershipOf } from './membership.ts';
import type { MigrationObservation } from './observation.ts';
import { restorePlaces } from './back.ts';
import { replaceRecords } from './records.ts';
import { migrationEvents, nextStatus } from './status.ts';
import { specProblem } from './validate.ts';

/**
 * What to do next for a migration.
 * @param now milliseconds since the epoch
 */
export function decideMigration(o: MigrationObservation, now: number): MigrationDecision {
  const membership = membershipOf(o);
  const back = wantsAllBack(o);
  // Whatever is wrong with the waves, the way back is open.
  const problem = back ? undefined : specProblem(o, membership);
  const progress: Progress = back
    ? restorePlaces(o, membership)
    : problem === undefined && !isDeleting(o)
      ? nextWave(o, membership)
      : { kind: 'stopped', actions: [], starting: [] };
  const status = nextStatus({ o, membership, progress, problem, back, now });
  const actions = [
    ...finalizerActions(
      o,
      membership.waves.every((w) => w.members.every((m) => m.record === undefined)),
    ),
    ...replaceRecords(o, membership, back),
    ...progress.actions,
  ];
  return {
    outcome: outcomeOf(actions, progress),
    status,
    events: migrationEvents(o.migration.status, status, back),
    upNext: progress.upNext ?? [],
  };
}

/** Everything shall go back: asked for, or the object is being deleted with `deletionPolicy: Rollback`. */
export function wantsAllBack(o: MigrationObservation): boolean {
  return resolveSettings(o.migration.spec).rolledBack || (isDeleting(o) && o.migration.spec.deletionPolicy === 'Rollback');
}

function isDeleting(o: MigrationObservation): boolean {
  return o.migration.metadata.deletionTimestamp !== undefined;
}

function outcomeOf(actions: readonly Action[], progress: Progress): Outcome {
  if (actions.length > 0) return { kind: 'act', actions };
  // No watch tells when the source is able again.
  if (progress.awaitsSource === true) return { kind: 'wait', reason: progress.kind, afterSeconds: 5 };
  return progress.kind === 'complete' ? { kind: 'done' } : { kind: 'wait', reason: progress.kind, afterSeconds: 30 };
}

// The finalizer is there exactly while a deletion would have to bring something back.
function finalizerActions(o: MigrationObservation, empty: boolean): Action[] {
  const present = o.migration.metadata.finalizers?.includes(FINALIZER) ?? false;
  const wanted = o.migration.spec.deletionPolicy === 'Rollback' && !(isDeleting(o) && empty);
  if (present === wanted || (wanted && isDeleting(o))) return [];
  return [{ kind: 'setFinalizer', present: wanted }];
}
