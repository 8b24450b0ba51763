// The way back of a migration: reverse wave order, at the same pace, without approvals and budget. Pure.

import { keys } from '../../api/v1alpha1/group.ts';
import type { NamespaceMigration, NamespaceMigrationStatus, Step } from '../../api/v1alpha1/namespace-migration.ts';
import type { Action } from '../action.ts';
import { resolveSettings } from '../settings.ts';
import { memberState } from './census.ts';
import type { Progress } from './forward.ts';
import type { Member, Membership, WaveMembers } from './membership.ts';
import type { MigrationObservation } from './observation.ts';

/** Gives places on the way back, the last wave first. */
export function restorePlaces(o: MigrationObservation, membership: Membership): Progress {
  if (resolveSettings(o.migration.spec).paused) return { kind: 'paused', actions: [], starting: [] };
  const busy = membership.waves.flatMap((w) => w.members).filter((m) => memberState(m) === 'inFlight').length;
  const wave = membership.waves.toReversed().find((w) => leftOf(w).some((m) => m.record?.status?.step !== 'Halted'));
  const halted = membership.waves.flatMap(leftOf).filter((m) => m.record?.status?.step === 'Halted');
  const turning = [...(wave === undefined ? [] : leftOf(wave)), ...halted].filter((m, i, all) => all.indexOf(m) === i);
  const limit = resolveSettings(o.migration.spec, wave?.wave).maxConcurrentNamespaces;
  const actions = turnRound(turning, limit - busy, o);
  return { kind: wave === undefined && actions.length === 0 ? 'complete' : 'moving', actions, starting: [] };
}

function leftOf(wave: WaveMembers): Member[] {
  return wave.members.filter((m) => m.record !== undefined && m.namespace !== undefined && !isBack(m)).toReversed();
}

// A namespace that turns round in mid-move keeps the place that it has.
function turnRound(members: readonly Member[], places: number, o: MigrationObservation): Action[] {
  let free = places;
  return members.flatMap((member) => {
    const hasPlace = memberState(member) === 'inFlight';
    if (member.record === undefined || !mayGoBack(member.record, o) || (!hasPlace && free <= 0)) return [];
    free -= hasPlace ? 0 : 1;
    return [startRecord(member.record, 'Restore', retryValue(member.record, o))];
  });
}

/** Single namespaces that a person wants back, whatever the migration does. */
export function requestedBack(o: MigrationObservation, membership: Membership): Action[] {
  const members = membership.waves.flatMap((w) => w.members).filter((m) => m.namespace !== undefined);
  return members.flatMap(({ record }) => {
    if (record?.spec.desiredState !== 'RolledBack' || !mayGoBack(record, o)) return [];
    return [startRecord(record, 'Restore', retryValue(record, o))];
  });
}

function isBack(member: Member): boolean {
  return member.record?.status?.step === 'RolledBack';
}

const onTheWayBack: readonly Step[] = ['Restore', 'RolledBack'];

// What halted on its way back by request goes on only when a person asks again.
function mayGoBack(record: NamespaceMigration, o: MigrationObservation): boolean {
  const step = record.status?.step ?? 'Pending';
  if (onTheWayBack.includes(step)) return false;
  return step !== 'Halted' || record.status?.restoreCause !== 'Request' || retryValue(record, o) !== undefined;
}

function retryValue(record: NamespaceMigration, o: MigrationObservation): string | undefined {
  const value = record.metadata.annotations?.[keys.retryAt] ?? o.migration.metadata.annotations?.[keys.retryAt];
  return value === record.status?.lastHandledRetryAt ? undefined : value;
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
  const { keyed, committed, attempt, lastHandledRetryAt } = record.status ?? {};
  return {
    step: 'Pending',
    attempt: (attempt ?? 0) + 1,
    ...(keyed !== undefined && { keyed }),
    ...(committed !== undefined && { committed }),
    ...(lastHandledRetryAt !== undefined && { lastHandledRetryAt }),
  };
}
