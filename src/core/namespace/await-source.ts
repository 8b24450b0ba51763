// Waiting for the source: before anything goes back into it, it must have been seen to be able. One look that finds it otherwise is
// no news yet: a pod of it restarts, an API server does. What lasts halts the namespace. Pure.

import type { NamespaceMigrationStatus } from '../../api/v1alpha1/namespace-migration.ts';
import { awaitsSource, clockGoesOn, iso } from './situation.ts';
import type { Situation } from './situation.ts';
import { halt, wait } from './step.ts';
import type { StepResult } from './step.ts';

const patienceSeconds = 60;
// As often as bad news about a mesh is asked about anew.
const lookAgainSeconds = 2;

/**
 * Ends the pass while the source is not able: nothing is written, and when it lasts the namespace halts. Undefined where the source
 * is able. The beginning is kept in the status, as deadlines stand still meanwhile.
 */
export function sourceAwaited(s: Situation, status: NamespaceMigrationStatus = s.status): StepResult | undefined {
  const { source } = s.observation.cluster;
  if (source.kind === 'pass') return undefined;
  const next = stopped(s, status);
  const waited = (s.now - Date.parse(next.clockStoppedTime)) / 1_000;
  const left = Math.min(patienceSeconds, s.settings.progressDeadlineSeconds) - waited;
  if (left <= 0) return halt(s, { reason: 'SourceNotHealthy', message: `not rolled back: ${source.message}` }, next);
  const message = `nothing goes back while the source mesh is not seen to work: ${source.message}`;
  return wait(next, { reason: 'SourceNotHealthy', message }, Math.min(lookAgainSeconds, left));
}

// A clock that stood still for another reason ends here.
function stopped(s: Situation, status: NamespaceMigrationStatus): NamespaceMigrationStatus & { clockStoppedTime: string } {
  const since = awaitsSource(s.status) ? s.status.clockStoppedTime : undefined;
  if (since !== undefined) return { ...status, clockStoppedTime: since };
  return { ...clockGoesOn(status, s.now), clockStoppedTime: iso(s.now) };
}
