// The reconciler of a whole migration: which wave starts, which namespace gets a place. observe → decide → report → apply.

import { originalKeysOf } from '../mesh/both-meshes.ts';
import type { MeshMigration } from '../api/v1alpha1/mesh-migration.ts';
import type { NamespaceMigration } from '../api/v1alpha1/namespace-migration.ts';
import type { Action } from '../core/action.ts';
import type { MigrationDecision, Outcome } from '../core/decision.ts';
import { decideMigration } from '../core/migration/decide.ts';
import type { MigrationObservation } from '../core/migration/observation.ts';
import { pass } from '../core/verdict.ts';
import type { KubeClient } from '../kube/client.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Reconcile, ReconcileContext, ReconcileResult } from '../runtime/controller.ts';
import { applyAction } from './apply.ts';
import type { Applied, Appliers } from './apply.ts';
import { MESH_MIGRATION, NAMESPACE_MIGRATION } from './kinds.ts';
import { aheadMs, watchesPods } from './observe-namespace.ts';
import type { Observers } from './observe-namespace.ts';
import { adaptersOf, goodToGoBackMs } from './preflight-facts.ts';
import { createRefusedRecords } from './refused-records.ts';
import type { RefusedRecords } from './refused-records.ts';
import { reportMigration } from './report.ts';
import type { Reporters } from './report.ts';
import { sourceInUse } from './source-use.ts';

/** What the reconciler is made of. */
export interface MigrationReconcilerOptions {
  observers: Observers;
  appliers: Appliers;
  reporters: Reporters;
  clock: Clock;
  /** Tells namespaces that the operator never touches, whatever the meshes are. */
  isExcluded: (namespace: string) => boolean;
}

interface Memory {
  refused: RefusedRecords;
  /** Namespaces that were looked at ahead of their start. */
  ahead: readonly string[];
}

type Remembering = MigrationReconcilerOptions & { memory: Memory };

const maximumPasses = 8;

/** The reconcile function of migrations; the key is the name. */
export function createMigrationReconciler(options: MigrationReconcilerOptions): Reconcile {
  const memories = new Map<string, Memory>();
  return async (name, context) => {
    const memory = memories.get(name) ?? { refused: createRefusedRecords(() => options.clock.wallMs()), ahead: [] };
    memories.set(name, memory);
    const { views, traffic } = options.observers;
    traffic.retain(new Set(views.migrations.all().map(({ uid }) => uid)));
    for (let pass = 0; pass < maximumPasses; pass += 1) {
      const migration = views.migrations.get(name)?.object;
      if (migration === undefined) {
        lookNoMore(options.observers, memory.ahead);
        memories.delete(name);
        return {};
      }
      const result = await passOver({ ...options, memory }, migration, context);
      if (result !== 'again') return result;
      if (context.signal.aborted) return {};
    }
    return { requeueAfterMs: 50 };
  };
}

async function passOver(
  options: Remembering,
  migration: MeshMigration,
  context: ReconcileContext,
): Promise<ReconcileResult | 'again'> {
  const decision = await decideOnWhatIs(options, migration);
  lookAhead(options, migration, decision.upNext);
  const reported = await reportMigration(options.reporters, migration, decision);
  if (reported.kind === 'refused') context.log.error('status refused', { error: reported.message });
  if (reported.kind === 'stale' || reported.kind === 'refused') return { requeueAfterMs: reported.afterMs };
  if (decision.outcome.kind === 'act') {
    const newest = options.observers.views.migrations.get(migration.metadata.name)?.object ?? migration;
    const applied = await Promise.all(decision.outcome.actions.map((action) => applyAction(options.appliers, action, newest)));
    context.log.info('actions applied', {
      actions: decision.outcome.actions.map((a) => a.kind),
      results: applied.map((a) => a.kind),
    });
    return afterActions(options, decision.outcome.actions, applied);
  }
  // A status that was just stored may let the next wave start: look again at once.
  if (reported.kind === 'written') return 'again';
  if (reported.kind === 'later') return { requeueAfterMs: reported.afterMs };
  return { requeueAfterMs: waitMs(options, migration, decision.outcome) };
}

// A place shall not stand empty while its next namespace is looked at for the first time.
function lookAhead({ observers, memory }: Remembering, migration: MeshMigration, upNext: readonly string[]): void {
  lookNoMore(
    observers,
    memory.ahead.filter((name) => !upNext.includes(name)),
  );
  memory.ahead = upNext;
  for (const namespace of upNext) {
    observers.views.pods.of(namespace);
    observers.surroundings.namespaceFacts(migration, namespace, aheadMs).catch(() => undefined);
  }
}

function lookNoMore({ views }: Observers, namespaces: readonly string[]): void {
  const isWatched = (name: string): boolean => {
    const record = views.records.get(name)?.object;
    return record !== undefined && watchesPods(record);
  };
  for (const name of namespaces) if (!isWatched(name)) views.pods.release(name);
}

// A record that was refused holds nobody up: the next pass goes on without it. Any other refusal is not repeated at once.
function afterActions(options: Remembering, actions: readonly Action[], applied: readonly Applied[]): ReconcileResult | 'again' {
  const { refused } = options.memory;
  const { namespaces } = options.observers.views;
  const pausesMs = actions.map((action, i) => {
    const result = applied[i];
    if (result?.kind === 'stale') return 200;
    const isRefused = result?.kind === 'refused';
    if (action.kind !== 'createRecord') return isRefused ? 10_000 : 0;
    if (isRefused) refused.refused(action.name, result.message, namespaces.get(action.name)?.resourceVersion);
    else refused.taken(action.name);
    return 0;
  });
  const pauseMs = Math.max(0, ...pausesMs);
  return pauseMs === 0 ? 'again' : { requeueAfterMs: pauseMs };
}

// What watches say is enough to wait on. Who starts, ends or takes over is decided once more on live records.
async function decideOnWhatIs(options: Remembering, migration: MeshMigration): Promise<MigrationDecision> {
  let observation = await observeMigration(options, migration);
  const decision = decideMigration(observation, options.clock.wallMs());
  if (decision.outcome.kind !== 'act') return decision;
  const { client, surroundings } = options.observers;
  if (decision.outcome.actions.some(isTurn)) {
    surroundings.checkAgain(migration, goodToGoBackMs);
    observation = await observeMigration(options, migration);
  }
  const { items } = await client.list(NAMESPACE_MIGRATION);
  const records = items.map((item) => item as unknown as NamespaceMigration);
  const live = { ...observation, records, migrations: await owners(client, migration, records) };
  return decideMigration(live, options.clock.wallMs());
}

// A place on the way back is given only while the source was just seen to work.
function isTurn(action: Action): boolean {
  return action.kind === 'startRecord' && action.step === 'Restore';
}

// Whether a migration is still there matters of those alone that have a record beside this one's.
async function owners(
  client: KubeClient,
  { metadata: { uid } }: MeshMigration,
  records: readonly NamespaceMigration[],
): Promise<ReadonlySet<string>> {
  if (records.every(({ spec }) => spec.migrationRef.uid === uid)) return new Set([uid]);
  const { items } = await client.list(MESH_MIGRATION, { metadataOnly: true });
  return new Set(items.map(({ metadata }) => metadata.uid));
}

// The source's counters are looked at more often than anything else changes.
function waitMs({ observers, memory: { refused } }: Remembering, migration: MeshMigration, outcome: Outcome): number {
  const afterMs = (outcome.kind === 'wait' ? (outcome.afterSeconds ?? 300) : 300) * 1_000;
  return Math.min(afterMs, observers.traffic.everyMs(migration) ?? afterMs, refused.nextMs() ?? afterMs);
}

async function observeMigration(options: Remembering, migration: MeshMigration): Promise<MigrationObservation> {
  const { views, surroundings } = options.observers;
  const answers = await surroundings.meshes(migration);
  const both = adaptersOf(migration);
  const { source } = both;
  const records = views.records.all().map((r) => r.object);
  const isExcluded = (namespace: string): boolean =>
    options.isExcluded(namespace) || answers.controlPlaneNamespaces.includes(namespace);
  return {
    migration,
    records,
    namespaces: views.namespaces.all(),
    refusedRecords: options.memory.refused.now((namespace) => views.namespaces.get(namespace)?.resourceVersion),
    migrations: new Set(views.migrations.all().map((m) => m.uid)),
    isExcluded,
    isAssumed: (namespace) => !options.isExcluded(namespace) && answers.assumedNamespaces.includes(namespace),
    originalKeys: originalKeysOf(both, migration.spec),
    cluster: { source: answers.source, target: answers.target, admission: pass, findings: answers.findings },
    sourceInUse: sourceInUse(source, {
      migration,
      views,
      isExcluded,
      known: (namespace) => options.observers.configuration.known(namespace),
      watched: source.names === undefined ? { why: 'it has no counters of its own' } : options.observers.traffic.look(migration),
      installations: answers.sourceInstallations,
      wallMs: options.clock.wallMs(),
    }),
  };
}
