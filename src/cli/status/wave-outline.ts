// A wave as a node of the tree, with its namespaces: those that have a record, and those that wait. Pure.

import type { MeshMigration, Wave } from '../../api/v1alpha1/mesh-migration.ts';
import type { NamespaceCounts, WaveStatus } from '../../api/v1alpha1/mesh-migration-status.ts';
import type { NamespaceMigration } from '../../api/v1alpha1/namespace-migration.ts';
import type { Mark, Note, OutlineNode } from '../outline.ts';
import { duration } from './duration.ts';
import { namespaceNode, pendingNamespace } from './namespace-outline.ts';
import type { MigrationPicture } from './picture.ts';
import { conditionOf, isGoingBack } from './standing.ts';

/** All waves of the spec in their order, and after them records of waves that the spec has no more. */
export function waveNodes({ migration, records }: MigrationPicture): OutlineNode[] {
  const known = new Set(migration.spec.waves.map(({ name }) => name));
  const lost = records.filter(({ spec }) => !known.has(spec.wave));
  return [
    ...migration.spec.waves.map((wave) => waveNode(wave, migration, records)),
    ...(lost.length === 0 ? [] : [lostNode(lost)]),
  ];
}

function lostNode(records: readonly NamespaceMigration[]): OutlineNode {
  const cells = ['waves that the spec has no more'];
  return { mark: 'warn', kind: 'lost', cells, notes: [], children: records.map(namespaceNode) };
}

function waveNode(wave: Wave, migration: MeshMigration, records: readonly NamespaceMigration[]): OutlineNode {
  const own = records.filter(({ spec }) => spec.wave === wave.name);
  const status = migration.status?.waves?.find(({ name }) => name === wave.name);
  // In one order from the beginning to the end, so that nothing jumps when its turn comes.
  const children = [...own.map(namespaceNode), ...waiting(wave, migration, records)].toSorted(byName);
  const unnamed = (status?.namespaces.total ?? 0) - children.length;
  return {
    mark: markOf(status),
    kind: 'wave',
    cells: [`wave ${wave.name}`, ...(status === undefined ? [] : [countsText(status.namespaces)])],
    ...tailOf(wave, migration, status),
    notes: approvalNotes(wave, migration),
    children: unnamed > 0 ? [...children, chosenLater(unnamed)] : children,
  };
}

/** Named members that have no record of this migration. */
function waiting(wave: Wave, migration: MeshMigration, records: readonly NamespaceMigration[]): OutlineNode[] {
  const recorded = new Set(records.map(({ metadata }) => metadata.name));
  const failures = migration.status?.failures ?? [];
  const { deletionTimestamp } = migration.metadata;
  const started = migration.status?.waves?.find(({ name }) => name === wave.name)?.startTime !== undefined;
  if (deletionTimestamp !== undefined && started) return takenAway(wave, recorded);
  return (wave.namespaces ?? [])
    .filter((name) => !recorded.has(name))
    .map((name) =>
      pendingNamespace(
        name,
        failures.find((failure) => failure.namespace === name && failure.workload === undefined),
      ),
    );
}

// A migration that is being deleted takes the record of each namespace away as soon as that is back.
function takenAway({ namespaces = [] }: Wave, recorded: ReadonlySet<string>): OutlineNode[] {
  return namespaces
    .filter((name) => !recorded.has(name))
    .map((name) => ({ mark: 'done', kind: 'namespace', cells: [name, 'RolledBack'], notes: [], children: [] }));
}

function byName(a: OutlineNode, b: OutlineNode): number {
  return (a.cells[0] ?? '') < (b.cells[0] ?? '') ? -1 : 1;
}

function chosenLater(count: number): OutlineNode {
  const cells = [`${count} by label`, 'Pending'];
  return { mark: 'idle', kind: 'namespace', cells, notes: [], children: [] };
}

function markOf(status: WaveStatus | undefined): Mark {
  if (status?.startTime === undefined) return 'idle';
  const { failed, blocked, partiallyMigrated } = status.namespaces;
  if (failed + blocked > 0) return 'bad';
  if (partiallyMigrated > 0) return 'warn';
  return status.completionTime === undefined ? 'busy' : 'done';
}

/** For example `2/4 migrated, 1 in flight`; on the way back `3/4 rolled back`. */
export function countsText(counts: NamespaceCounts): string {
  const back = counts.rolledBack > 0 && counts.migrated === 0;
  const words: readonly (readonly [keyof NamespaceCounts, string])[] = [
    ['inFlight', 'in flight'],
    ['partiallyMigrated', 'partly migrated'],
    ['failed', 'failed'],
    ['blocked', 'blocked'],
    ...(back ? [] : ([['rolledBack', 'rolled back']] as const)),
  ];
  const others = words.filter(([key]) => counts[key] > 0).map(([key, word]) => `${counts[key]} ${word}`);
  const first = back ? `${counts.rolledBack}/${counts.total} rolled back` : `${counts.migrated}/${counts.total} migrated`;
  return [first, ...others].join(', ');
}

function tailOf(wave: Wave, migration: MeshMigration, status: WaveStatus | undefined): { tail?: string } {
  if (status?.startTime === undefined) return needsApproval(wave, migration) ? { tail: 'needs approval' } : {};
  // Since the start it went forward and back, which took the sum of both.
  const wentBack = isGoingBack(migration) || status.namespaces.rolledBack > 0;
  return status.completionTime === undefined || wentBack
    ? {}
    : { tail: `took ${duration(status.startTime, status.completionTime)}` };
}

function needsApproval(wave: Wave, { spec }: MeshMigration): boolean {
  const place = (name: string | undefined): number => spec.waves.findIndex((w) => w.name === name);
  return wave.requireApproval === true && place(spec.advanceThrough) < place(wave.name);
}

function approvalNotes(wave: Wave, migration: MeshMigration): Note[] {
  const waits = conditionOf(migration, 'Ready')?.reason === 'AwaitingApproval' && migration.status?.currentWave === wave.name;
  if (!waits || !needsApproval(wave, migration)) return [];
  const patch = JSON.stringify({ spec: { advanceThrough: wave.name } });
  const text = `kubectl patch meshmigration ${migration.metadata.name} --type merge -p '${patch}'`;
  return [{ text: `Let it start: ${text}`, tone: 'strong', lead: '> ' }];
}
