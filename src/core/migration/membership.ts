// Membership: which namespace belongs to which wave. First match wins; the members of a wave are fixed when it starts.
// Pure.

import type { LabelSelector, LabelSelectorRequirement, Wave } from '../../api/v1alpha1/mesh-migration.ts';
import type { NamespaceMigration } from '../../api/v1alpha1/namespace-migration.ts';
import { compare } from '../order.ts';
import type { MigrationObservation, NamespaceSummary } from './observation.ts';

/** One namespace of a wave. */
export interface Member {
  name: string;
  /** The namespace as it is now; absent when it is gone. */
  namespace?: NamespaceSummary;
  /** Our record of it; absent before the wave starts. */
  record?: NamespaceMigration;
  /** A record that is not ours stands in the way, or can be adopted. */
  foreign?: { record: NamespaceMigration; adoptable: boolean; reason: 'Overlap' | 'OtherPair' };
}

/** A wave with its members. */
export interface WaveMembers {
  wave: Wave;
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
  const fixed = new Set((o.migration.status?.waves ?? []).filter((w) => w.startTime !== undefined).map((w) => w.name));
  const recorded = recordedMembers(o);
  const known = new Set(recorded.map(({ member }) => member.name));
  const newcomers = o.namespaces.filter((n) => !known.has(n.name) && !n.deleting && !o.isExcluded(n.name));
  const placed = newcomers.map((namespace) => ({ place: placeOf(namespace, waves, fixed), member: withForeign(namespace, o) }));
  const membersOf = (name: string): Member[] => [
    ...recorded.filter((r) => r.wave === name).map((r) => r.member),
    ...placed.filter((p) => p.place.kind === 'wave' && p.place.wave === name).map((p) => p.member),
  ];
  return {
    waves: waves.map((wave) => ({
      wave,
      fixed: fixed.has(wave.name),
      members: membersOf(wave.name).toSorted((a, b) => compare(a.name, b.name)),
    })),
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

type Place = { kind: 'wave'; wave: string } | { kind: 'tooLate' } | { kind: 'nowhere' };

// The first wave that matches; where that one has started without the namespace, the first later one that has not.
function placeOf(namespace: NamespaceSummary, waves: readonly Wave[], fixed: ReadonlySet<string>): Place {
  const matching = waves.filter((wave) => matches(wave, namespace));
  const open = matching.find((wave) => !fixed.has(wave.name));
  if (open !== undefined) return { kind: 'wave', wave: open.name };
  return matching.length > 0 ? { kind: 'tooLate' } : { kind: 'nowhere' };
}

function memberOf(name: string, namespaces: ReadonlyMap<string, NamespaceSummary>, record: NamespaceMigration): Member {
  const namespace = namespaces.get(name);
  return { name, record, ...(namespace !== undefined && { namespace }) };
}

function withForeign(namespace: NamespaceSummary, o: MigrationObservation): Member {
  const record = o.records.find((r) => r.metadata.name === namespace.name);
  if (record === undefined) return { name: namespace.name, namespace };
  const alive = o.migrations.has(record.spec.migrationRef.uid);
  const samePair = record.spec.source === o.migration.spec.source.mesh && record.spec.target === o.migration.spec.target.mesh;
  const stale = record.spec.namespaceUID !== namespace.uid;
  const adoptable = !alive && (samePair || stale);
  return { name: namespace.name, namespace, foreign: { record, adoptable, reason: alive ? 'Overlap' : 'OtherPair' } };
}

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
