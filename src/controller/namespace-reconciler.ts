// The reconciler of one namespace: observe → decide → report → apply. It strings the steps together and holds nothing that
// must survive. The status is stored before the actions are carried out: it is the intent that a crash resumes from.

import type { NamespaceMigration } from '../api/v1alpha1/namespace-migration.ts';
import type { Action } from '../core/action.ts';
import type { NamespaceDecision } from '../core/decision.ts';
import { decideNamespace } from '../core/namespace/decide.ts';
import type { NamesTried, Refusal } from '../core/observation.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Reconcile, ReconcileContext, ReconcileResult } from '../runtime/controller.ts';
import { applyAction } from './apply.ts';
import type { Appliers } from './apply.ts';
import { migrationOf, observeNamespace } from './observe-namespace.ts';
import type { Closeness, LastWrites, Observers } from './observe-namespace.ts';
import { covers, neededFor } from './looked-closely.ts';
import { isAboutNames, isNamesAction, triedAgain } from './names/tries.ts';
import type { TriedNow } from './names/tries.ts';
import { reportNamespace } from './report.ts';
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
  const memory = new Map<string, LastWrites>();
  return async (name, context) => {
    for (let pass = 0; pass < maximumPasses; pass += 1) {
      const record = options.observers.views.records.get(name)?.object;
      if (record === undefined) {
        memory.delete(name);
        options.observers.views.pods.release(name);
        options.observers.readings.retain(name, []);
        options.observers.configuration.forget(name);
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
  memory: Map<string, LastWrites>,
  context: ReconcileContext,
): Promise<ReconcileResult | 'again'> {
  const name = record.metadata.name;
  const last = memory.get(name) ?? nothingWritten;
  const decision = await decideThrough(options, record, last);
  if (decision === undefined) return { requeueAfterMs: 1_000 };
  const reported = await reportNamespace(options.reporters, record, decision, migrationOf(options.observers, record));
  if (reported.kind !== 'written' && reported.kind !== 'unchanged') return notStored(reported, context);
  const { outcome } = decision;
  if (outcome.kind === 'act') return act(options, record, outcome.actions, { memory, context });
  // The status says now what was refused; whether it still would be is found out by trying again.
  remember(memory, name, { refusals: new Map() }, isAboutNames(decision) ? last.namesTried : undefined);
  const seconds = outcome.kind === 'wait' ? outcome.afterSeconds : undefined;
  const pause = options.observers.configuration.isVeiled(name) ? veiledSeconds : pauseSeconds(decision);
  return { requeueAfterMs: (seconds ?? pause) * 1_000 };
}

function notStored(reported: Extract<Reported, { afterMs: number }>, { log }: ReconcileContext): ReconcileResult {
  if (reported.kind === 'refused') log.error('status refused', { error: reported.message });
  return { requeueAfterMs: reported.afterMs };
}

// The first pods of an armed workload are judged after the end, too, and deadlines come without a change.
function pauseSeconds({ status }: NamespaceDecision): number {
  return status.workloads?.some(({ state }) => state === 'Moving' || state === 'Failed') === true
    ? judgingSeconds
    : rarelySeconds;
}

// What was refused will be refused again for a while; what was written may allow the next step at once.
async function act(
  options: NamespaceReconcilerOptions,
  record: NamespaceMigration,
  actions: readonly Action[],
  { memory, context }: { memory: Map<string, LastWrites>; context: ReconcileContext },
): Promise<ReconcileResult | 'again'> {
  const name = record.metadata.name;
  const before = memory.get(name)?.namesTried;
  const { tried, ...writes } = await applyAll(options, record, actions, context);
  remember(memory, name, writes, tried === undefined ? before : triedAgain(before, tried, options.clock.wallMs()));
  return actions.length > 0 && writes.refusals.size === 0 ? 'again' : { requeueAfterMs: 1_000 };
}

function remember(memory: Map<string, LastWrites>, name: string, writes: LastWrites, namesTried: NamesTried | undefined): void {
  if (writes.refusals.size === 0 && namesTried === undefined) memory.delete(name);
  else memory.set(name, { refusals: writes.refusals, ...(namesTried && { namesTried }) });
}

const nothingWritten: LastWrites = { refusals: new Map<string, Refusal>() };
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
    if (covers(looked, needed)) return decision;
    const migration = migrationOf(observers, record);
    if (migration !== undefined && leadsBack(record.status ?? {}, decision)) observers.surroundings.checkAgain(migration);
    looked = looked === fromWatches ? needed : everything;
  }
}

type Status = NonNullable<NamespaceMigration['status']>;

// Nothing goes back into a source that was not just checked.
function leadsBack(before: Status, { outcome, status }: NamespaceDecision): boolean {
  const failed = (status.counts?.failed ?? 0) > (before.counts?.failed ?? 0);
  return failed || (status.step === 'Restore' && (outcome.kind === 'act' || before.step !== 'Restore'));
}

async function applyAll(
  options: NamespaceReconcilerOptions,
  record: NamespaceMigration,
  actions: readonly Action[],
  context: ReconcileContext,
): Promise<LastWrites & { tried?: TriedNow }> {
  const refusals = new Map<string, Refusal>();
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
    if (applied.kind === 'done') return true;
    if (applied.kind === 'refused' && !isNamesAction(action))
      refusals.set(targetName(action), { reason: applied.reason, message: applied.message });
    return false;
  };
  for (const action of first) if (!(await run(action))) return { refusals };
  await Promise.all(rest.map(run));
  if (migration !== undefined && actions.some((a) => a.kind === 'prepareNames')) options.observers.names.forget(migration);
  return { refusals, ...(tried && { tried }) };
}

function targetName(action: Action): string {
  if ('workload' in action) return `${action.workload.kind}/${action.workload.name}`;
  return 'name' in action ? action.name : 'namespace' in action ? action.namespace : action.kind;
}
