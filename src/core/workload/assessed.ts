// What assessing a workload takes and answers, and the rows that remember it. Judges nothing.

import type { WorkloadRow, WorkloadState } from '../../api/v1alpha1/namespace-migration.ts';
import type { Ledger } from '../namespace/ledger.ts';
import type { NamespaceObservation, Pod, Workload } from '../observation.ts';
import type { Pair } from '../pair.ts';
import { remedyOf } from '../reasons.ts';
import type { Settings } from '../settings.ts';

/** What assessing needs to know beside the workload. */
export interface AssessContext {
  observation: NamespaceObservation;
  pair: Pair;
  settings: Settings;
  /** UID of the MeshMigration. */
  migrationUid: string;
  now: number;
  attempt: number;
  /** Deadlines stand still. */
  clockStopped: boolean;
  /** The namespace carries the target's default. */
  committed: boolean;
  ledger: Ledger;
  rows: ReadonlyMap<string, WorkloadRow>;
  podsOf: ReadonlyMap<string, readonly Pod[]>;
}

/** A workload and its pods. */
export interface Base {
  workload: Workload;
  pods: readonly Pod[];
}

/** A workload and where it stands. */
export interface Assessed extends Base {
  state: WorkloadState;
  /** What to remember; absent for Pending and Verified. */
  row?: WorkloadRow;
  /** Halt the namespace: nobody can tell which side is right. */
  halt?: { reason: string; message: string };
  /** Went on without enough traffic to judge; to be told. */
  note?: { reason: string; message: string };
  /** The failure was found in this pass. */
  newlyFailed?: boolean;
  /** Its keys are written in this pass. */
  planned?: boolean;
}

/** Kind/name, as people write it. */
export function workloadName(workload: { kind: string; name: string }): string {
  return `${workload.kind}/${workload.name}`;
}

/** A row for a workload; `since` is kept while the state stays the same, the try's number always. */
export function rowOf(
  workload: Workload,
  state: WorkloadState,
  row: WorkloadRow | undefined,
  context: Pick<AssessContext, 'now' | 'attempt'>,
): WorkloadRow {
  const same = row?.state === state;
  return {
    kind: workload.kind,
    name: workload.name,
    uid: workload.uid,
    state,
    attempt: row?.attempt ?? context.attempt,
    since: same && row.since !== undefined ? row.since : new Date(context.now).toISOString(),
    template: workload.template,
  };
}

/** On its way. The template is the one that the deadline is for: another one is a deploy. */
export function moving(
  base: Base,
  row: WorkloadRow | undefined,
  why: { reason: string; message: string },
  context: AssessContext,
): Assessed & { row: WorkloadRow } {
  const next = {
    ...rowOf(base.workload, 'Moving', row, context),
    reason: why.reason,
    message: why.message,
    remedy: remedyOf(why.reason),
  };
  const template = row?.state === 'Moving' ? row.template : undefined;
  return { ...base, state: 'Moving', row: template === undefined ? next : { ...next, template } };
}

/** Seconds since the row came to its state; for ever where that is not known. */
export function waitedSeconds(row: WorkloadRow, now: number): number {
  const since = Date.parse(row.since ?? '');
  return Number.isNaN(since) ? Infinity : (now - since) / 1000;
}
