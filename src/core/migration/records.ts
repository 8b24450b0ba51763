// Records: made for every member when its wave starts, adopted from a migration that is gone, replaced when the namespace
// is another one, deleted when the migration is deleted and everything is back. Pure.

import { keys } from '../../api/v1alpha1/group.ts';
import type { NamespaceMigration, NamespaceMigrationSpec, OriginalKey } from '../../api/v1alpha1/namespace-migration.ts';
import type { Action } from '../action.ts';
import { otherPairIn } from '../other-pair.ts';
import { pairOf } from '../pair.ts';
import { isStale } from './census.ts';
import type { Member, Membership } from './membership.ts';
import type { MigrationObservation, NamespaceSummary } from './observation.ts';

/** The write that gives a member its record; undefined where one stands in the way. */
export function recordAction(member: Member, wave: string, o: MigrationObservation): Action | undefined {
  if (member.namespace === undefined || !needsRecord(member)) return undefined;
  const { foreign, namespace } = member;
  if (foreign === undefined) return { kind: 'createRecord', name: member.name, spec: recordSpec(namespace, wave, o) };
  if (!foreign.adoptable) return undefined;
  const { name, uid } = foreign.record.metadata;
  const { source, target } = o.migration.spec;
  const samePair = foreign.record.spec.source === source.mesh && foreign.record.spec.target === target.mesh;
  const isStaleRecord = foreign.record.spec.namespaceUID !== namespace.uid;
  if (isStaleRecord && holdsNames(foreign.record)) return undefined;
  if (!samePair || isStaleRecord) return { kind: 'deleteRecord', name, uid };
  const migration = { name: o.migration.metadata.name, uid: o.migration.metadata.uid };
  return { kind: 'adoptRecord', name, uid, migration, wave };
}

function needsRecord({ record, earlier, refused }: Member): boolean {
  return record === undefined && earlier === undefined && refused?.tryAgain !== false;
}

/** What the record of a namespace says when it is made. */
export function recordSpec(namespace: NamespaceSummary, wave: string, o: MigrationObservation): NamespaceMigrationSpec {
  const { metadata, spec } = o.migration;
  const pair = pairOf(spec.source.mesh, spec.target.mesh);
  const marked = namespace.labels[keys.to] === pair.to && otherPairIn(namespace.labels, pair) === undefined;
  return {
    migrationRef: { name: metadata.name, uid: metadata.uid },
    source: spec.source.mesh,
    target: spec.target.mesh,
    namespaceUID: namespace.uid,
    wave,
    originals: {
      labels: originals(o.originalKeys.labels, namespace.labels, marked),
      annotations: originals(o.originalKeys.annotations, namespace.annotations, marked),
    },
  };
}

// A namespace that still carries our mark lost its record: what the mark came with was ours, so the original is absent. The
// mark of another pair is what an earlier move came to, and is found as it is.
function originals(wanted: readonly string[], found: Readonly<Record<string, string>>, marked: boolean): OriginalKey[] {
  return wanted.map((key) => {
    const value = Object.hasOwn(found, key) ? found[key] : undefined;
    return value === undefined || marked ? { key, present: false } : { key, present: true, value };
  });
}

/** Records of namespaces that are other ones by now, and of a migration that was deleted and is wholly back. */
export function replaceRecords(o: MigrationObservation, membership: Membership, back: boolean): Action[] {
  const members = membership.waves.flatMap((w) => w.members);
  const deleting = o.migration.metadata.deletionTimestamp !== undefined && back;
  return members
    .filter((m) => isStale(m) || (deleting && isOver(m)))
    .flatMap(({ record }) => (record === undefined || holdsNames(record) ? [] : [remove(record.metadata)]));
}

function isOver({ record, namespace }: Member): boolean {
  return namespace === undefined || record?.status?.step === 'RolledBack';
}

// What was made for callers is known from the record alone, so it is taken away first. What a way back had to leave stays.
function holdsNames({ status }: NamespaceMigration): boolean {
  const { step, names = [] } = status ?? {};
  return names.length > 0 && step !== 'RolledBack';
}

function remove(metadata: { name: string; uid: string }): Action {
  return { kind: 'deleteRecord', name: metadata.name, uid: metadata.uid };
}
