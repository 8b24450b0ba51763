// One replica of the operator over the small Kubernetes: observe → decide → status → actions, as the reconcilers do it. A
// pass stops before every write, so that anything can happen in between; whoever runs it carries the write out.

import { isDeepStrictEqual } from 'node:util';
import type { NamespaceMigration } from '../../src/api/v1alpha1/namespace-migration.ts';
import { nothingWritten, rememberWrites } from '../../src/controller/last-writes.ts';
import type { LastWritesByNamespace } from '../../src/controller/last-writes.ts';
import type { Action } from '../../src/core/action.ts';
import type { MigrationDecision, NamespaceDecision } from '../../src/core/decision.ts';
import type { MigrationObservation } from '../../src/core/migration/observation.ts';
import { closenessOf, isCloseEnough, restsOnCommit } from '../../src/core/namespace/closeness.ts';
import type { Closeness } from '../../src/core/namespace/closeness.ts';
import { isPlannedAhead } from '../../src/core/namespace/plan-ahead.ts';
import type { NamespaceObservation } from '../../src/core/observation.ts';
import { standingOf } from '../../src/core/progress.ts';
import { write, writeMigrationStatus, writeRecordStatus } from './api.ts';
import type { Answer } from './api.ts';
import { observeMigration, observeNamespace } from './observe.ts';
import { freshView, lagging } from './view.ts';
import type { View } from './view.ts';
import type { World } from './world.ts';

/** The two pure functions under test, or broken ones in their place. */
export interface Deciders {
  namespace: (observation: NamespaceObservation, now: number) => NamespaceDecision;
  migration: (observation: MigrationObservation, now: number) => MigrationDecision;
}

/** Who is told what was decided. */
export interface Witness {
  decidedNamespace(observation: NamespaceObservation, decision: NamespaceDecision): void;
  decidedMigration(observation: MigrationObservation, decision: MigrationDecision): void;
}

/** A write that is about to be made. */
export interface Pending {
  /** The status of this key, or one action. */
  readonly what: 'status' | Action;
  readonly key: string;
  readonly make: () => Answer;
}

/** A pass: writes on the way, and in how many seconds to look again at the end. */
export type Pass = Generator<Pending, number, Answer>;

/** One process. */
export interface Replica {
  view: View;
  memory: LastWritesByNamespace;
  /** Since when cutovers of a namespace are in no status yet, in milliseconds since the epoch. */
  unstoredSince: Map<string, number>;
  /** Passes that are stopped before a write, with it. */
  running: Map<string, { pass: Pass; pending: Pending }>;
  /** When to look again at a key, in milliseconds since the epoch. */
  due: Map<string, number>;
}

/** A process that has just started: it has seen everything, remembers nothing, and looks at every key. */
export function createReplica(world: World): Replica {
  const view = freshView(world);
  const due = new Map<string, number>();
  for (const name of view.objects.migrations.keys()) due.set(`mm/${name}`, world.now);
  for (const name of view.objects.records.keys()) due.set(`nm/${name}`, world.now);
  return { view, memory: rememberWrites(), unstoredSince: new Map(), running: new Map(), due };
}

const rarely = 300;
const maximumPasses = 8;

/** The pass of a key: `mm/<name>` or `nm/<name>`. */
export function passOf(world: World, replica: Replica, key: string, by: Deciders & { witness: Witness }): Pass {
  const name = key.slice(3);
  return key.startsWith('mm/') ? migrationPass(world, replica, name, by) : namespacePass(world, replica, name, by);
}

function* namespacePass(world: World, replica: Replica, name: string, by: Deciders & { witness: Witness }): Pass {
  const looks = { isCurrent: false };
  for (let i = 0; i < maximumPasses; i += 1) {
    const record = replica.view.objects.records.get(name);
    if (record === undefined) {
      replica.memory.forget(name);
      return rarely;
    }
    const [observation, decision] = decideClosely(world, replica, name, { ...by, looks });
    by.witness.decidedNamespace(observation, decision);
    const { outcome, status } = decision;
    const isAhead = isPlannedAhead(record.status ?? {}, decision);
    const storeSeconds = secondsToStore(world, replica, record, decision);
    if (!isAhead && storeSeconds === 0) {
      const make = (): Answer => writeRecordStatus(world, replica.view, record, status);
      if ((yield { what: 'status', key: `nm/${name}`, make }).kind === 'stale') return 0.02;
      replica.unstoredSince.delete(name);
    }
    if (outcome.kind !== 'act')
      return Math.min(storeSeconds || Infinity, outcome.kind === 'wait' ? (outcome.afterSeconds ?? rarely) : rarely);
    if (isAhead && !replica.unstoredSince.has(name)) replica.unstoredSince.set(name, world.now);
    const keyed = yield* applyAll(world, replica, `nm/${name}`, outcome.actions);
    const { writtenSince } = replica.memory.of(record);
    replica.memory.keep(record, { ...nothingWritten, writtenSince: new Set([...writtenSince, ...keyed]) });
    if (outcome.actions.length === 0) return 1;
  }
  return 0.05;
}

const unstoredSeconds = 5;

// What was written ahead of its status is stored a little later, unless there is more to say than how far things are; 0 = now.
function secondsToStore(
  world: World,
  replica: Replica,
  { metadata, status }: NamespaceMigration,
  decision: NamespaceDecision,
): number {
  if (isDeepStrictEqual(status, decision.status)) return Infinity;
  const since = replica.unstoredSince.get(metadata.name);
  const isProgress = isDeepStrictEqual(standingOf(status), standingOf(decision.status));
  if (since === undefined || decision.outcome.kind !== 'wait' || !isProgress) return 0;
  return Math.max(0, unstoredSeconds - (world.now - since) / 1000);
}

// What watches say is enough to wait on; what is about to be concluded or written is decided once more on live reads.
function decideClosely(
  world: World,
  replica: Replica,
  name: string,
  by: Deciders & { looks: { isCurrent: boolean } },
): [NamespaceObservation, NamespaceDecision] {
  const record = replica.view.objects.records.get(name);
  if (record === undefined) throw new Error(`no record of ${name}`);
  const last = replica.memory.of(record);
  let read: Closeness = { pods: false, workloads: false };
  for (;;) {
    const observation = observeNamespace(world, replica.view, record, { ...read, last });
    const decision = by.namespace(observation, world.now);
    const needed = closenessOf(record.status ?? {}, decision);
    if (read.workloads)
      by.looks.isCurrent = !lagging(world, replica.view).some((kind) => kind !== 'migrations' && kind !== 'records');
    if (isCloseEnough(read, needed)) return [observation, decision];
    if (by.looks.isCurrent && restsOnCommit(record.status ?? {}, decision)) return [observation, decision];
    read = { pods: read.pods || needed.pods, workloads: read.workloads || needed.workloads };
  }
}

function* applyAll(
  world: World,
  replica: Replica,
  key: string,
  actions: readonly Action[],
): Generator<Pending, readonly string[], Answer> {
  const keyed: string[] = [];
  for (const action of actions) {
    const answer = yield { what: action, key, make: () => write(world, replica.view, action, undefined) };
    if (answer.kind === 'done' && action.kind === 'cutOver') keyed.push(action.workload.uid);
    // The fence must stand before the first key.
    if (answer.kind === 'stale' && action.kind === 'changeNamespace') break;
  }
  return keyed;
}

function* migrationPass(world: World, replica: Replica, name: string, by: Deciders & { witness: Witness }): Pass {
  for (let i = 0; i < maximumPasses; i += 1) {
    const migration = replica.view.objects.migrations.get(name);
    if (migration === undefined) return rarely;
    let observation = observeMigration(world, replica.view, migration, false);
    let decision = by.migration(observation, world.now);
    if (decision.outcome.kind === 'act') {
      observation = observeMigration(world, replica.view, migration, true);
      decision = by.migration(observation, world.now);
    }
    by.witness.decidedMigration(observation, decision);
    const { outcome, status } = decision;
    const changes = !isDeepStrictEqual(migration.status, status);
    if (changes) {
      const make = (): Answer => writeMigrationStatus(world, replica.view, migration, status);
      if ((yield { what: 'status', key: `mm/${name}`, make }).kind === 'stale') return 0.02;
    }
    if (outcome.kind === 'act') {
      let stale = false;
      for (const action of outcome.actions) {
        const newest = replica.view.objects.migrations.get(name) ?? migration;
        const answer = yield { what: action, key: `mm/${name}`, make: () => write(world, replica.view, action, newest) };
        stale ||= answer.kind === 'stale';
      }
      if (stale) return 0.2;
    } else if (!changes) return outcome.kind === 'wait' ? (outcome.afterSeconds ?? rarely) : rarely;
  }
  return 0.05;
}
