// Membership: which namespace belongs to which wave. First match wins; the members of a wave are fixed when it starts.
// Pure.

import type { LabelSelector, LabelSelectorRequirement, Wave } from '../../api/v1alpha1/mesh-migration.ts';
import type { NamespaceMigration, Step } from '../../api/v1alpha1/namespace-migration.ts';
import { keys } from '../../api/v1alpha1/group.ts';
import { compare } from '../order.ts';
import { otherPairIn } from '../other-pair.ts';
import { readLedger } from '../namespace/ledger.ts';
import { pairOf } from '../pair.ts';
import type { MigrationObservation, NamespaceSummary, RefusedRecord } from './observation.ts';

/** One namespace of a wave. */
export interface Member {
  name: string;
  /** The namespace as it is now; absent when it is gone. */
  namespace?: NamespaceSummary;
  /** Our record of it; absent before the wave starts. */
  record?: NamespaceMigration;
  /** It has no record and carries the keys of an earlier move between other meshes, named here: it gets one when they are gone. */
  earlier?: string;
  /** The API server refused the record that it needs. */
  refused?: RefusedRecord;
  /** A record that is not ours stands in the way, or can be adopted. */
  foreign?: { record: NamespaceMigration; adoptable: boolean; reason: 'Overlap' | 'OtherPair' };
}

/** A wave with its members. */
export interface WaveMembers {
  wave: Wave;
  /** The spec no longer has the wave, and records say that it has started. */
  lost?: boolean;
  /** Its members are fixed: every one had its record when it started. */
  fixed: boolean;
  members: readonly Member[];
}

/** The whole membership. */
export interface Membership {
  waves: readonly WaveMembers[];
  /** Namespaces that appeared after their wave had started and match no later one. */
  leftOver: readonly string[];
}

/** Who belongs where. */
export function membershipOf(o: MigrationObservation): Membership {
  const { waves } = o.migration.spec;
  const started = (o.migration.status?.waves ?? []).filter((w) => w.startTime !== undefined);
  const fixed = new Set(started.map((w) => w.name));
  const recorded = recordedMembers(o);
  const known = new Set(recorded.map(({ member }) => member.name));
  const newcomers = o.namespaces.filter((n) => !known.has(n.name) && !n.deleting && !o.isExcluded(n.name));
  const remembered = new Map(started.flatMap((w) => (w.unrecorded ?? []).map((name) => [name, w.name] as const)));
  const placed = newcomers.map((namespace) => {
    const wave = remembered.get(namespace.name) ?? markedWave(namespace, o);
    const place: Place = wave === undefined ? placeOf(namespace, waves, fixed) : { kind: 'wave', wave };
    return { place, member: withForeign(namespace, o) };
  });
  const membersOf = (name: string): Member[] => [
    ...recorded.filter((r) => r.wave === name).map((r) => r.member),
    ...placed.filter((p) => p.place.kind === 'wave' && p.place.wave === name).map((p) => p.member),
  ];
  const membersIn = (wave: Wave): WaveMembers => ({
    wave,
    fixed: fixed.has(wave.name),
    members: membersOf(wave.name).toSorted((a, b) => compare(a.name, b.name)),
  });
  return {
    waves: [...lostWaves(o, waves).map((wave) => ({ ...membersIn(wave), fixed: true, lost: true })), ...waves.map(membersIn)],
    leftOver: placed
      .filter((p) => p.place.kind === 'tooLate')
      .map((p) => p.member.name)
      .toSorted(compare),
  };
}

function recordedMembers(o: MigrationObservation): { wave: string; member: Member }[] {
  const namespaces = new Map(o.namespaces.map((n) => [n.name, n]));
  const mine = o.records.filter((r) => r.spec.migrationRef.uid === o.migration.metadata.uid);
  return mine.map((record) => ({ wave: record.spec.wave, member: memberOf(record.metadata.name, namespaces, record) }));
}

// Waves that were taken out of the spec after they had started: their members must still find the way back.
function lostWaves(o: MigrationObservation, waves: readonly Wave[]): Wave[] {
  const mine = o.records.filter((r) => r.spec.migrationRef.uid === o.migration.metadata.uid).map((r) => r.spec.wave);
  const lost = new Set(mine.filter((name) => !waves.some((w) => w.name === name)));
  return [...lost].toSorted(compare).map((name) => ({ name, namespaces: [] }));
}

// A namespace that carries our marks and has no record lost it in mid-move: it is no newcomer.
function markedWave(namespace: NamespaceSummary, o: MigrationObservation): string | undefined {
  const { spec } = o.migration;
  const { to } = pairOf(spec.source.mesh, spec.target.mesh);
  const marked = namespace.labels[keys.moving] !== undefined || namespace.labels[keys.to] === to;
  return marked ? spec.waves.find((wave) => matches(wave, namespace))?.name : undefined;
}

type Place = { kind: 'wave'; wave: string } | { kind: 'tooLate' } | { kind: 'nowhere' };

// The first wave that matches; where that one has started without the namespace, the first later one that has not.
function placeOf(namespace: NamespaceSummary, waves: readonly Wave[], fixed: ReadonlySet<string>): Place {
  const first = waves.findIndex((wave) => matches(wave, namespace));
  if (first < 0) return { kind: 'nowhere' };
  const open = waves.slice(first).find((wave) => !fixed.has(wave.name) && matches(wave, namespace));
  return open === undefined ? { kind: 'tooLate' } : { kind: 'wave', wave: open.name };
}

/** Members that have no record of this migration: the wave's status remembers them, because nothing else does. */
export function unrecordedOf(w: WaveMembers, o: MigrationObservation): string[] {
  const uid = o.migration.metadata.uid;
  const isStale = (m: Member): boolean => m.namespace !== undefined && m.record?.spec.namespaceUID !== m.namespace.uid;
  return w.members.filter((m) => m.record?.spec.migrationRef.uid !== uid || isStale(m)).map((m) => m.name);
}

function memberOf(name: string, namespaces: ReadonlyMap<string, NamespaceSummary>, record: NamespaceMigration): Member {
  const namespace = namespaces.get(name);
  return { name, record, ...(namespace !== undefined && { namespace }) };
}

function withForeign(namespace: NamespaceSummary, o: MigrationObservation): Member {
  const record = o.records.find((r) => r.metadata.name === namespace.name);
  if (record === undefined) {
    const { source, target } = o.migration.spec;
    const earlier = otherPairIn(namespace.labels, pairOf(source.mesh, target.mesh));
    const refused = o.refusedRecords?.get(namespace.name);
    return {
      ...{ name: namespace.name, namespace },
      ...(earlier !== undefined && { earlier }),
      ...(refused !== undefined && { refused }),
    };
  }
  const alive = o.migrations.has(record.spec.migrationRef.uid);
  const samePair = record.spec.source === o.migration.spec.source.mesh && record.spec.target === o.migration.spec.target.mesh;
  const stale = record.spec.namespaceUID !== namespace.uid;
  const adoptable = !alive && (samePair || stale || leftNothing(record, namespace));
  return { name: namespace.name, namespace, foreign: { record, adoptable, reason: alive ? 'Overlap' : 'OtherPair' } };
}

/** The record of a move that never wrote anything, or that is wholly back: nothing speaks against another pair. */
export function leftNothing({ status = {} }: NamespaceMigration, { labels }: Pick<NamespaceSummary, 'labels'>): boolean {
  const { step = 'Pending', keyed = [], committed } = status;
  const marks = [keys.to, keys.from, keys.moving].filter((key) => labels[key] !== undefined);
  return unwritten.has(step) && readLedger(keyed).size === 0 && committed !== true && marks.length === 0;
}

const unwritten: ReadonlySet<Step> = new Set(['Pending', 'Preflight', 'RolledBack']);

/** The wave selects the namespace. */
export function matches(wave: Wave, namespace: Pick<NamespaceSummary, 'name' | 'labels'>): boolean {
  if (wave.namespaces !== undefined) return wave.namespaces.includes(namespace.name);
  return wave.namespaceSelector !== undefined && selects(wave.namespaceSelector, namespace.labels);
}

function selects(selector: LabelSelector, labels: Readonly<Record<string, string>>): boolean {
  const exact = Object.entries(selector.matchLabels ?? {}).every(([key, value]) => valueOf(labels, key) === value);
  return exact && (selector.matchExpressions ?? []).every((requirement) => holds(requirement, valueOf(labels, requirement.key)));
}

function valueOf(labels: Readonly<Record<string, string>>, key: string): string | undefined {
  return Object.hasOwn(labels, key) ? labels[key] : undefined;
}

function holds(requirement: LabelSelectorRequirement, value: string | undefined): boolean {
  const values = requirement.values ?? [];
  switch (requirement.operator) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
  }
}
