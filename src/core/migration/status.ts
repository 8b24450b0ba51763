// The status of a migration: counts, failures, conditions and one line for people. Pure; kstatus and the API conventions.

import type { WaveStatus } from '../../api/v1alpha1/mesh-migration-status.ts';
import type { MeshMigrationStatus } from '../../api/v1alpha1/mesh-migration.ts';
import { keys } from '../../api/v1alpha1/group.ts';
import type { Action, EventNote } from '../action.ts';
import { countNamespaces, countWorkloads, isSettled, memberState } from './census.ts';
import type { MemberState } from './census.ts';
import { conditionsFor, standingOf } from './conditions.ts';
import type { Standing } from './conditions.ts';
import { failuresOf } from './failures.ts';
import { firstFailure, withDetail } from './first-failure.ts';
import type { Progress } from './forward.ts';
import { unrecordedOf } from './membership.ts';
import type { Member, Membership, WaveMembers } from './membership.ts';
import type { MigrationObservation } from './observation.ts';
import type { SpecProblem } from './validate.ts';

/** Everything that the next status follows from. */
export interface StatusInput {
  o: MigrationObservation;
  membership: Membership;
  progress: Progress;
  problem: SpecProblem | undefined;
  /** Everything shall go back. */
  back: boolean;
  now: number;
}

/** The next status. */
export function nextStatus(input: StatusInput): MeshMigrationStatus {
  const { o, membership, now } = input;
  const members = membership.waves.flatMap((w) => concerned(w.members, input));
  const namespaces = countNamespaces(members, placesIn(input.progress.actions));
  const waves = membership.waves.filter((w) => w.lost !== true).map((w) => waveStatus(w, input));
  const failures = failuresOf(input);
  const where = standingOf(input, namespaces);
  const standing = { ...where, detail: firstFailure(where, failures) };
  return {
    observedGeneration: o.migration.metadata.generation,
    conditions: conditionsFor(standing, o, now),
    summary: summaryOf(standing, namespaces),
    migrated: `${namespaces.migrated}/${namespaces.total}`,
    namespaces,
    workloads: countWorkloads(members),
    waves,
    failures,
    ...currentWaveOf(waves),
    ...timesOf(waves, standing, input),
    ...retryOf(o),
  };
}

// What belongs to another migration is nothing that this one could bring back.
function concerned(members: readonly Member[], { back }: StatusInput): readonly Member[] {
  return back ? members.filter((m) => m.foreign?.adoptable !== false && m.earlier === undefined) : members;
}

function currentWaveOf(waves: readonly WaveStatus[]): Pick<MeshMigrationStatus, 'currentWave'> {
  const current = waves.find((w) => w.completionTime === undefined);
  return current === undefined ? {} : { currentWave: current.name };
}

function timesOf(
  waves: readonly WaveStatus[],
  standing: Standing,
  input: StatusInput,
): Pick<MeshMigrationStatus, 'startTime' | 'completionTime'> {
  const before = input.o.migration.status ?? {};
  const startTime = before.startTime ?? waves.find((w) => w.startTime !== undefined)?.startTime;
  const completionTime = before.completionTime ?? new Date(input.now).toISOString();
  return { ...(startTime !== undefined && { startTime }), ...(standing.ended && { completionTime }) };
}

function retryOf(o: MigrationObservation): Pick<MeshMigrationStatus, 'lastHandledRetryAt'> {
  const value = o.migration.metadata.annotations?.[keys.retryAt];
  return value === undefined ? {} : { lastHandledRetryAt: value };
}

function waveStatus(w: WaveMembers, input: StatusInput): WaveStatus {
  const before = input.o.migration.status?.waves?.find((s) => s.name === w.wave.name);
  const now = new Date(input.now).toISOString();
  const starts = input.progress.starting.includes(w.wave.name) ? now : undefined;
  const base = { name: w.wave.name, namespaces: countNamespaces(concerned(w.members, input), placesIn(input.progress.actions)) };
  const startTime = before?.startTime ?? starts;
  if (startTime === undefined) return base;
  const complete = isComplete(w, input.back) && { completionTime: before?.completionTime ?? now };
  return { ...base, startTime, ...complete, ...memoryOf(w, input.o) };
}

// Places that are about to be given count as given: two who give some at once can't both store their status.
function placesIn(actions: readonly Action[]): ReadonlySet<string> {
  return new Set(actions.flatMap((a) => (a.kind === 'startRecord' ? [a.name] : [])));
}

function memoryOf(w: WaveMembers, o: MigrationObservation): Pick<WaveStatus, 'unrecorded'> {
  const unrecorded = unrecordedOf(w, o);
  return unrecorded.length === 0 ? {} : { unrecorded };
}

// On the way back what is moved still has to come back, and that wave is over only when nothing of it is left in the target.
function isComplete(w: WaveMembers, back: boolean): boolean {
  return w.fixed && w.members.every((m) => isSettled(m) && !(back && stillMoved.has(memberState(m))));
}

const stillMoved: ReadonlySet<MemberState | undefined> = new Set(['migrated', 'partiallyMigrated', 'failed']);

function summaryOf(standing: Standing, namespaces: ReturnType<typeof countNamespaces>): string {
  const parts = [`${namespaces.migrated} of ${namespaces.total} namespaces migrated`];
  if (namespaces.inFlight > 0) parts.push(`${namespaces.inFlight} in flight`);
  if (namespaces.partiallyMigrated > 0) parts.push(`${namespaces.partiallyMigrated} with exceptions`);
  if (namespaces.failed > 0) parts.push(`${namespaces.failed} failed`);
  if (namespaces.blocked > 0) parts.push(`${namespaces.blocked} blocked`);
  if (namespaces.rolledBack > 0) parts.push(`${namespaces.rolledBack} rolled back`);
  return withDetail(`${standing.message.replace(/\.$/, '')}: ${parts.join(', ')}`, standing.detail).slice(0, 1024);
}

/** Events for what changed. */
export function migrationEvents(before: MeshMigrationStatus | undefined, after: MeshMigrationStatus, back = false): EventNote[] {
  const ready = (s: MeshMigrationStatus | undefined): string => s?.conditions?.find((c) => c.type === 'Ready')?.reason ?? '';
  const started = (after.waves ?? []).filter(
    (w) => w.startTime !== undefined && before?.waves?.find((b) => b.name === w.name)?.startTime === undefined,
  );
  const completed = (after.waves ?? []).filter(
    (w) => w.completionTime !== undefined && before?.waves?.find((b) => b.name === w.name)?.completionTime === undefined,
  );
  const events = [
    ...started.map((w): EventNote => ({
      type: 'Normal',
      reason: 'WaveStarted',
      note: `wave ${w.name} started with ${w.namespaces.total} namespaces`,
    })),
    ...completed.map((w): EventNote => ({
      type: 'Normal',
      reason: 'WaveCompleted',
      note: `wave ${w.name} ${back ? 'is back in the source' : 'came to its end'}`,
    })),
  ];
  if (ready(before) === ready(after)) return events;
  const stalled = after.conditions?.some((c) => c.type === 'Stalled') ?? false;
  return [...events, { type: stalled ? 'Warning' : 'Normal', reason: ready(after), note: after.summary ?? '' }];
}
