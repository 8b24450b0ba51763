// The roster: every workload of a namespace with where it stands, and the part of the status that follows from it. Pure.

import { keys } from '../../api/v1alpha1/group.ts';
import type { WorkloadCounts } from '../../api/v1alpha1/mesh-migration-status.ts';
import type { NamespaceMigrationStatus, Warning, WorkloadRow, WorkloadState } from '../../api/v1alpha1/namespace-migration.ts';
import type { JobException, Pod } from '../observation.ts';
import { compare } from '../order.ts';
import { isKeyed, uidPrefix } from '../pair.ts';
import { entriesFor } from './beyond-rows.ts';
import { verifiedTemplate, writeLedger } from './ledger.ts';
import { planEntries } from './plan-ahead.ts';
import { remedyOf } from '../reasons.ts';
import { isInconclusive } from '../reasons-about-traffic.ts';
import { assess } from '../workload/assess.ts';
import { rowOf, waitedSeconds, workloadName } from '../workload/assessed.ts';
import type { Assessed } from '../workload/assessed.ts';
import type { Situation } from './situation.ts';
import { iso } from './situation.ts';
import { warningsOf } from './warnings.ts';

/** All workloads of a namespace, in the order in which they are moved. */
export interface Roster {
  workloads: readonly Assessed[];
  /** Rows for what is no workload with a template: bare pods and pods of controllers that we don't write to. */
  others: readonly WorkloadRow[];
}

/** Assesses every workload of a namespace that moves forward. */
export function rosterOf(s: Situation): Roster {
  const workloads = s.observation.workloads
    .filter((workload) => !workload.deleting)
    .toSorted((a, b) => compare(workloadName(a), workloadName(b)))
    .map((workload) => assess(workload, s));
  return { workloads, others: otherRows(s) };
}

/** Before the first write of a try nobody is judged: exceptions are found, whoever carries keys is verified or still to be. */
export function previewOf(s: Situation): Roster {
  const roster = rosterOf(s);
  const workloads = roster.workloads.map((a): Assessed => {
    if (before.has(a.state) && !isKeyed(a.workload.keys, s.pair)) return a;
    const proven = verifiedTemplate(s.ledger, a.workload) === a.workload.template;
    return { workload: a.workload, pods: a.pods, state: proven ? 'Verified' : 'Pending' };
  });
  return { ...roster, workloads };
}

const before: ReadonlySet<WorkloadState> = new Set(['Listed', 'Restored', 'Drifted']);

// Pods without a workload of ours: listed, because nothing restarts them safely, unless they are in the target already.
// Jobs end by themselves, and are told where their next pods would not once the namespace is committed.
function otherRows(s: Situation): WorkloadRow[] {
  const known = new Set(s.observation.workloads.map(workloadName));
  const groups = new Map<string, Pod[]>();
  for (const pod of s.observation.pods) {
    if ((pod.workload !== undefined && known.has(pod.workload)) || !isLeftAlone(pod, s)) continue;
    const owner = pod.workload ?? `Pod/${pod.name}`;
    groups.set(owner, [...(groups.get(owner) ?? []), pod]);
  }
  const rows = [...groups].map(([owner, pods]) => otherRow(owner, pods, s));
  return rows.toSorted((a, b) => compare(workloadName(a), workloadName(b)));
}

function isCarriedPod(pod: Pod): boolean {
  return pod.target.state === 'present' && pod.source.state === 'absent';
}

function isLeftAlone(pod: Pod, s: Situation): boolean {
  return !pod.ended && !pod.deleting && !isCarriedPod(pod) && (!pod.job || isBrokenByCommit(pod, s));
}

function isBrokenByCommit({ exception }: Pod, { settings }: Situation): boolean {
  return exception !== undefined && settings.onManagedField !== 'PodOnly';
}

function otherRow(owner: string, pods: readonly Pod[], s: Situation): WorkloadRow {
  const [kind = 'Pod', name = ''] = owner.split('/');
  const uid = kind === 'Pod' ? (pods[0]?.uid ?? '') : owner.slice(0, 63);
  const since = s.rows.get(uid)?.since ?? iso(s.now);
  const accepted = acceptedPods(pods);
  const row = { kind, name, uid, state: 'Listed' as const, since, ...whyOther(owner, pods) };
  return accepted === undefined ? row : { ...row, accepted };
}

// Of kinds that all are read, one that is not there was deleted: the garbage collector takes its pods.
const readKinds: ReadonlySet<string> = new Set(['Deployment', 'StatefulSet', 'DaemonSet']);

function whyOther(owner: string, pods: readonly Pod[]): JobException {
  const [kind = ''] = owner.split('/');
  const job = pods[0]?.exception;
  if (job !== undefined) return job;
  if (kind === 'Pod') return { reason: 'BarePod', message: 'a pod without a controller', remedy: remedyOf('BarePod') };
  if (readKinds.has(kind))
    return { reason: 'WorkloadGone', message: 'its pods are still there', remedy: remedyOf('WorkloadGone') };
  const message = `its pods belong to ${owner}, which the operator does not write to`;
  return { reason: 'OwnedByController', message, remedy: acceptPods };
}

const acceptPods =
  'Move it through its owner, or accept it with the annotation meshmigration.io/accept in its owner’s pod template or on each of its pods.';

// What the operator can't write to has no annotation but its pods'. All of them must carry it, and none be held.
function acceptedPods(pods: readonly Pod[]): string | undefined {
  const reasons = pods.map((pod) => (pod.keys[keys.hold] === undefined ? pod.keys[keys.accept] : undefined));
  return reasons.includes(undefined) ? undefined : reasons[0] || 'accepted';
}

/** Workloads in a state. */
export function inState(roster: Roster, state: WorkloadState): Assessed[] {
  return roster.workloads.filter((a) => a.state === state);
}

const leavingSeconds = 60;

/** Deleted workloads whose pods are expected to end by themselves, and have been for less than a minute. */
export function leavingOf(roster: Roster, s: Situation): WorkloadRow[] {
  return roster.others.filter((row) => row.reason === 'WorkloadGone' && waitedSeconds(row, s.now) < leavingSeconds);
}

/** What keeps the namespace from being committed. */
export function exceptionsOf(roster: Roster): WorkloadRow[] {
  const rows = roster.workloads.flatMap((a) => (a.row === undefined ? [] : [a.row]));
  return [...rows, ...roster.others].filter((row) => countsAgainst(row) && isException(row));
}

/** Jobs may be listed, and never count against the end of a namespace: they end by themselves. */
export function countsAgainst({ kind }: WorkloadRow): boolean {
  return kind !== 'Job';
}

function isException(row: WorkloadRow): boolean {
  if (row.state === 'Listed') return row.accepted === undefined;
  return row.state === 'Restored' || row.state === 'Drifted' || row.state === 'Failed';
}

const rowOrder: readonly WorkloadState[] = ['Failed', 'Drifted', 'Moving', 'Restored', 'Armed', 'Listed'];
const maximumRows = 300;
const maximumWarnings = 50;

/** The status with rows, counts and ledger as the roster says. */
export function withRoster(status: NamespaceMigrationStatus, roster: Roster, s: Situation): NamespaceMigrationStatus {
  // One order whichever way the workloads were walked: the same rows must be the same status.
  const own = roster.workloads
    .flatMap((a) => (a.row === undefined ? [] : [a.row]))
    .toSorted((a, b) => compare(workloadName(a), workloadName(b)));
  const plans = own.filter(({ state }) => state === 'Pending');
  const rows = [...own.filter(({ state }) => state !== 'Pending'), ...roster.others];
  const ordered = rows.toSorted((a, b) => rowOrder.indexOf(a.state) - rowOrder.indexOf(b.state));
  const counts = countsOf(roster);
  const { warnings: old = [], ...rest } = status;
  const found = warningsOf(roster.workloads, s);
  const kept = s.step === 'Restore' ? [] : old.filter((warning) => isKept(warning, found, roster, s));
  const warnings = [...kept, ...found].slice(0, maximumWarnings);
  return {
    ...rest,
    counts,
    progress: `${counts.verified + counts.armed}/${counts.total}`,
    workloads: ordered.slice(0, maximumRows),
    keyed: nextLedger(roster, s, [...planEntries(plans), ...entriesFor(ordered.slice(maximumRows))]),
    ...(warnings.length > 0 && { warnings }),
  };
}

// Proxies are asked no more after the end, so what a verdict was reached without stays as it was told.
function isKept(warning: Warning, found: readonly Warning[], roster: Roster, s: Situation): boolean {
  if (warning.reason === 'NamesDiffer') return true;
  const ended = s.step === 'Migrated' || s.step === 'PartiallyMigrated';
  if (!isInconclusive(warning.reason) || !ended) return false;
  const again = found.some(({ workload, reason }) => workload === warning.workload && reason === warning.reason);
  return !again && inState(roster, 'Verified').some(({ workload }) => workloadName(workload) === warning.workload);
}

function countsOf(roster: Roster): WorkloadCounts {
  const count = (state: WorkloadState): number => roster.workloads.filter((a) => a.state === state).length;
  return {
    total: roster.workloads.length + roster.others.length,
    pending: count('Pending'),
    moving: count('Moving'),
    verified: count('Verified'),
    armed: count('Armed'),
    failed: count('Failed'),
    restored: count('Restored'),
    drifted: count('Drifted'),
    listed: count('Listed') + roster.others.length,
  };
}

// Who carries our keys, or shall in this pass; then who once did, and is still missed or on the way back.
function nextLedger(roster: Roster, s: Situation, beyondRows: readonly [string, string][]): string[] {
  const next = new Map<string, string>();
  for (const assessed of roster.workloads) {
    const { workload, state } = assessed;
    const uid = uidPrefix(workload.uid);
    const known = s.ledger.get(uid);
    if (assessed.planned === true) next.set(uid, '');
    else if (isKeyed(workload.keys, s.pair)) next.set(uid, state === 'Verified' ? workload.template : (known ?? ''));
    else if (known !== undefined && missed.has(state)) next.set(uid, known);
  }
  return writeLedger(next, beyondRows);
}

const missed: ReadonlySet<WorkloadState> = new Set(['Moving', 'Failed', 'Drifted', 'Verified']);

/** The same workload in another state with a fresh row; the number of the try stays. */
export function inNewState(
  a: Pick<Assessed, 'workload' | 'pods' | 'row'>,
  state: WorkloadState,
  why: { reason: string; message: string; remedy?: string },
  s: Situation,
): Assessed & { row: WorkloadRow } {
  const remedy = why.remedy ?? remedyOf(why.reason);
  const { workload, pods } = a;
  return { workload, pods, state, row: { ...rowOf(workload, state, a.row, s), ...why, remedy } };
}
