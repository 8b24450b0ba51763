// The situation of one namespace: the observation, what follows from it at once, and how the next status is written.
// Every step of the move starts from here. Pure.

import type { MeshMigration } from '../../api/v1alpha1/mesh-migration.ts';
import type { NamespaceMigrationStatus, Step, WorkloadRow } from '../../api/v1alpha1/namespace-migration.ts';
import type { EventNote } from '../action.ts';
import type { NamesTried, NamespaceFacts, NamespaceObservation, Pod } from '../observation.ts';
import { isKeyed, pairOf, uidPrefix } from '../pair.ts';
import { rowsFrom } from './beyond-rows.ts';
import { readLedger } from './ledger.ts';
import { plansFrom } from './plan-ahead.ts';
import type { Ledger } from './ledger.ts';
import type { Pair } from '../pair.ts';
import { remedyOf } from '../reasons.ts';
import type { Reason } from '../reasons.ts';
import { resolveSettings } from '../settings.ts';
import type { Settings } from '../settings.ts';
import { isCommitted } from './namespace-keys.ts';

/** A namespace that exists and whose migration exists. */
export interface Situation {
  observation: NamespaceObservation;
  migration: MeshMigration;
  namespace: NamespaceFacts;
  status: NamespaceMigrationStatus;
  step: Step;
  attempt: number;
  settings: Settings;
  pair: Pair;
  now: number;
  committed: boolean;
  clockStopped: boolean;
  rows: ReadonlyMap<string, WorkloadRow>;
  ledger: Ledger;
  migrationUid: string;
  podsOf: ReadonlyMap<string, readonly Pod[]>;
}

/** The situation, from what was observed. */
export function situationOf(
  observation: NamespaceObservation,
  migration: MeshMigration,
  namespace: NamespaceFacts,
  now: number,
): Situation {
  const { record } = observation;
  const status = withClock(record.status ?? {}, observation, now);
  const wave = migration.spec.waves.find((w) => w.name === record.spec.wave);
  return {
    observation,
    migration,
    namespace,
    status,
    step: status.step ?? 'Pending',
    attempt: status.attempt ?? 1,
    settings: resolveSettings(migration.spec, wave),
    pair: pairOf(record.spec.source, record.spec.target),
    now,
    committed: isCommitted(observation),
    clockStopped: status.clockStoppedTime !== undefined,
    rows: new Map(
      [
        ...plansFrom(status.keyed ?? [], observation.workloads),
        ...rowsFrom(status.keyed ?? [], observation.workloads, iso(now)),
        ...(status.workloads ?? []),
      ].map((row) => [row.uid, row]),
    ),
    ledger: readLedger(status.keyed ?? []),
    migrationUid: migration.metadata.uid,
    podsOf: groupByWorkload(observation.pods),
  };
}

function groupByWorkload(pods: readonly Pod[]): Map<string, Pod[]> {
  const groups = new Map<string, Pod[]>();
  for (const pod of pods) {
    if (pod.workload === undefined) continue;
    const group = groups.get(pod.workload);
    if (group === undefined) groups.set(pod.workload, [pod]);
    else group.push(pod);
  }
  return groups;
}

const forward: readonly Step[] = ['Cutover', 'Commit', 'Soak'];

// While the mesh that the namespace goes into is not able, deadlines stand still; when it is again, they are moved by as long
// as it was not.
function withClock(status: NamespaceMigrationStatus, observation: NamespaceObservation, now: number): NamespaceMigrationStatus {
  const { source, target } = observation.cluster;
  const awaits = awaitsSource(status);
  if (awaits && source.kind !== 'pass') return status;
  const told = awaits ? standing(status, sourceIsBack(status)) : status;
  const stopped = target.kind !== 'pass' && forward.includes(status.step ?? 'Pending');
  return stopped ? { ...told, clockStoppedTime: told.clockStoppedTime ?? iso(now) } : clockGoesOn(told, now);
}

/** The way back waits for the source, since `clockStoppedTime`. */
export function awaitsSource({ step, reason, clockStoppedTime }: NamespaceMigrationStatus): boolean {
  return clockStoppedTime !== undefined && reason === 'SourceNotHealthy' && step !== 'Halted';
}

// What was said before it waited.
function sourceIsBack({ step }: NamespaceMigrationStatus): Why {
  switch (step) {
    case 'Restore':
      return { reason: 'Restoring', message: 'the source mesh is healthy again; going back' };
    case 'PartiallyMigrated':
      return { reason: 'ExceptionsLeft', message: 'a workload that failed goes back' };
    default:
      return { reason: 'InProgress', message: 'the source mesh is healthy again; what failed goes back' };
  }
}

/** Deadlines run again, each later by as long as they stood still. */
export function clockGoesOn(status: NamespaceMigrationStatus, now: number): NamespaceMigrationStatus {
  if (status.clockStoppedTime === undefined) return status;
  const { clockStoppedTime, ...rest } = status;
  const lost = now - Date.parse(clockStoppedTime);
  const workloads = (status.workloads ?? []).map((row) =>
    row.since === undefined ? row : { ...row, since: iso(Date.parse(row.since) + lost) },
  );
  return { ...rest, workloads, ...(status.stepTime !== undefined && { stepTime: iso(Date.parse(status.stepTime) + lost) }) };
}

/** Milliseconds since the epoch as the API writes times. */
export function iso(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}

/** Why a namespace stands where it stands. */
export interface Why {
  reason: Reason | (string & {});
  message: string;
  remedy?: string;
  blocked?: boolean;
}

/** The status with another reason; nothing else changes. */
export function standing(status: NamespaceMigrationStatus, why: Why): NamespaceMigrationStatus {
  const { blocked, ...rest } = status;
  const remedy = why.remedy ?? remedyOf(why.reason);
  return { ...rest, reason: why.reason, message: why.message, remedy, ...(why.blocked === true && { blocked: true }) };
}

/** The status at the beginning of another step. */
export function entering(status: NamespaceMigrationStatus, step: Step, why: Why, now: number): NamespaceMigrationStatus {
  return { ...standing(status, why), step, stepTime: iso(now) };
}

/** The ledger of what carries our keys now. */
export function keyedNow(s: Pick<Situation, 'observation' | 'pair' | 'ledger'>): Ledger {
  const keyed = s.observation.workloads.filter((w) => isKeyed(w.keys, s.pair)).map((w) => uidPrefix(w.uid));
  return new Map(keyed.map((uid) => [uid, s.ledger.get(uid) ?? '']));
}

/** The tries of such a write that were made already. */
export function triedNames({ observation }: Pick<Situation, 'observation'>, what: NamesTried['what']): NamesTried | undefined {
  const { namesTried } = observation;
  return namesTried?.what === what ? namesTried : undefined;
}

/** An event about the namespace. */
export function normal(reason: string, note: string): EventNote {
  return { type: 'Normal', reason, note };
}

/** An event that a person should see. */
export function warning(reason: string, note: string, workload?: string): EventNote {
  return { type: 'Warning', reason, note, ...(workload !== undefined && { workload }) };
}
