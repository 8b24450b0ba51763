// The census: where every member stands, counted. Pure.

import type { NamespaceCounts, WorkloadCounts } from '../../api/v1alpha1/mesh-migration-status.ts';
import type { NamespaceMigrationStatus, Step } from '../../api/v1alpha1/namespace-migration.ts';
import type { Member } from './membership.ts';

/** Where a member stands, in the words of the counts. */
export type MemberState = Exclude<keyof NamespaceCounts, 'total'>;

const stateOfStep: Readonly<Record<Step, MemberState>> = {
  Pending: 'pending',
  Preflight: 'inFlight',
  Prepare: 'inFlight',
  Cutover: 'inFlight',
  Commit: 'inFlight',
  Soak: 'inFlight',
  Migrated: 'migrated',
  PartiallyMigrated: 'partiallyMigrated',
  Restore: 'inFlight',
  RolledBack: 'rolledBack',
  Halted: 'failed',
};

/** Where a member stands; undefined when its namespace is gone and nothing is left to do. */
export function memberState(member: Member): MemberState | undefined {
  if (member.foreign?.adoptable === false || member.earlier !== undefined || member.refused !== undefined) return 'blocked';
  if (member.namespace === undefined || member.namespace.deleting) return undefined;
  const status = isStale(member) ? undefined : member.record?.status;
  return status === undefined ? 'pending' : recordState(status);
}

/** The record is of a namespace that is gone; another one has its name, and starts anew. */
export function isStale(member: Member): boolean {
  const { record, namespace } = member;
  return record !== undefined && namespace !== undefined && namespace.uid !== record.spec.namespaceUID;
}

/** What the operator decides for the member can't be stored, so nothing goes on there. */
export function isStatusRefused(member: Member): boolean {
  return member.record?.status?.refusedStatus !== undefined && member.namespace !== undefined && !isStale(member);
}

function recordState(status: NamespaceMigrationStatus): MemberState {
  const step = status.step ?? 'Pending';
  if (isBlocked(status)) return 'blocked';
  return step === 'RolledBack' && status.restoreCause === 'Failure' ? 'failed' : stateOfStep[step];
}

// Held in mid-move is still in flight: it keeps its place until it has come to an end.
function isBlocked(status: NamespaceMigrationStatus): boolean {
  return status.blocked === true && (status.step === 'Preflight' || status.step === 'Prepare');
}

/** A member that counts against the failure budget: once, whatever happened to its workloads, until a person took it back. */
export function hasFailed(member: Member): boolean {
  if (member.namespace === undefined || isStale(member) || memberState(member) === 'rolledBack') return false;
  return member.record?.status?.failed === true || memberState(member) === 'failed';
}

/** Nothing will happen to the member by itself. */
export function isSettled(member: Member): boolean {
  const state = memberState(member);
  return state !== 'pending' && state !== 'inFlight';
}

/**
 * Members by state.
 * @param starting names of members that are being given a place
 */
export function countNamespaces(members: readonly Member[], starting: ReadonlySet<string> = new Set()): NamespaceCounts {
  const counts: NamespaceCounts = {
    total: 0,
    pending: 0,
    inFlight: 0,
    migrated: 0,
    partiallyMigrated: 0,
    rolledBack: 0,
    failed: 0,
    blocked: 0,
  };
  for (const member of members) {
    const state = starting.has(member.name) ? 'inFlight' : memberState(member);
    if (state === undefined) continue;
    counts[state] += 1;
    counts.total += 1;
  }
  return counts;
}

/** Workloads of all members by state, as their records counted them. */
export function countWorkloads(members: readonly Member[]): WorkloadCounts {
  const sum: WorkloadCounts = {
    total: 0,
    pending: 0,
    moving: 0,
    verified: 0,
    armed: 0,
    failed: 0,
    restored: 0,
    drifted: 0,
    listed: 0,
  };
  for (const member of members) {
    const counts = member.record?.status?.counts;
    if (counts === undefined || member.namespace === undefined || isStale(member)) continue;
    for (const key of Object.keys(sum) as (keyof WorkloadCounts)[]) sum[key] += counts[key];
  }
  return sum;
}
