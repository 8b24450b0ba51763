// Migrated, PartiallyMigrated, RolledBack and Halted: nothing is written but the end of the moving label, until the cause
// of an exception is gone, an armed workload gets its first pod, or a person asks for another try. Pure.

import { keys } from '../../api/v1alpha1/group.ts';
import type { NamespaceMigrationStatus, WorkloadRow } from '../../api/v1alpha1/namespace-migration.ts';
import { isKeyed } from '../pair.ts';
import type { Assessed } from '../workload/assess.ts';
import { namespaceAction, noKeys } from './namespace-keys.ts';
import { exceptionsOf, inNewState, inState, rosterOf, withRoster } from './roster.ts';
import { compare } from '../order.ts';
import type { Roster } from './roster.ts';
import { retrying, standing } from './situation.ts';
import type { Situation } from './situation.ts';
import { act, advance, done } from './step.ts';
import type { StepResult } from './step.ts';

/** Migrated and PartiallyMigrated: verified workloads are not judged again; armed ones are, and exceptions may clear. */
export function decideMigrated(s: Situation): StepResult {
  const ended = endOfMoving(s);
  if (ended !== undefined) return ended;
  const roster = settledRoster(s);
  const status = withRoster(s.status, roster, s);
  if (inState(roster, 'Failed').length > 0) {
    return advance(
      s,
      'Cutover',
      { reason: 'InProgress', message: 'the first pod of an armed workload failed; that workload goes back' },
      { ...status, failed: true },
    );
  }
  const exceptions = exceptionsOf(roster);
  const again = askedAgain(s, exceptions.length > 0);
  if (again !== undefined) return again;
  if (s.step === 'PartiallyMigrated') {
    const cleared = exceptions.length === 0 || inState(roster, 'Pending').length > 0;
    return cleared
      ? {
          kind: 'advance',
          status: retrying({ ...s, status }, { reason: 'Waiting', message: 'the cause of an exception is gone' }),
        }
      : done(status);
  }
  return done(carried(status, s));
}

function carried(status: NamespaceMigrationStatus, s: Situation): NamespaceMigrationStatus {
  const lost = s.settings.onManagedField !== 'PodOnly' && status.committed === true && !s.committed;
  if (lost)
    return standing(status, {
      reason: 'Drifted',
      message: 'the namespace’s keys of the target were taken away; workloads born from now on stay out of it',
    });
  return standing(status, { reason: 'Migrated', message: 'every workload is in the target mesh' });
}

// After the end only armed workloads are judged; whatever else is in motion is the owners' business.
function settledRoster(s: Situation): Roster {
  const roster = rosterOf(s);
  const workloads = roster.workloads.flatMap((a): Assessed[] => {
    const wasArmed = s.rows.get(a.workload.uid)?.state === 'Armed';
    if (wasArmed) return a.halt === undefined ? [a] : [{ ...a, state: 'Armed' }];
    if (a.state === 'Moving' || a.newlyFailed === true || a.halt !== undefined) return [verified(a)];
    const born = a.state === 'Pending' && s.committed;
    return born ? [] : [a];
  });
  return { ...roster, workloads };
}

function verified(a: Assessed): Assessed {
  return { workload: a.workload, pods: a.pods, state: 'Verified' };
}

/** RolledBack: keys that come back without us are drift. */
export function decideRolledBack(s: Situation): StepResult {
  const ended = endOfMoving(s);
  if (ended !== undefined) return ended;
  const again = s.status.restoreCause === 'Failure' ? askedAgain(s, true) : forwardAgain(s);
  if (again !== undefined) return again;
  const others = new Map((s.status.workloads ?? []).map((row) => [row.uid, row]));
  const workloads = s.observation.workloads
    .filter((w) => !w.deleting)
    .map((workload): Assessed => {
      const base: Assessed = { workload, pods: s.podsOf.get(`${workload.kind}/${workload.name}`) ?? [], state: 'Restored' };
      const row = others.get(workload.uid);
      if (!isKeyed(workload.keys, s.pair))
        return row === undefined || row.state === 'Drifted' ? base : { ...base, row, state: row.state };
      return inNewState(
        { ...base, ...(row !== undefined && { row }) },
        'Drifted',
        { reason: 'Drifted', message: 'our keys came back into its template without the operator' },
        s,
      );
    });
  return done(withRoster(s.status, { workloads, others: [] }, s));
}

/** Halted: as it is, until a person acts. */
export function decideHalted(s: Situation): StepResult {
  return endOfMoving(s) ?? askedAgain(s, true) ?? done(s.status);
}

function endOfMoving(s: Situation): StepResult | undefined {
  if (s.namespace.labels[keys.moving] === undefined) return undefined;
  const action = namespaceAction(s.namespace, noKeys, 'End');
  return action === undefined ? undefined : act(s.status, [action]);
}

function forwardAgain(s: Situation): StepResult | undefined {
  if (wantsBack(s)) return undefined;
  return { kind: 'advance', status: retrying(s, { reason: 'Waiting', message: 'asked to move forward again' }) };
}

/** A person asks for the source, here or for the whole migration. */
export function wantsBack(s: Situation): boolean {
  return (
    s.settings.rolledBack ||
    s.observation.record.spec.desiredState === 'RolledBack' ||
    s.migration.metadata.deletionTimestamp !== undefined
  );
}

// Another try: a new value of the annotation, or another template of a workload that failed.
function askedAgain(s: Situation, useful: boolean): StepResult | undefined {
  if (!useful || wantsBack(s)) return undefined;
  const value = retryValue(s);
  const changed = (s.status.workloads ?? []).some((row) => templateChanged(row, s));
  if (value === undefined && !changed) return undefined;
  const why = {
    reason: 'Waiting',
    message: changed ? 'the template of a failed workload was changed' : 'a person asked for another try',
  };
  const status = retrying(s, why);
  return { kind: 'advance', status: value === undefined ? status : { ...status, lastHandledRetryAt: value } };
}

function retryValue(s: Situation): string | undefined {
  const asked = [s.observation.record.metadata.annotations?.[keys.retryAt], s.migration.metadata.annotations?.[keys.retryAt]];
  const latest = asked
    .filter((value) => value !== undefined)
    .toSorted(compare)
    .at(-1);
  return latest === s.status.lastHandledRetryAt ? undefined : latest;
}

function templateChanged(row: WorkloadRow, s: Situation): boolean {
  if (row.state !== 'Failed' && row.state !== 'Restored') return false;
  if (row.template === undefined || row.reason === 'RolledBack') return false;
  const workload = s.observation.workloads.find((w) => w.uid === row.uid);
  return workload !== undefined && workload.template !== row.template;
}
