// The way back of a migration: reverse wave order, at the same pace, without approvals and budget. Pure.

import { keys } from '../../api/v1alpha1/group.ts';
import type { NamespaceMigration, NamespaceMigrationStatus } from '../../api/v1alpha1/namespace-migration.ts';
import type { Action } from '../action.ts';
import { readLedger, writeLedger } from '../namespace/ledger.ts';
import { retryValue } from '../namespace/requests.ts';
import { resolveSettings } from '../settings.ts';
import { otherPairIn } from '../other-pair.ts';
import { pairOf } from '../pair.ts';
import { isStale, memberState } from './census.ts';
import type { Progress } from './forward.ts';
import type { Member, Membership, WaveMembers } from './membership.ts';
import type { MigrationObservation } from './observation.ts';
import { recordAction } from './records.ts';

/** Gives places on the way back, the last wave first. */
export function restorePlaces(o: MigrationObservation, membership: Membership): Progress {
  if (resolveSettings(o.migration.spec).paused) return { kind: 'paused', actions: [], starting: [] };
  const adopted = adoptions(o, membership);
  if (adopted.length > 0) return { kind: 'moving', actions: adopted, starting: [] };
  const members = membership.waves.flatMap((w) => w.members);
  const busy = members.filter((m) => memberState(m) === 'inFlight').length;
  const wave = membership.waves.toReversed().find((w) => leftOf(w).some((m) => m.record?.status?.step !== 'Halted'));
  const left = membership.waves.flatMap(leftOf);
  // What moves forward turns round at once, wherever it stands; it has a place. Then the last wave's, then what halted.
  const turning = left.filter((m) => memberState(m) === 'inFlight');
  const halted = left.filter((m) => m.record?.status?.step === 'Halted');
  const ordered = [...turning, ...(wave === undefined ? [] : leftOf(wave)), ...halted].filter(
    (m, i, all) => all.indexOf(m) === i,
  );
  const limit = resolveSettings(o.migration.spec, wave?.wave).maxConcurrentNamespaces;
  const { actions, awaitsSource } = turnRound(ordered, limit - busy, o);
  const isOver = wave === undefined && actions.length === 0 && !awaitsSource;
  return { kind: isOver ? 'complete' : 'moving', actions, starting: [], awaitsSource };
}

// What an earlier migration of this pair moved is brought back as well, so it needs a record of this one.
function adoptions(o: MigrationObservation, membership: Membership): Action[] {
  if (o.migration.metadata.deletionTimestamp !== undefined) return [];
  const { source, target } = o.migration.spec;
  const { to } = pairOf(source.mesh, target.mesh);
  return membership.waves.flatMap(({ wave, members }) => {
    const wasMoved = ({ foreign, namespace }: Member): boolean =>
      foreign === undefined
        ? namespace?.labels[keys.to] === to && otherPairIn(namespace.labels, pairOf(source.mesh, target.mesh)) === undefined
        : foreign.adoptable && foreign.record.spec.source === source.mesh && foreign.record.spec.target === target.mesh;
    return members.filter(wasMoved).flatMap((member) => recordAction(member, wave.name, o) ?? []);
  });
}

function leftOf(wave: WaveMembers): Member[] {
  return wave.members
    .filter((m) => m.record !== undefined && m.namespace !== undefined && !isStale(m) && !isBack(m))
    .toReversed();
}

/** Turns on the way back. */
export interface Turns {
  actions: readonly Action[];
  /** Others have to wait until the source is seen to work. */
  awaitsSource: boolean;
}

// A namespace that turns round in mid-move keeps the place that it has. Nothing else begins while the source is not able: it could
// only wait, and halt.
function turnRound(members: readonly Member[], places: number, o: MigrationObservation): Turns {
  const may = members.flatMap(({ record, ...member }) =>
    record !== undefined && mayGoBack(record, o) ? [{ record, hasPlace: memberState({ ...member, record }) === 'inFlight' }] : [],
  );
  const isAble = o.cluster.source.kind === 'pass';
  let free = isAble ? places : 0;
  const actions = may.flatMap(({ record, hasPlace }) => {
    if (!hasPlace && free <= 0) return [];
    free -= hasPlace ? 0 : 1;
    return [startRecord(record, 'Restore', retryValue(record, o.migration))];
  });
  return { actions, awaitsSource: !isAble && may.length > actions.length };
}

/** The namespace shall go back and waits until the source is seen to work. */
export function isKeptFromSource(member: Member, o: MigrationObservation): boolean {
  const { record, namespace } = member;
  if (record === undefined || namespace === undefined || isStale(member) || o.cluster.source.kind === 'pass') return false;
  return memberState(member) !== 'inFlight' && mayGoBack(record, o);
}

/** Single namespaces that a person wants back, whatever the migration does; they keep the pace as well. */
export function requestedBack(o: MigrationObservation, membership: Membership): Turns {
  const members = membership.waves.flatMap((w) => w.members);
  const asked = members.filter((m) => m.record?.spec.desiredState === 'RolledBack' && m.namespace !== undefined && !isStale(m));
  const busy = members.filter((m) => memberState(m) === 'inFlight').length;
  return turnRound(asked, resolveSettings(o.migration.spec).maxConcurrentNamespaces - busy, o);
}

// Back after a failure is not back by request: it is looked at once more, and then it is.
function isBack(member: Member): boolean {
  const status = member.record?.status;
  return status?.step === 'RolledBack' && status.restoreCause === 'Request';
}

// What halted on its way back by request goes on only when a person asks again.
function mayGoBack(record: NamespaceMigration, o: MigrationObservation): boolean {
  const { step = 'Pending', restoreCause } = record.status ?? {};
  if (step === 'Restore') return false;
  if (step === 'RolledBack') return restoreCause !== 'Request';
  return step !== 'Halted' || restoreCause !== 'Request' || retryValue(record, o.migration) !== undefined;
}

/** The write that gives a record its place. */
export function startRecord(record: NamespaceMigration, step: 'Preflight' | 'Restore', retryAt?: string): Action {
  const { name, uid, resourceVersion } = record.metadata;
  return {
    kind: 'startRecord',
    name,
    uid,
    resourceVersion,
    step,
    attempt: record.status?.attempt ?? 1,
    ...(step === 'Restore' && { restoreCause: 'Request' as const }),
    ...(retryAt !== undefined && { retryAt }),
  };
}

/** The status of a record that was given its place. */
export function startedStatus(
  record: NamespaceMigration,
  action: Action & { kind: 'startRecord' },
  now: number,
): NamespaceMigrationStatus {
  const { blocked, restoreCause, ...rest } = record.status ?? {};
  const why =
    action.step === 'Restore'
      ? { reason: 'Restoring', message: 'going back to the source mesh by request' }
      : { reason: 'InProgress', message: 'looking for what would stop the move' };
  return {
    ...rest,
    ...why,
    remedy: '',
    step: action.step,
    stepTime: new Date(now).toISOString(),
    attempt: action.attempt,
    ...(action.restoreCause !== undefined && { restoreCause: action.restoreCause }),
    ...(action.retryAt !== undefined && { lastHandledRetryAt: action.retryAt }),
  };
}

/** The status of a record that another migration adopts: it starts anew, and what carries keys already is verified only. */
export function adoptedStatus(record: NamespaceMigration): NamespaceMigrationStatus {
  const { keyed, committed, names, attempt, lastHandledRetryAt } = record.status ?? {};
  return {
    step: 'Pending',
    attempt: (attempt ?? 0) + 1,
    ...(keyed !== undefined && { keyed: writeLedger(readLedger(keyed)) }),
    ...(committed !== undefined && { committed }),
    // What was made for callers is taken away by nobody else.
    ...(names !== undefined && { names }),
    ...(lastHandledRetryAt !== undefined && { lastHandledRetryAt }),
  };
}
