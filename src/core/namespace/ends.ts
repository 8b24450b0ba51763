// Migrated, PartiallyMigrated, RolledBack and Halted: nothing is written but the end of the moving label and the way back
// of an armed workload whose first pod failed, until the cause of an exception is gone or a person asks for another try. Pure.

import type { NamespaceMigrationStatus, WorkloadRow } from '../../api/v1alpha1/namespace-migration.ts';
import { carriesAnyOf, isKeyed } from '../pair.ts';
import { isInLedger } from './ledger.ts';
import { workloadName } from '../workload/assessed.ts';
import type { Assessed } from '../workload/assessed.ts';
import { restoreFailed } from './failures.ts';
import { lookAgain } from './forward.ts';
import { endOfMoving } from './namespace-writes.ts';
import { isRepaired, retryValue, wantsBack } from './requests.ts';
import { restoreJudgement } from './restore-move.ts';
import { exceptionsOf, inNewState, inState, rosterOf, withRoster } from './roster.ts';
import type { Roster } from './roster.ts';
import { retrying } from './retry.ts';
import { standing } from './situation.ts';
import type { Situation } from './situation.ts';
import { act, advance, done, wait } from './step.ts';
import type { StepResult } from './step.ts';

/** Migrated and PartiallyMigrated: verified workloads are not judged again; armed ones are, and exceptions may clear. */
export function decideMigrated(s: Situation): StepResult {
  const ended = fenceAway(s);
  if (ended !== undefined) return ended;
  const roster = settledRoster(s);
  const status = withRoster(s.status, roster, s);
  if (inState(roster, 'Failed').length > 0) return armedFailed(roster, status, s);
  const exceptions = exceptionsOf(roster);
  const again = exceptions.length > 0 ? askedAgain({ ...s, status }) : undefined;
  if (again !== undefined) return again;
  if (s.step === 'Migrated') return rest(carried(status, s), roster, s);
  const cleared = exceptions.length === 0 || inState(roster, 'Pending').length > 0;
  if (!cleared || wantsBack(s)) return rest(status, roster, s);
  const kept = exceptions.filter((row) => row.state === 'Restored' || row.state === 'Drifted');
  const why = { reason: 'Waiting', message: 'the cause of an exception is gone' };
  return { kind: 'advance', status: retrying({ ...s, status }, why, kept) };
}

// Nothing more to do, unless a workload that was armed is being judged: its deadline is nobody's event. Nor is what becomes of
// pods that only a person can do something about: nobody watches pods of a namespace at its end.
function rest(status: NamespaceMigrationStatus, roster: Roster, s: Situation): StepResult {
  const moving = inState(roster, 'Moving');
  const awaited = s.step === 'PartiallyMigrated' && roster.others.some((row) => row.accepted === undefined);
  if (moving.length === 0)
    return awaited
      ? { kind: 'end', status, outcome: { kind: 'wait', reason: 'ExceptionsLeft', afterSeconds: 60 } }
      : done(status);
  return { kind: 'end', status, outcome: { kind: 'wait', reason: 'RollingOut', afterSeconds: lookAgain(moving, s) } };
}

// Whatever rollback.onFailure says, that workload alone goes back: the namespace had come to its end.
function armedFailed(roster: Roster, status: NamespaceMigrationStatus, s: Situation): StepResult {
  const failed = { ...status, failed: true };
  if (s.step === 'Migrated') {
    const names = inState(roster, 'Failed').map((a) => workloadName(a.workload));
    const message = `the first pod of an armed workload failed, so it goes back: ${names.slice(0, 3).join(', ')}`;
    return advance(s, 'PartiallyMigrated', { reason: 'ExceptionsLeft', message }, failed);
  }
  const returned = restoreFailed(roster, s);
  if (returned.ended !== undefined) return returned.ended;
  const { committed, ...rest } = { ...withRoster(s.status, returned.roster, s), failed: true };
  const next = returned.uncommitted || committed === undefined ? rest : { ...rest, committed };
  if (returned.actions.length > 0) return act(next, returned.actions);
  if (inState(returned.roster, 'Failed').length === 0) return done(next);
  return wait(next, { reason: 'ExceptionsLeft', message: s.status.message ?? '' }, 2);
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

// After the end only what was armed is judged; whatever else is in motion is the owners' business.
function settledRoster(s: Situation): Roster {
  const roster = rosterOf(s);
  const workloads = roster.workloads.flatMap((a): Assessed[] => {
    const { halt, ...judged } = a;
    const row = s.rows.get(a.workload.uid);
    if (row?.state === 'Armed' || row?.state === 'Moving') return [judged];
    if (isBornLater(a, s)) return [];
    const inMotion = a.state === 'Moving' || a.newlyFailed === true;
    return inMotion ? [{ workload: a.workload, pods: a.pods, state: 'Verified' }] : [judged];
  });
  return { ...roster, workloads };
}

// Carried by the committed namespace from its birth; counted once its pods verify.
function isBornLater(a: Assessed, s: Situation): boolean {
  const unproven = a.state === 'Pending' || a.state === 'Moving';
  return s.committed && unproven && !isInLedger(s.ledger, a.workload) && !isKeyed(a.workload.keys, s.pair);
}

/** RolledBack: keys that come back without us are drift. */
export function decideRolledBack(s: Situation): StepResult {
  const ended = fenceAway(s);
  if (ended !== undefined) return ended;
  const again = s.status.restoreCause === 'Failure' ? (askedAgain(s) ?? repaired(s)) : forwardAgain(s);
  if (again !== undefined) return again;
  const workloads = s.observation.workloads.filter((w) => !w.deleting).map((workload) => atRest(workload, s));
  return done(withRoster(s.status, { workloads, others: [] }, s));
}

function atRest(workload: Situation['observation']['workloads'][number], s: Situation): Assessed {
  const row = s.rows.get(workload.uid);
  const base = { workload, pods: s.podsOf.get(workloadName(workload)) ?? [] };
  if (carriesAnyOf(workload.keys, s.pair)) {
    const why = { reason: 'Drifted', message: 'our keys came back into its template without the operator' };
    return inNewState({ ...base, ...(row !== undefined && { row }) }, 'Drifted', why, s);
  }
  const kept = row?.state === 'Restored' || (row?.state === 'Listed' && restoreJudgement(base, s).kind === 'needsDeletion');
  return kept ? { ...base, row, state: row.state } : { ...base, state: 'Restored' };
}

/** Halted: as it is, until a person acts. */
export function decideHalted(s: Situation): StepResult {
  return fenceAway(s) ?? askedAgain(s) ?? repaired(s) ?? done(s.status);
}

function fenceAway(s: Situation): StepResult | undefined {
  const action = endOfMoving(s);
  return action && act(s.status, [action]);
}

function forwardAgain(s: Situation): StepResult | undefined {
  if (wantsBack(s)) return undefined;
  return { kind: 'advance', status: retrying(s, { reason: 'Waiting', message: 'asked to move forward again' }) };
}

// Another try because of a new value of the annotation.
function askedAgain(s: Situation): StepResult | undefined {
  const value = wantsBack(s) ? undefined : retryValue(s.observation.record, s.migration);
  if (value === undefined) return undefined;
  const status = retrying(s, { reason: 'Waiting', message: 'a person asked for another try' });
  return { kind: 'advance', status: { ...status, lastHandledRetryAt: value } };
}

// Another try because a workload that stands in the way was changed.
function repaired(s: Situation): StepResult | undefined {
  if (wantsBack(s) || !isRepaired([...s.rows.values()].filter(standsInTheWay), s)) return undefined;
  const why = { reason: 'Waiting', message: 'the template of a workload that stood in the way was changed' };
  return { kind: 'advance', status: retrying(s, why) };
}

function standsInTheWay(row: WorkloadRow): boolean {
  if (row.state === 'Restored') return row.reason !== 'RolledBack';
  return row.state === 'Failed' || row.state === 'Moving';
}
