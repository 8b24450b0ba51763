// Failures: what a person must look at, the most important first, each with a remedy. Pure.

import type { Failure } from '../../api/v1alpha1/mesh-migration-status.ts';
import type { NamespaceMigration, NamespaceMigrationStatus, WorkloadRow } from '../../api/v1alpha1/namespace-migration.ts';
import { nearestOf } from '../nearest.ts';
import { leaveOtherPair } from '../other-pair.ts';
import { countsAgainst } from '../namespace/roster.ts';
import { reasons, remedyOf } from '../reasons.ts';
import { keptBackBy } from '../kept-back.ts';
import { isKeptFromSource } from './back.ts';
import { isStale, isStatusRefused, memberState } from './census.ts';
import type { Member } from './membership.ts';
import { passedOverFailures } from './passed-over.ts';
import type { StatusInput } from './status.ts';

const maximumFailures = 20;

/** At most 20 failures. */
export function failuresOf(input: StatusInput): Failure[] {
  const members = input.membership.waves.flatMap((w) => w.members).filter((m) => !isStale(m));
  const whole = input.problem === undefined ? [] : [{ ...input.problem }];
  // On the way back it is no news that a namespace has no wave: a record that is wholly back is taken away.
  const tooLate = (input.back ? [] : input.membership.leftOver).map((namespace) => ({
    namespace,
    reason: 'NoWaveLeft',
    message: reasons.NoWaveLeft.meaning,
    remedy: reasons.NoWaveLeft.remedy,
  }));
  const ordered = [
    ...whole,
    ...members.flatMap(refusedStatuses),
    ...members.flatMap(failedWorkloads),
    ...members.flatMap((member) => stuckNamespace(member, input)),
    ...members.flatMap(exceptions),
    ...missingNamespaces(input),
    ...(input.back ? [] : members.flatMap((member) => keptBack(member, input))),
    ...tooLate,
    ...(input.back ? [] : passedOverFailures(input.o)),
  ];
  return ordered.slice(0, maximumFailures).map(trimmed);
}

// A name in a wave is often a slip of the keyboard. What had a record once was there, and is gone for a reason.
function missingNamespaces({ o, back }: StatusInput): Failure[] {
  if (back) return [];
  const there = new Set([...o.namespaces, ...o.records.map(({ metadata }) => metadata)].map(({ name }) => name));
  return o.migration.spec.waves.flatMap(({ namespaces = [] }, i) =>
    namespaces.flatMap((name) => (there.has(name) ? [] : [missingNamespace(name, `spec.waves[${i}].namespaces`, o)])),
  );
}

function missingNamespace(namespace: string, field: string, { namespaces }: StatusInput['o']): Failure {
  const near = nearestOf(
    namespace,
    namespaces.map(({ name }) => name),
  );
  const message = `${field}: there is no namespace "${namespace}"${near === undefined ? '' : `; did you mean "${near}"?`}`;
  return { namespace, reason: 'NamespaceNotFound', message, remedy: reasons.NamespaceNotFound.remedy };
}

function trimmed(f: Failure): Failure {
  return { ...f, message: f.message.slice(0, 1024), remedy: f.remedy.slice(0, 1024) };
}

function rowsOf(member: Member, wanted: (row: WorkloadRow) => boolean): Failure[] {
  const rows = member.record?.status?.workloads ?? [];
  return rows.filter(wanted).map((row) => ({
    namespace: member.name,
    workload: `${row.kind}/${row.name}`,
    reason: row.reason ?? row.state,
    message: row.message ?? row.state,
    remedy: row.remedy ?? remedyOf(row.reason ?? ''),
  }));
}

function refusedStatuses(member: Member): Failure[] {
  const message = member.record?.status?.refusedStatus;
  if (message === undefined || !isStatusRefused(member)) return [];
  return [{ namespace: member.name, reason: 'StatusRefused', message, remedy: reasons.StatusRefused.remedy }];
}

// What went wrong before everything went back by request is over.
function failedWorkloads(member: Member): Failure[] {
  if (memberState(member) === 'rolledBack') return [];
  return rowsOf(member, (row) => row.state === 'Failed' || (row.state === 'Restored' && row.reason !== 'RolledBack'));
}

function exceptions(member: Member): Failure[] {
  return rowsOf(
    member,
    (row) => row.state === 'Drifted' || (row.state === 'Listed' && row.accepted === undefined && countsAgainst(row)),
  );
}

/** Another move that holds the namespace; undefined where none does. */
export function takenBy(member: Member): Failure | undefined {
  if (member.foreign?.adoptable === false) return foreignRecord(member.name, member.foreign);
  return member.earlier === undefined ? undefined : otherMove(member.name, member.earlier);
}

function stuckNamespace(member: Member, { back }: StatusInput): Failure[] {
  const taken = takenBy(member);
  if (taken !== undefined) return back ? [] : [taken];
  if (member.refused !== undefined) return [refusedRecord(member.name, member.refused.message)];
  const status = member.record?.status;
  return status !== undefined && needsPerson(member) ? [standingFailure(member.name, status)] : [];
}

// A wish of people on the record, which outlives the migration under which it was made and wins over the next one.
function keptBack(member: Member, { o }: StatusInput): Failure[] {
  const { name, record } = member;
  if (record?.spec.desiredState !== 'RolledBack') return [];
  const { source } = o.cluster;
  if (source.kind !== 'pass' && isKeptFromSource(member, o)) {
    const message = `it goes back once the source mesh is seen to work: ${source.message}`;
    return [{ namespace: name, reason: 'SourceNotHealthy', message, remedy: reasons.SourceNotHealthy.remedy }];
  }
  return [{ namespace: name, reason: 'RolledBack', ...keptBackBy(name) }];
}

function needsPerson(member: Member): boolean {
  const state = memberState(member);
  return state === 'failed' || state === 'blocked' || member.record?.status?.reason === 'Held';
}

function standingFailure(namespace: string, status: NamespaceMigrationStatus): Failure {
  const reason = status.reason ?? 'Failed';
  return { namespace, reason, message: status.message ?? reason, remedy: status.remedy ?? remedyOf(reason) };
}

function otherMove(namespace: string, way: string): Failure {
  const message = `the namespace carries the keys of an earlier move from ${way}`;
  return { namespace, reason: 'OtherPair', message, remedy: leaveOtherPair(namespace, `from ${way}`) };
}

function refusedRecord(namespace: string, message: string): Failure {
  return { namespace, reason: 'RecordRefused', message, remedy: reasons.RecordRefused.remedy };
}

function foreignRecord(namespace: string, foreign: { record: NamespaceMigration; reason: 'Overlap' | 'OtherPair' }): Failure {
  const { migrationRef, source, target } = foreign.record.spec;
  const way = `${source} to ${target}`;
  if (foreign.reason === 'Overlap') {
    const message = `the namespace belongs to MeshMigration ${migrationRef.name} (${way})`;
    return { namespace, reason: 'Overlap', message, remedy: remedyOf('Overlap') };
  }
  const message = `the namespace was moved from ${way} by MeshMigration ${migrationRef.name}, which is gone, and what it wrote is still there`;
  return { namespace, reason: 'OtherPair', message, remedy: leaveOtherPair(namespace, `from ${way}`) };
}
