// The way forward of a migration: one wave after the other, some namespaces at a time, within the failure budget. Pure.

import type { Wave } from '../../api/v1alpha1/mesh-migration.ts';
import type { NamespaceMigration } from '../../api/v1alpha1/namespace-migration.ts';
import type { Action } from '../action.ts';
import { resolveSettings } from '../settings.ts';
import { hasFailed, isSettled, isStale, memberState } from './census.ts';
import type { MemberState } from './census.ts';
import type { Member, Membership, WaveMembers } from './membership.ts';
import type { MigrationObservation } from './observation.ts';
import { requestedBack, startRecord } from './back.ts';
import { recordAction } from './records.ts';
import { retryValue } from '../namespace/requests.ts';

/** How far a migration is, and what it starts next. */
export interface Progress {
  kind: 'moving' | 'paused' | 'awaitingApproval' | 'budgetSpent' | 'complete' | 'stopped';
  actions: readonly Action[];
  /** Waves whose members are all recorded by now, so that they count as started. */
  starting: readonly string[];
  /** The wave that waits for approval. */
  awaiting?: string;
  /** Namespaces that get the next places. */
  upNext?: readonly string[];
  /** Namespaces that shall go back wait until the source is seen to work. */
  awaitsSource?: boolean;
}

/** The next starts. Single namespaces that a person wants back come first. */
export function nextWave(o: MigrationObservation, membership: Membership): Progress {
  const { actions, awaitsSource } = requestedBack(o, membership);
  return { ...wavesOnward(o, membership, actions), awaitsSource };
}

function wavesOnward(o: MigrationObservation, membership: Membership, back: readonly Action[]): Progress {
  const settings = resolveSettings(o.migration.spec);
  if (settings.paused) return { kind: 'paused', actions: [], starting: [] };
  const members = membership.waves.flatMap((w) => w.members);
  if (members.filter(hasFailed).length > settings.maximumFailedNamespaces)
    return { kind: 'budgetSpent', actions: back, starting: [] };
  const started = membership.waves.filter((w) => w.fixed);
  const taken = back.filter((a) => !members.some((m) => m.name === nameOf(a) && memberState(m) === 'inFlight')).length;
  const ordered = inOrder(started, o);
  const places = [...started.flatMap((w) => missingRecords(w, o)), ...grantPlaces(o, ordered, members, taken)];
  const again = started.find((w) => beginsAgain(w) && !isApproved(w.wave, o));
  if (again !== undefined && places.length === 0 && !members.some((m) => memberState(m) === 'inFlight'))
    return { kind: 'awaitingApproval', actions: back, starting: [], awaiting: again.wave.name };
  if (started.some((w) => !w.members.every(isSettled)))
    return { kind: 'moving', actions: [...back, ...places], starting: [], upNext: upNextOf(ordered, places, o) };
  const next = membership.waves.find((w) => !w.fixed);
  if (next === undefined) return { kind: 'complete', actions: back, starting: [] };
  if (!isApproved(next.wave, o)) return { kind: 'awaitingApproval', actions: back, starting: [], awaiting: next.wave.name };
  return startWave(o, next, back);
}

function missingRecords(w: WaveMembers, o: MigrationObservation): Action[] {
  return w.members.flatMap((member) => recordAction(member, w.wave.name, o) ?? []);
}

function startWave(o: MigrationObservation, next: WaveMembers, back: readonly Action[]): Progress {
  const records = missingRecords(next, o);
  const starting = records.length === 0 ? [next.wave.name] : [];
  return { kind: 'moving', actions: [...back, ...records], starting };
}

// After a way back by request the waves begin again: in their order, and with approval.
function inOrder(started: readonly WaveMembers[], o: MigrationObservation): WaveMembers[] {
  const first = started.findIndex((w, i) => beginsAgain(w) && (!isApproved(w.wave, o) || !started.slice(0, i).every(isOver)));
  return first < 0 ? [...started] : started.slice(0, first);
}

function isOver({ members }: WaveMembers): boolean {
  return members.every((m) => isSettled(m) && (memberState(m) !== 'rolledBack' || m.record?.spec.desiredState === 'RolledBack'));
}

function beginsAgain({ members }: WaveMembers): boolean {
  const isAgain = (m: Member): boolean => memberState(m) === 'pending' && (m.record?.status?.attempt ?? 1) > 1;
  return members.some(isAgain) && !members.some((m) => begun.has(memberState(m)));
}

const begun: ReadonlySet<MemberState | undefined> = new Set(['inFlight', 'migrated', 'partiallyMigrated', 'failed']);

/** Waves with requireApproval up to and including `advanceThrough` may start; the others need no leave. */
function isApproved(wave: Wave, o: MigrationObservation): boolean {
  if (wave.requireApproval !== true) return true;
  const { waves, advanceThrough } = o.migration.spec;
  const approved = waves.findIndex((w) => w.name === advanceThrough);
  return waves.findIndex((w) => w.name === wave.name) <= approved;
}

function nameOf(action: Action): string {
  return 'name' in action ? action.name : '';
}

// Some at the most: what is looked up for them ahead takes memory.
const upNextAtMost = 4;

function upNextOf(started: readonly WaveMembers[], granted: readonly Action[], o: MigrationObservation): string[] {
  const starting = new Set(granted.map(nameOf));
  for (const { wave, members } of started) {
    const waiting = members.filter((m) => mayStart(m) && !starting.has(m.name));
    const { maxConcurrentNamespaces } = resolveSettings(o.migration.spec, wave);
    if (waiting.length > 0) return waiting.slice(0, Math.min(maxConcurrentNamespaces, upNextAtMost)).map(({ name }) => name);
  }
  return [];
}

type Waiting = Member & { record: NamespaceMigration };

function mayStart(member: Member): member is Waiting {
  const { record } = member;
  return (
    memberState(member) === 'pending' && !isStale(member) && record !== undefined && record.spec.desiredState !== 'RolledBack'
  );
}

function grantPlaces(o: MigrationObservation, started: readonly WaveMembers[], all: readonly Member[], taken: number): Action[] {
  let inFlight = taken + all.filter((m) => memberState(m) === 'inFlight').length;
  const actions: Action[] = [];
  for (const { wave, members } of started) {
    const limit = resolveSettings(o.migration.spec, wave).maxConcurrentNamespaces;
    for (const member of members) {
      if (inFlight >= limit) break;
      if (!mayStart(member)) continue;
      actions.push(startRecord(member.record, 'Preflight', retryValue(member.record, o.migration)));
      inFlight += 1;
    }
  }
  return actions;
}
