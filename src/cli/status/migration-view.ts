// A whole migration as lines: a heading with where it stands and how far it is, and the tree below it. Pure.

import { keys } from '../../api/v1alpha1/group.ts';
import type { Failure, NamespaceCounts, WorkloadCounts } from '../../api/v1alpha1/mesh-migration-status.ts';
import type { MeshMigration } from '../../api/v1alpha1/mesh-migration.ts';
import type { Line, Span, Tone } from '../line.ts';
import { span } from '../line.ts';
import { drawOutline } from '../outline.ts';
import type { Drawing, Mark, Note, OutlineNode } from '../outline.ts';
import { clean, cut, cutMiddle, pad, widthOf, wrap } from '../text.ts';
import { duration, spell } from './duration.ts';
import { problemNotes } from './problem-notes.ts';
import type { MigrationPicture } from './picture.ts';
import { conditionOf, isGoingBack, standingOf } from './standing.ts';
import { countsText, waveNodes } from './wave-outline.ts';

const toneOf: Readonly<Record<Mark, Tone>> = { done: 'good', busy: 'busy', idle: 'dim', warn: 'warn', bad: 'bad' };
const widestBar = 24;
const label = 12;

/** How it is drawn. */
export interface ViewOptions extends Drawing {
  /** Milliseconds since 1970, to show for how long it has been running; left out where text must be stable. */
  readonly now?: number;
}

/** The lines above the tree. */
export function headingLines(picture: MigrationPicture, options: ViewOptions): Line[] {
  const { migration } = picture;
  const { status } = migration;
  return [
    titleLine(migration, options),
    ...standingLines(migration, options),
    ...(status?.namespaces === undefined ? [] : [namespacesLine(status.namespaces, options)]),
    ...(status?.workloads === undefined ? [] : [workloadsLine(status.workloads, isGoingBack(migration), options)]),
    ...sourceLines(migration, options),
    ...placeless(picture).flatMap((failure) => noteLines(failureNotes(failure, migration), options)),
    ...noteLines(retryNotes(migration), options),
  ];
}

/** Heading and tree. */
export function migrationLines(picture: MigrationPicture, options: ViewOptions): Line[] {
  return [...headingLines(picture, options), ...drawOutline(treeOf(picture), options)];
}

/** The tree: waves, namespaces, workloads. */
export function treeOf(picture: MigrationPicture): OutlineNode[] {
  return waveNodes(picture);
}

function titleLine(migration: MeshMigration, options: ViewOptions): Line {
  const { spec, metadata, status } = migration;
  const way = `  ${spec.source.mesh} ${options.glyphs.arrow} ${spec.target.mesh}`;
  const time = isGoingBack(migration) ? '' : timeText(status?.startTime, status?.completionTime, options.now);
  const name = cutMiddle(metadata.name, Math.max(8, options.width - widthOf(way) - widthOf(time)), options.glyphs.ellipsis);
  return [span(name, 'strong'), span(way), span(time, 'dim')];
}

function timeText(start: string | undefined, end: string | undefined, now: number | undefined): string {
  if (start === undefined) return '';
  if (end !== undefined) return `  took ${duration(start, end)}`;
  return now === undefined ? '' : `  ${spell((now - Date.parse(start)) / 1000)}`;
}

function standingLines(migration: MeshMigration, { width, glyphs, now }: ViewOptions): Line[] {
  const { mark, title, message } = standingOf(migration, now);
  const tone = toneOf[mark];
  const text = clean(message === '' || message === title ? title : `${title}: ${message}`);
  const indent = widthOf(glyphs[mark]) + 1;
  return wrap(text, width - indent).map((line, i) => [
    span(i === 0 ? `${glyphs[mark]} ` : ' '.repeat(indent), tone),
    span(line, tone),
  ]);
}

function namespacesLine(counts: NamespaceCounts, options: ViewOptions): Line {
  const back = counts.rolledBack > 0 && counts.migrated === 0;
  const done = back ? counts.rolledBack : counts.migrated;
  return countLine('Namespaces', { done, total: counts.total, words: countsText(counts), options });
}

function workloadsLine(counts: WorkloadCounts, back: boolean, options: ViewOptions): Line {
  const { total, verified, armed, restored, moving } = counts;
  const states = ['armed', 'restored', 'failed', 'drifted', 'listed'] as const;
  const others = states
    .filter((state) => counts[state] > 0 && !(back && state === 'restored'))
    .map((state) => `${counts[state]} ${state}`);
  const under = moving > 0 ? [`${moving} ${back ? 'going back' : 'moving'}`] : [];
  const left = back && verified > 0 ? [`${verified} in the target`] : [];
  // What never left the source is counted with what came back.
  const first = back ? `${restored}/${total} in the source` : `${verified}/${total} verified`;
  const words = [first, ...under, ...left, ...others].join(', ');
  return countLine('Workloads', { done: back ? restored : verified + armed, total, words, options });
}

interface Count {
  readonly done: number;
  readonly total: number;
  readonly words: string;
  readonly options: ViewOptions;
}

function countLine(name: string, { done, total, words, options }: Count): Line {
  const { width, glyphs } = options;
  const columns = Math.min(widestBar, Math.floor(width / 4));
  const full = total === 0 ? 0 : Math.floor((columns * done) / total);
  const bar: Span[] = [span(glyphs.full.repeat(full), 'good'), span(glyphs.empty.repeat(columns - full), 'dim')];
  return [
    span(pad(name, label), 'dim'),
    ...bar,
    span(`  ${options.whole === true ? words : cut(words, width - label - columns - 2, glyphs.ellipsis)}`),
  ];
}

// Before the end the source is in use, which is no news.
function sourceLines(migration: MeshMigration, options: ViewOptions): Line[] {
  const condition = conditionOf(migration, 'SourceInUse');
  if (condition === undefined || standingOf(migration).end === undefined) return [];
  const use = condition.status === 'Unknown' ? 'unknown' : condition.status === 'True' ? 'yes' : 'no';
  const lines = wrap(clean(`${use} (${condition.message})`), options.width - label);
  return lines.map((line, i) => [span(pad(i === 0 ? 'Source used' : '', label), 'dim'), span(line)]);
}

/** Failures that no line of the tree tells. */
function placeless({ migration, records }: MigrationPicture): Failure[] {
  const shown = new Set([
    ...records.map(({ metadata }) => metadata.name),
    ...migration.spec.waves.flatMap(({ namespaces = [] }) => namespaces),
  ]);
  return (migration.status?.failures ?? []).filter(({ namespace }) => namespace === undefined || !shown.has(namespace));
}

// What the standing says already is not said twice.
function failureNotes({ namespace, reason, message, remedy }: Failure, migration: MeshMigration): Note[] {
  if (namespace === undefined && message === standingOf(migration).message) return problemNotes({ remedy });
  return problemNotes({ reason, message: namespace === undefined ? message : `${namespace}: ${message}`, remedy });
}

// What failed is tried again when its template changes, or when a person asks for it; here is the whole command, once.
function retryNotes(migration: MeshMigration): Note[] {
  const { failures = [], namespaces, workloads } = migration.status ?? {};
  const failed = (namespaces?.failed ?? 0) + (workloads?.restored ?? 0) > 0;
  const asks = failed || failures.some(({ remedy }) => remedy.includes(keys.retryAt));
  if (!asks || standingOf(migration).end !== 'bad') return [];
  const command = `kubectl annotate meshmigration ${migration.metadata.name} --overwrite ${keys.retryAt}="$(date -Is)"`;
  return [{ text: `When what failed is repaired, try again: ${command}`, tone: 'strong', lead: '> ' }];
}

function noteLines(notes: readonly Note[], { width }: ViewOptions): Line[] {
  return notes.flatMap(({ text, tone, lead = '' }) =>
    wrap(text, width - 2 - widthOf(lead)).map((line, i) => [
      span('  '),
      span((i === 0 ? lead : ' '.repeat(widthOf(lead))) + line, tone),
    ]),
  );
}
