// Pending, Preflight and Prepare: everything that is found out before the first workload is written, and made for it. Writes no workload.

import { keys } from '../../api/v1alpha1/group.ts';
import { statusLimits } from '../../api/v1alpha1/status-limits.ts';
import type { Finding } from '../finding.ts';
import type { NameWrite } from '../names.ts';
import { leaveOtherPair, otherPairIn } from '../other-pair.ts';
import type { Verdict } from '../verdict.ts';
import { planCommit } from './namespace-keys.ts';
import { foundText } from './namespace-writes.ts';
import { exceptionOf } from '../workload/listing.ts';
import { previewOf, withRoster } from './roster.ts';
import { keyedNow, standing, triedNames } from './situation.ts';
import type { Situation, Why } from './situation.ts';
import { act, advance, done, halt, wait } from './step.ts';
import type { StepResult } from './step.ts';

const lookAgain = 10;
const unblocked = { reason: 'Waiting', message: 'what blocked the namespace is gone; it waits for a free place' };

/** Waits for the migration to give it a place. */
export function decidePending(s: Situation): StepResult {
  return done(s.status);
}

/** Looks for everything that would stop the move or an exception to it. */
export function decidePreflight(s: Situation): StepResult {
  // Nothing of this try is in flight, so keys that are absent now are news and no drift.
  const fresh = { ...s, ledger: keyedNow(s) };
  const status = withRoster(s.status, previewOf(fresh), fresh);
  const blocker = blockerOf(s);
  if (blocker !== undefined) return wait(status, { ...blocker, blocked: true }, lookAgain);
  if (s.status.blocked === true) {
    return advance(s, 'Pending', unblocked, status);
  }
  if (s.settings.paused) return wait(status, { reason: 'Paused', message: 'the migration is paused' });
  return advance(s, 'Prepare', { reason: 'InProgress', message: 'preparing names and routes in the target' }, status);
}

/** Prepares the names that callers need once they have left the source. */
export function decidePrepare(s: Situation): StepResult {
  const { awaited, changed } = s.observation.names;
  if (changed !== undefined) return halt(s, { reason: 'NamesChanged', message: changed });
  const waits = personStops(s) ?? (awaited && { ...awaited, blocked: true });
  return waits === undefined ? preparedNames(s) : wait(s.status, waits, lookAgain);
}

function preparedNames(s: Situation): StepResult {
  const { verdict, missing = [] } = s.observation.names;
  if (verdict.kind === 'unknown') return namesUnknown(verdict, s);
  const accepted = verdict.kind === 'pass' || s.settings.onBlockedName === 'Proceed';
  if (!accepted) return namesBlocked(verdict, s);
  if (missing.length > 0) return triedAgain(s, missing);
  if (s.status.blocked === true) return advance(s, 'Pending', unblocked);
  const message = verdict.kind === 'pass' ? 'moving workloads' : `moving workloads although: ${verdict.message}`;
  return advance(s, 'Cutover', { reason: 'InProgress', message }, withMade(withDifferences(s), s));
}

// Before the first write: only what is listed is ever taken away.
function withMade(status: Situation['status'], { observation }: Situation): Situation['status'] {
  const { made } = observation.names;
  return made === undefined ? status : { ...status, names: [...made] };
}

// They stay in the status for as long as the namespace is in the target.
function withDifferences({ status, observation }: Situation): Situation['status'] {
  const { differences } = observation.names;
  const { warnings = [], ...rest } = status;
  const others = warnings.filter(({ reason }) => reason !== 'NamesDiffer');
  const own = differences === undefined ? [] : [{ reason: 'NamesDiffer', message: differences }];
  const all = [...own, ...others];
  return all.length === 0 ? rest : { ...rest, warnings: all };
}

function namesUnknown(verdict: Verdict & { kind: 'unknown' }, s: Situation): StepResult {
  const blocked = s.status.blocked === true && { blocked: true };
  return wait(s.status, { ...why(verdict), ...blocked }, s.observation.names.lookAgainSeconds ?? lookAgain);
}

function namesBlocked(verdict: Verdict & { kind: 'fail' }, s: Situation): StepResult {
  const { remedy } = s.observation.names;
  return wait(s.status, { ...why(verdict), ...(remedy !== undefined && { remedy }), blocked: true }, lookAgain);
}

function why({ reason, message }: { reason: string; message: string }): Why {
  return { reason, message };
}

// What was refused is tried from where the namespace stands: nothing is unblocked before it went well.
function triedAgain(s: Situation, missing: readonly NameWrite[]): StepResult {
  const pause = pauseBetweenTries(s);
  if (pause !== undefined) return pause;
  if (s.status.blocked === true && !isRefused(s)) return advance(s, 'Pending', unblocked);
  return writeNames(s, missing);
}

function pauseBetweenTries(s: Situation): StepResult | undefined {
  const tried = triedNames(s, 'prepareNames');
  if (tried === undefined || tried.nextAt <= s.now) return undefined;
  const seconds = (tried.nextAt - s.now) / 1_000;
  const { refusal } = tried;
  if (refusal !== undefined) return wait(s.status, { ...refusal, blocked: true }, seconds);
  const blocked = s.status.blocked === true && { blocked: true };
  return wait(s.status, { reason: 'NamesPending', message: 'names that were made are gone again', ...blocked }, seconds);
}

const refusals: readonly string[] = ['WriteRefused', 'PermissionDenied', 'FieldOwnedByGitOps'];

function isRefused({ status }: Situation): boolean {
  return status.blocked === true && refusals.includes(status.reason ?? '');
}

function writeNames(s: Situation, writes: readonly NameWrite[]): StepResult {
  const stopper = stopperOf(s);
  if (stopper !== undefined) return wait(s.status, stopper, lookAgain);
  const action = { kind: 'prepareNames' as const, namespace: s.namespace.name, writes };
  const status = withMade(s.status, s);
  if (status.blocked === true) return act(status, [action]);
  const message = `making ${writes.length === 1 ? 'a name' : `${writes.length} objects for names`} that callers need`;
  return act(standing(status, { reason: 'InProgress', message }), [action]);
}

/** Why nothing new may start in a namespace that is already on its way; undefined when it may. */
export function stopperOf(s: Situation): Why | undefined {
  const stopped = personStops(s);
  if (stopped !== undefined) return stopped;
  const { target } = s.observation.cluster;
  if (target.kind !== 'pass' && s.step !== 'Restore')
    return { reason: 'TargetNotReady', message: `${target.message}; deadlines stand still` };
  return undefined;
}

function personStops(s: Situation): Why | undefined {
  return heldReason(s) ?? (s.settings.paused ? { reason: 'Paused', message: 'the migration is paused' } : undefined);
}

function heldReason(s: Situation): Why | undefined {
  const held = s.namespace.annotations[keys.hold];
  return held === undefined
    ? undefined
    : { reason: 'Held', message: `held by a person: ${held || 'no reason given'}`, blocked: true };
}

function blockerOf(s: Situation): Why | undefined {
  const { cluster } = s.observation;
  return (
    heldReason(s) ??
    otherPair(s) ??
    tooManyWorkloads(s) ??
    fromFinding([...cluster.findings, ...s.namespace.findings]) ??
    fromVerdict('SourceNotHealthy', cluster.source) ??
    fromVerdict('TargetNotReady', cluster.target) ??
    fromVerdict('AdmissionNotActive', cluster.admission) ??
    lackingRoutes(s) ??
    ownedKey(s)
  );
}

function tooManyWorkloads({ observation, pair, settings }: Situation): Why | undefined {
  const movable = observation.workloads.filter((w) => !w.deleting && exceptionOf(w, pair, settings) === undefined).length;
  const limit = statusLimits.NamespaceMigration.keyed;
  if (movable <= limit) return undefined;
  const message = `${movable} workloads would move, and its record has room for ${limit}`;
  return { reason: 'TooManyWorkloads', message, blocked: true };
}

// Its templates still need what those keys do: with others, what they hide from the pods would be back.
function otherPair({ namespace, pair }: Situation): Why | undefined {
  const way = otherPairIn(namespace.labels, pair);
  if (way === undefined) return undefined;
  const message = `the namespace carries the keys of an earlier move from ${way}`;
  return { reason: 'OtherPair', message, remedy: leaveOtherPair(namespace.name, `from ${way}`) };
}

function fromFinding(findings: readonly Finding[]): Why | undefined {
  const blocking = findings.find((f) => f.severity === 'block');
  return blocking && { reason: blocking.reason, message: blocking.message, remedy: blocking.remedy };
}

function fromVerdict(reason: string, verdict: Verdict): Why | undefined {
  return verdict.kind === 'pass' ? undefined : { reason, message: verdict.message };
}

// With onBlocked: Proceed a person has taken names for given up that need what is not there.
function lackingRoutes({ observation, settings }: Situation): Why | undefined {
  const { lacking } = observation.names;
  return lacking === undefined || settings.onBlockedName === 'Proceed' ? undefined : { reason: 'TargetLacksRoutes', ...lacking };
}

// The namespace's own key has another value already: somebody else owns it, and nobody wins such a fight.
function ownedKey(s: Situation): Why | undefined {
  const policy = s.settings.onManagedField;
  if (policy === 'PodOnly' || policy === 'Takeover') return undefined;
  const plan = planCommit(s.observation, s.namespace);
  if (plan.kind === 'conflict')
    return {
      reason: 'FieldOwnedByGitOps',
      message: `its key ${foundText(plan, s.namespace)} now, and was something else when its record was made`,
    };
  const owned = [...plan.labels, ...plan.annotations].find((change) => change.from !== undefined);
  if (owned === undefined) return undefined;
  const { key, from: found, to } = owned;
  return { reason: 'FieldOwnedByGitOps', message: `its key ${foundText({ key, found }, s.namespace)} and must be "${to ?? ''}"` };
}
