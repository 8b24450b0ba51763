// The reconciler of one namespace: observe → decide → report → apply. It strings the steps together and holds nothing that
// must survive. The status is stored before the actions are carried out, or says already that they come next: it is the intent
// that a crash resumes from.

import type { MeshMigration } from '../api/v1alpha1/mesh-migration.ts';
import type { NamespaceMigration } from '../api/v1alpha1/namespace-migration.ts';
import type { Action } from '../core/action.ts';
import type { NamespaceDecision } from '../core/decision.ts';
import { restsOnCommit, restsOnSource } from '../core/namespace/closeness.ts';
import { decideNamespace } from '../core/namespace/decide.ts';
import { isPlannedAhead } from '../core/namespace/plan-ahead.ts';
import type { NamesTried, Refusal } from '../core/observation.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Reconcile, ReconcileContext, ReconcileResult } from '../runtime/controller.ts';
import { applyAction } from './apply.ts';
import type { Appliers } from './apply.ts';
import { migrationOf, observeNamespace } from './observe-namespace.ts';
import { goodToGoBackMs } from './preflight-facts.ts';
import type { Closeness, Observers } from './observe-namespace.ts';
import { nothingWritten, rememberWrites } from './last-writes.ts';
import type { LastWrites, LastWritesByNamespace } from './last-writes.ts';
import { covers, neededFor } from './looked-closely.ts';
import { isAboutNames, isNamesAction, triedAgain } from './names/tries.ts';
import type { TriedNow } from './names/tries.ts';
import { keepUnstored, reportNamespace } from './report.ts';
import type { Reported, Reporters } from './report.ts';

/** What the reconciler is made of. */
export interface NamespaceReconcilerOptions {
  observers: Observers;
  appliers: Appliers;
  reporters: Reporters;
  clock: Clock;
}

// Passes in one run: writes of one pass often allow the next at once, and the watch needs some milliseconds to tell.
const maximumPasses = 8;
const rarelySeconds = 300;
const judgingSeconds = 5;
// A role may be granted at any time, and no watch tells.
const veiledSeconds = 60;

/** The reconcile function of namespaces; the key is the record's name. */
export function createNamespaceReconciler(options: NamespaceReconcilerOptions): Reconcile {
  const memory = rememberWrites();
  return async (name, context) => {
    for (let pass = 0; pass < maximumPasses; pass += 1) {
      const record = options.observers.views.records.get(name)?.object;
      if (record === undefined) {
        memory.forget(name);
        options.observers.views.pods.release(name);
        options.observers.readings.retain(name, []);
        options.observers.configuration.forget(name);
        options.observers.lastDecided.forget(name);
        return {};
      }
      const result = await passOver(options, record, memory, context);
      if (result !== 'again') return result;
      if (context.signal.aborted) return {};
    }
    return { requeueAfterMs: 50 };
  };
}

async function passOver(
  options: NamespaceReconcilerOptions,
  record: NamespaceMigration,
  memory: LastWritesByNamespace,
  context: ReconcileContext,
): Promise<ReconcileResult | 'again'> {
  const name = record.metadata.name;
  const last = memory.of(record);
  const decision = await decideThrough(options, record, last);
  if (decision === undefined) return { requeueAfterMs: 1_000 };
  const { outcome } = decision;
  const { lastDecided } = options.observers;
  const remembered = { memory, last, context };
  if (outcome.kind === 'act' && isPlannedAhead(record.status ?? {}, decision)) {
    keepUnstored(options.reporters, record);
    lastDecided.keep(record, decision.status);
    return act(options, record, outcome.actions, remembered);
  }
  const reported = await reportNamespace(options.reporters, record, decision, migrationOf(options.observers, record));
  lastDecided.reported(record, decision.status, reported);
  if (reported.kind === 'stale' || reported.kind === 'refused') return notStored(reported, context);
  const { writtenSince } = reported.kind === 'later' ? last : nothingWritten;
  if (outcome.kind === 'act') return act(options, record, outcome.actions, { ...remembered, last: { ...last, writtenSince } });
  // The status says now what was refused; whether it still would be is found out by trying again.
  memory.keep(record, lastWrites({ writtenSince }, isAboutNames(decision) ? last.namesTried : undefined));
  return { requeueAfterMs: Math.min(afterMs(reported), 1_000 * pauseSeconds(options, name, decision)) };
}

function afterMs(reported: Reported): number {
  return reported.kind === 'later' ? reported.afterMs : Infinity;
}

function notStored(reported: Extract<Reported, { kind: 'stale' | 'refused' }>, { log }: ReconcileContext): ReconcileResult {
  if (reported.kind === 'refused') log.error('status refused', { error: reported.message });
  return { requeueAfterMs: reported.afterMs };
}

function pauseSeconds({ observers }: NamespaceReconcilerOptions, name: string, { outcome, status }: NamespaceDecision): number {
  if (outcome.kind === 'wait' && outcome.afterSeconds !== undefined) return outcome.afterSeconds;
  if (observers.configuration.isVeiled(name)) return veiledSeconds;
  // The first pods of an armed workload are judged after the end, too, and deadlines come without a change.
  const isJudging = status.workloads?.some(({ state }) => state === 'Moving' || state === 'Failed') === true;
  return isJudging ? judgingSeconds : rarelySeconds;
}

interface Remembered {
  memory: LastWritesByNamespace;
  last: LastWrites;
  context: ReconcileContext;
}

// What was refused will be refused again for a while; what was written may allow the next step at once.
async function act(
  options: NamespaceReconcilerOptions,
  record: NamespaceMigration,
  actions: readonly Action[],
  { memory, last, context }: Remembered,
): Promise<ReconcileResult | 'again'> {
  const { tried, refusals, keyed } = await applyAll(options, record, actions, context);
  const writtenSince = new Set([...last.writtenSince, ...keyed]);
  const namesTried = tried === undefined ? last.namesTried : triedAgain(last.namesTried, tried, options.clock.wallMs());
  memory.keep(record, lastWrites({ refusals, writtenSince }, namesTried));
  return actions.length > 0 && refusals.size === 0 ? 'again' : { requeueAfterMs: 1_000 };
}

function lastWrites(writes: Partial<LastWrites>, namesTried: NamesTried | undefined): LastWrites {
  return { ...nothingWritten, ...writes, ...(namesTried && { namesTried }) };
}

const fromWatches: Closeness = { pods: new Set(), workloads: false };
const everything: Closeness = { pods: 'all', workloads: true };

// Steps that only look are gone through in one pass: none of them is worth a write of its own.
async function decideThrough(
  options: NamespaceReconcilerOptions,
  record: NamespaceMigration,
  last: LastWrites,
): Promise<NamespaceDecision | undefined> {
  let decision = await decideClosely(options, record, last);
  let before = record.status?.step;
  while (decision !== undefined && decision.outcome.kind === 'wait' && decision.status.step !== before) {
    before = decision.status.step;
    const next = await decideClosely(options, { ...record, status: decision.status }, last);
    decision = next && { ...next, events: [...decision.events, ...next.events] };
  }
  return decision;
}

// What watches say is enough to wait on. Before anything is written or concluded, what it depends on is read live. A closer
// look may show more to conclude: then that is read live, too.
async function decideClosely(
  options: NamespaceReconcilerOptions,
  record: NamespaceMigration,
  last: LastWrites,
): Promise<NamespaceDecision | undefined> {
  const { observers, clock } = options;
  let looked = fromWatches;
  for (;;) {
    const observation = await observeNamespace(observers, record, last, looked);
    if (observation === undefined) return undefined;
    const decision = decideNamespace(observation, clock.wallMs());
    const needed = neededFor(observation, decision);
    if (covers(looked, needed) || countsStill(observers, record, decision)) return decision;
    const migration = migrationOf(observers, record);
    if (migration !== undefined) lookAtMeshes(observers, migration, record.status ?? {}, decision);
    looked = looked === fromWatches ? needed : everything;
  }
}

function countsStill({ recentLooks }: Observers, { metadata, status }: NamespaceMigration, decision: NamespaceDecision): boolean {
  return restsOnCommit(status ?? {}, decision) && recentLooks.isCurrent(metadata.name);
}

// Milliseconds that an answer about the meshes is good for where a namespace is committed.
const goodToCommitMs = 20_000;

function lookAtMeshes({ surroundings }: Observers, migration: MeshMigration, before: Status, decision: NamespaceDecision): void {
  if (restsOnSource(before, decision)) surroundings.checkAgain(migration, goodToGoBackMs);
  else if (decision.status.step === 'Commit' && before.step !== 'Commit') surroundings.checkAgain(migration, goodToCommitMs);
}

type Status = NonNullable<NamespaceMigration['status']>;

interface Applications {
  refusals: ReadonlyMap<string, Refusal>;
  keyed: readonly string[];
  tried?: TriedNow;
}

async function applyAll(
  options: NamespaceReconcilerOptions,
  record: NamespaceMigration,
  actions: readonly Action[],
  context: ReconcileContext,
): Promise<Applications> {
  const refusals = new Map<string, Refusal>();
  const keyed: string[] = [];
  let tried: TriedNow | undefined;
  const migration = migrationOf(options.observers, record);
  // The namespace's own write comes first and alone: the fence must stand before the first key.
  const [first, rest] = [
    actions.filter((a) => a.kind === 'changeNamespace'),
    actions.filter((a) => a.kind !== 'changeNamespace'),
  ];
  const run = async (action: Action): Promise<boolean> => {
    const applied = await applyAction(options.appliers, action, migration);
    context.log.info('action applied', { action: action.kind, target: targetName(action), result: applied.kind });
    if (isNamesAction(action)) tried = { what: action.kind, applied };
    if (applied.kind === 'done' && action.kind === 'cutOver') keyed.push(action.workload.uid);
    if (applied.kind === 'done') return true;
    if (applied.kind === 'refused' && !isNamesAction(action))
      refusals.set(targetName(action), { reason: applied.reason, message: applied.message });
    return false;
  };
  for (const action of first) if (!(await run(action))) return { refusals, keyed };
  await Promise.all(rest.map(run));
  if (migration !== undefined && actions.some((a) => a.kind === 'prepareNames')) options.observers.names.forget(migration);
  return { refusals, keyed, ...(tried && { tried }) };
}

function targetName(action: Action): string {
  if ('workload' in action) return `${action.workload.kind}/${action.workload.name}`;
  return 'name' in action ? action.name : 'namespace' in action ? action.namespace : action.kind;
}
