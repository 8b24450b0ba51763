// What became different between two pictures, as one plain line each: the view for logs, where nothing is drawn anew. Pure.

import type { MeshMigration } from '../../api/v1alpha1/mesh-migration.ts';
import type { NamespaceMigration, NamespaceMigrationStatus, WorkloadRow } from '../../api/v1alpha1/namespace-migration.ts';
import { clean } from '../text.ts';
import { needsALook, progressOf } from './namespace-outline.ts';
import { pictureOfOne } from './picture.ts';
import type { MigrationPicture, Picture } from './picture.ts';
import { standingOf } from './standing.ts';
import { isBackByRequest, isProblem, nameOf, stateWord } from './workload-outline.ts';

/** One line for every migration, wave, namespace and workload that stands elsewhere now. */
export function changesBetween(before: Picture, after: Picture): string[] {
  const gone = before.migrations.filter(({ metadata }) => pictureOfOne(after, metadata.name) === undefined);
  // Where only one is looked at, its name would be the same word before every line.
  const named = before.migrations.length + after.migrations.length > 2;
  const prefix = ({ metadata }: MeshMigration): string => (named ? `${metadata.name}: ` : '');
  return [
    ...gone.map(({ metadata }) => `${metadata.name}: deleted; its namespaces stay as they are`),
    ...after.migrations.flatMap((migration) =>
      migrationChanges(before, after, migration).map((line) => clean(prefix(migration) + line)),
    ),
  ];
}

function migrationChanges(before: Picture, after: Picture, { metadata }: MeshMigration): string[] {
  const old = pictureOfOne(before, metadata.name);
  const now = pictureOfOne(after, metadata.name);
  if (now === undefined) return [];
  const namespaces = now.records.flatMap((record) => namespaceChanges(recordIn(old, record.metadata.name), record));
  // A wave's end follows from its namespaces, and the end of all from its waves: in a log the cause comes first.
  return [
    ...waveChanges(old?.migration, now.migration, 'startTime'),
    ...namespaces,
    ...waveChanges(old?.migration, now.migration, 'completionTime'),
    ...standingChange(old, now),
  ];
}

function recordIn(picture: MigrationPicture | undefined, name: string): NamespaceMigration | undefined {
  return picture?.records.find(({ metadata }) => metadata.name === name);
}

function standingChange(old: MigrationPicture | undefined, now: MigrationPicture): string[] {
  const text = standingText(now.migration);
  return old !== undefined && standingText(old.migration) === text ? [] : [text];
}

function standingText(migration: MeshMigration): string {
  const { title, message } = standingOf(migration);
  return message === '' || message === title ? title : `${title}: ${message}`;
}

function waveChanges(old: MeshMigration | undefined, now: MeshMigration, field: 'startTime' | 'completionTime'): string[] {
  const word = field === 'startTime' ? 'starts' : 'came to its end';
  return (now.status?.waves ?? [])
    .filter(
      (wave) => wave[field] !== undefined && old?.status?.waves?.find(({ name }) => name === wave.name)?.[field] === undefined,
    )
    .map(({ name }) => `wave ${name} ${word}`);
}

function namespaceChanges(old: NamespaceMigration | undefined, { metadata, status = {} }: NamespaceMigration): string[] {
  const rows = (status.workloads ?? []).flatMap((row) => rowChange(old?.status?.workloads, row));
  const stands = standsText(status);
  const moved = old?.status?.step !== status.step || (needsALook(status) && stands !== standsText(old?.status ?? {}));
  return [...rows, ...(moved ? [stands] : [])].map((line) => `${metadata.name}: ${line}`);
}

function standsText(status: NamespaceMigrationStatus): string {
  const words = [status.step ?? 'Pending', status.blocked === true ? 'blocked' : '', progressOf(status)];
  const stands = words.filter(Boolean).join(' ');
  return needsALook(status) ? `${stands}; ${withRemedy(status)}` : stands;
}

function rowChange(old: readonly WorkloadRow[] | undefined, row: WorkloadRow): string[] {
  const before = old?.find(({ uid }) => uid === row.uid);
  if (isBackByRequest(row) || (before !== undefined && stateWord(before) === stateWord(row))) return [];
  const told = before?.reason === row.reason && before?.message === row.message;
  return [`${nameOf(row)} ${stateWord(row)}${isProblem(row) && !told ? `; ${withRemedy(row)}` : ''}`];
}

interface Explained {
  readonly reason?: string;
  readonly message?: string;
  readonly remedy?: string;
}

function withRemedy({ reason = '', message = '', remedy = '' }: Explained): string {
  const said = [reason, message].filter(Boolean).join(': ');
  return remedy === '' ? said : `${said}; remedy: ${remedy}`;
}
