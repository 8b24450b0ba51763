// report: stores a status when it differs, not more than about once a second where nothing depends on it, and tells events.

import { isDeepStrictEqual } from 'node:util';
import { API_VERSION } from '../api/v1alpha1/group.ts';
import type { MeshMigration, MeshMigrationStatus } from '../api/v1alpha1/mesh-migration.ts';
import type { NamespaceMigration, NamespaceMigrationStatus } from '../api/v1alpha1/namespace-migration.ts';
import type { EventNote } from '../core/action.ts';
import type { Decision } from '../core/decision.ts';
import { statusInstead } from '../core/migration/status-instead.ts';
import { standingOf } from '../core/progress.ts';
import { withinLimits } from '../core/within-limits.ts';
import { isKubeError } from '../kube/kube-error.ts';
import { apiVersionOf } from '../kube/resource-kind.ts';
import type { EventRecorder, EventSubject } from '../runtime/event-recorder.ts';
import type { Appliers } from './apply.ts';
import { isOutdated } from './outdated.ts';
import { TEMPLATE_KINDS } from './kinds.ts';
import { workloadNamed } from './views.ts';
import { patchMigrationStatus, patchRecordStatus } from './record-writes.ts';

/** What reporting takes. */
export interface Reporters extends Pick<Appliers, 'client' | 'views' | 'fence' | 'wallMs'> {
  events: EventRecorder;
  monotonicMs: () => number;
  /** When the last status of an object was written, by uid. */
  writtenAt: Map<string, number>;
  /** Since when writes of ours are in no status yet, by uid of the record. */
  unstoredSince: Map<string, number>;
}

/** What became of a report. */
export type Reported =
  | { kind: 'written' }
  | { kind: 'unchanged' }
  | { kind: 'later'; afterMs: number }
  | { kind: 'stale'; afterMs: number }
  /** The API server takes no such status; what is stored says so. */
  | { kind: 'refused'; afterMs: number; message: string };

// Milliseconds. While something moves, counts and how far rollouts are change all the time; nobody needs each of them.
const coalesceMs = 1_000;
const progressMs = 10_000;
const unstoredMs = 5_000;
const refusedMs = 30_000;

/** Reports on one namespace. */
export async function reportNamespace(
  r: Reporters,
  record: NamespaceMigration,
  decision: Decision<NamespaceMigrationStatus>,
  migration: MeshMigration | undefined,
): Promise<Reported> {
  // A record that waits for its place has nothing to say; a status of its own would only outdate the one that starts it.
  if (record.status === undefined && decision.status.step === undefined) return { kind: 'unchanged' };
  const news = decision.events.some(({ type }) => type === 'Warning');
  const urgent = decision.outcome.kind === 'act' || record.status?.step !== decision.status.step || news;
  const status = withinLimits(decision.status, 'NamespaceMigration');
  const instead = (refusedStatus: string): NamespaceMigrationStatus =>
    withinLimits({ ...record.status, refusedStatus }, 'NamespaceMigration');
  const reported = await report(
    r,
    record,
    { status, instead, before: record.status, urgent, moving: decision.outcome.kind === 'wait' },
    (next) => patchRecordStatus(r, record, next),
  );
  if (reported.kind === 'written') tellNamespace(r, record, decision.events, migration);
  return reported;
}

/** Writes of ours are made now that no status tells of: it is stored a little later. */
export function keepUnstored(r: Reporters, { metadata }: NamespaceMigration): void {
  r.unstoredSince.set(metadata.uid, r.unstoredSince.get(metadata.uid) ?? r.monotonicMs());
}

/** Reports on a migration. */
export async function reportMigration(
  r: Reporters,
  migration: MeshMigration,
  decision: Decision<MeshMigrationStatus>,
): Promise<Reported> {
  const urgent = decision.events.length > 0 || migration.status?.observedGeneration !== decision.status.observedGeneration;
  const status = withinLimits(decision.status, 'MeshMigration');
  const instead = (message: string): MeshMigrationStatus =>
    withinLimits(statusInstead(migration, status, { message, now: r.wallMs() }), 'MeshMigration');
  const reported = await report(
    r,
    migration,
    { status, instead, before: migration.status, urgent, moving: isReconciling(status) },
    (next) => patchMigrationStatus(r, migration, next),
  );
  if (reported.kind === 'written')
    for (const event of decision.events) r.events.record({ ...noteOf(event), regarding: subjectOf(migration) });
  return reported;
}

interface Change<S> {
  status: S;
  /** What is stored where the status is refused: what was, and that. */
  instead: (message: string) => S;
  before: S | undefined;
  urgent: boolean;
  moving: boolean;
}

function isReconciling({ conditions = [] }: MeshMigrationStatus): boolean {
  return conditions.some(({ type, status }) => type === 'Reconciling' && status === 'True');
}

// Milliseconds until the status is stored.
function dueIn(r: Reporters, uid: string, { before, status, urgent, moving }: Change<object>): number {
  if (urgent) return 0;
  const written = r.writtenAt.get(uid) ?? -Infinity;
  const isProgress = moving && isDeepStrictEqual(standingOf(before), standingOf(status));
  if (!isProgress) return written + coalesceMs - r.monotonicMs();
  return Math.min(written + progressMs, (r.unstoredSince.get(uid) ?? Infinity) + unstoredMs) - r.monotonicMs();
}

async function report<S extends object>(
  r: Reporters,
  object: { metadata: { uid: string } },
  change: Change<S>,
  write: (status: S) => Promise<void>,
): Promise<Reported> {
  if (isSame(change.before, change.status)) return { kind: 'unchanged' };
  const { uid } = object.metadata;
  const afterMs = dueIn(r, uid, change);
  if (afterMs > 0) return { kind: 'later', afterMs };
  r.fence();
  try {
    await write(change.status);
    r.writtenAt.set(uid, r.monotonicMs());
    r.unstoredSince.delete(uid);
    return { kind: 'written' };
  } catch (error) {
    return outcomeOf(error, change, write);
  }
}

// What names a field is about the status itself. A test of the patch that fails names none.
async function outcomeOf<S extends object>(
  error: unknown,
  change: Change<S>,
  write: (status: S) => Promise<void>,
): Promise<Reported> {
  if (!isKubeError(error)) throw error;
  const isAboutStatus = error.kind === 'invalid' && error.causes.some(({ field }) => field.startsWith('status'));
  if (!isAboutStatus && isOutdated(error)) return { kind: 'stale', afterMs: 20 };
  if (error.kind === 'notFound') return { kind: 'stale', afterMs: 200 };
  if (error.kind !== 'invalid' && error.kind !== 'tooLarge') throw error;
  const { message } = error;
  const status = change.instead(message);
  if (!isSame(change.before, status)) await write(status);
  return { kind: 'refused', afterMs: refusedMs, message };
}

// Keys that are undefined are no keys once they are stored.
function isSame(a: unknown, b: unknown): boolean {
  const stored = (value: unknown): unknown => (value === undefined ? undefined : JSON.parse(JSON.stringify(value)));
  return isDeepStrictEqual(stored(a), stored(b));
}

// An event on what it is about, for application teams, related to the migration, for the platform's.
function tellNamespace(
  r: Reporters,
  record: NamespaceMigration,
  events: readonly EventNote[],
  migration: MeshMigration | undefined,
): void {
  const namespace = record.metadata.name;
  for (const event of events) {
    const regarding = workloadSubject(r, namespace, event.workload) ?? {
      apiVersion: 'v1',
      kind: 'Namespace',
      name: namespace,
      uid: record.spec.namespaceUID,
    };
    r.events.record({ ...noteOf(event), regarding, ...(migration !== undefined && { related: subjectOf(migration) }) });
  }
}

function workloadSubject(r: Reporters, namespace: string, workload: string | undefined): EventSubject | undefined {
  const found = workloadNamed(r.views, namespace, workload);
  if (found === undefined) return undefined;
  const { kind, name, uid } = found;
  return { apiVersion: apiVersionOf(TEMPLATE_KINDS[kind]), kind, name, namespace, uid };
}

function subjectOf(migration: MeshMigration): EventSubject {
  return { apiVersion: API_VERSION, kind: 'MeshMigration', name: migration.metadata.name, uid: migration.metadata.uid };
}

function noteOf(event: EventNote): { type: EventNote['type']; reason: string; action: string; note: string } {
  return { type: event.type, reason: event.reason, action: 'Migrate', note: event.note };
}
