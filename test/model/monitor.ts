// Watches every decision and every write, and says which invariant it breaks. It shares nothing with the deciders but the
// words of the API.

import { GROUP, keys } from '../../src/api/v1alpha1/group.ts';
import type { Step as NamespaceStep } from '../../src/api/v1alpha1/namespace-migration.ts';
import type { Action } from '../../src/core/action.ts';
import type { MigrationDecision, NamespaceDecision } from '../../src/core/decision.ts';
import type { MigrationObservation } from '../../src/core/migration/observation.ts';
import type { NamespaceObservation } from '../../src/core/observation.ts';
import type { Answer } from './api.ts';
import { pair } from './builders.ts';
import type { Pending } from './operator.ts';
import type { Monitor } from './run.ts';
import { callersLeft, hasNames, isFenced, lostNamespaceUpdates, lostWorkloadUpdates } from './harm.ts';
import { brokenMigrationRules, brokenNamespaceRules } from './status-rules.ts';
import { isCurrent, keyOf, podsOf } from './world.ts';
import type { ModelWorkload, World } from './world.ts';

/** What the monitor has seen. */
export interface Watched extends Monitor {
  /** Invariants that were broken, each with what was seen. */
  readonly broken: string[];
  /** Effective writes by object and kind of write. */
  readonly summary: Map<string, number>;
  /** Every write that was tried, effective or not. */
  readonly tried: () => number;
}

const inFlight: readonly NamespaceStep[] = ['Preflight', 'Prepare', 'Cutover', 'Commit', 'Soak', 'Restore'];

/**
 * A monitor of one world.
 * @param replicas processes that all think they lead; each may give a place that another has just given
 */
export function createMonitor(world: World, replicas = 1): Watched {
  const broken: string[] = [];
  const summary = new Map<string, number>();
  const written = new Set<string>();
  const moving = new Map<string, string>();
  let tried = 0;
  const must = (holds: boolean, what: () => string): void => {
    if (!holds) broken.push(what());
  };

  const before = (pending: Pending): void => {
    tried += 1;
    if (pending.what === 'status') return;
    const action = pending.what;
    must(isNarrow(action), () => `I5 narrow writes: ${JSON.stringify(action)}`);
    if (action.kind === 'evictPod') checkEviction(action);
    if (action.kind === 'changeNamespace') broken.push(...lostNamespaceUpdates(world, action));
    if (action.kind === 'cutOver' || action.kind === 'restoreTemplate') broken.push(...lostWorkloadUpdates(world, action));
  };

  function checkRecord(namespace: string, action: Action): void {
    const record = world.objects.records.get(namespace);
    const live = world.objects.namespaces.get(namespace);
    const same = live === undefined || record === undefined || record.spec.namespaceUID === live.uid;
    must(
      record !== undefined || live === undefined,
      () => `I2 record first: ${action.kind} in ${namespace}, which has no record`,
    );
    must(same, () => `I2 record first: ${action.kind} in ${namespace}, whose record is of another namespace`);
    must(namespace !== 'kube-system' && namespace !== 'linkerd', () => `I11 exclusion: ${action.kind} in ${namespace}`);
  }

  function checkTemplateWrite(action: Action & { kind: 'cutOver' | 'restoreTemplate' }): void {
    const { namespace, kind, name, uid } = action.workload;
    const workload = world.objects.workloads.get(`${namespace}/${kind}/${name}`);
    if (workload?.uid !== uid) return;
    checkRecord(namespace, action);
    const step = world.objects.records.get(namespace)?.status?.step;
    must(
      step !== 'Migrated' && step !== 'RolledBack' && step !== 'Halted',
      () => `I15 monotonic: ${action.kind} ${name} in ${String(step)}`,
    );
    // Two processes that both think they lead can't be kept apart between two objects; verification finds what came of it.
    if (action.kind === 'cutOver')
      must(hasNames(world, namespace), () => `S3 names first: ${name} moves before the names that it calls are there`);
    if (action.kind === 'cutOver' && replicas === 1)
      must(
        isFenced(world, namespace),
        () => `I10 mesh sanity: ${name} is keyed before its namespace refuses pods without the proxy`,
      );
    const pace = paceOf(namespace);
    settle();
    moving.set(keyOf(workload), namespace);
    const busy = [...moving.values()].filter((ns) => ns === namespace).length;
    must(busy <= pace, () => `I1 concurrency: ${busy} workloads of ${namespace} in flight, ${pace} are allowed`);
  }

  function paceOf(namespace: string): number {
    const record = world.objects.records.get(namespace);
    const migration = world.objects.migrations.get(record?.spec.migrationRef.name ?? '');
    return Math.max(migration?.spec.pace?.maxConcurrentWorkloads ?? 3, loosest);
  }

  // A spec that was edited meanwhile lets what had started under the looser one end.
  let loosest = 0;

  function settle(): void {
    for (const key of moving.keys()) {
      const workload = world.objects.workloads.get(key);
      if (workload === undefined || isRolledOut(world, workload)) moving.delete(key);
    }
  }

  function checkEviction(action: Action & { kind: 'evictPod' }): void {
    const pod = world.objects.pods.get(`${action.namespace}/${action.name}`);
    if (pod?.uid !== action.uid || pod.deleting) return;
    const workload = world.objects.workloads.get(`${pod.namespace}/${pod.workload}`);
    const wrong = workload === undefined || !isCurrent(pod, workload);
    must(wrong, () => `I9 availability: evicts ${pod.name}, which is of the right revision`);
  }

  const after = (pending: Pending, answer: Answer): void => {
    if (answer.kind !== 'done' || !answer.changed || pending.what === 'status') return;
    const action = pending.what;
    if (action.kind === 'cutOver' || action.kind === 'restoreTemplate') checkTemplateWrite(action);
    if (action.kind === 'changeNamespace') checkRecord(action.namespace, action);
    if (action.kind === 'removeNames') broken.push(...callersLeft(world, action.namespace));
    const target = targetOf(action);
    summary.set(target, (summary.get(target) ?? 0) + 1);
    const token = tokenOf(action);
    if (token !== undefined) {
      must(!written.has(token), () => `I4 once only: ${token}`);
      written.add(token);
    }
  };

  const stepped = (): void => {
    settle();
    for (const migration of world.objects.migrations.values()) {
      const mine = [...world.objects.records.values()].filter((r) => r.spec.migrationRef.uid === migration.metadata.uid);
      const busy = mine.filter(
        (r) =>
          inFlight.includes(r.status?.step ?? 'Pending') &&
          !(r.status?.blocked === true && (r.status.step === 'Preflight' || r.status.step === 'Prepare')) &&
          world.objects.namespaces.get(r.metadata.name)?.uid === r.spec.namespaceUID,
      );
      const waves = migration.spec.waves.map((w) => w.maxConcurrentNamespaces ?? 1);
      const limit = Math.max(migration.spec.pace?.maxConcurrentNamespaces ?? 1, ...waves) + replicas - 1;
      must(
        busy.length <= limit,
        () => `I1 concurrency: ${busy.map((r) => r.metadata.name).join(' and ')} in flight, ${limit} allowed`,
      );
      loosest = Math.max(loosest, migration.spec.pace?.maxConcurrentWorkloads ?? 3);
    }
  };

  return {
    broken,
    summary,
    tried: () => tried,
    before,
    after,
    stepped,
    decidedNamespace: (o, decision) => void broken.push(...brokenDecision(o, decision)),
    decidedMigration: (o, decision) => void broken.push(...brokenWhole(o, decision)),
  };
}

function isRolledOut(world: World, workload: ModelWorkload): boolean {
  if (workload.kind === 'CronJob' || workload.paused || workload.onDelete) return true;
  const pods = podsOf(world, workload).filter((pod) => !pod.ended && !pod.deleting);
  const done = workload.observedGeneration >= workload.generation && pods.length === workload.replicas;
  return done && pods.every((pod) => isCurrent(pod, workload) && pod.ready);
}

const namespaceKeys: readonly string[] = [keys.to, keys.from, keys.moving, 'linkerd.io/inject'];

function isNarrow(action: Action): boolean {
  switch (action.kind) {
    case 'cutOver':
      return Object.keys(action.keys).every((key) => key.startsWith(`${GROUP}/`));
    case 'restoreTemplate':
      return action.changes.every(({ key }) => key.startsWith(`${GROUP}/`) && key !== keys.hold);
    case 'changeNamespace':
      return [...action.labels, ...action.annotations].every(({ key }) => namespaceKeys.includes(key));
    default:
      return true;
  }
}

function targetOf(action: Action): string {
  if ('workload' in action) return `${action.kind} ${action.workload.namespace}/${action.workload.kind}/${action.workload.name}`;
  if (action.kind === 'changeNamespace') return `${action.why} ${action.namespace}`;
  return 'name' in action ? `${action.kind} ${action.name}` : action.kind;
}

// What may happen once only: a cutover or a restart of one workload in one try, taking one try's keys away, one eviction.
function tokenOf(action: Action): string | undefined {
  switch (action.kind) {
    case 'cutOver':
      return `cutOver ${action.workload.uid} ${action.keys[keys.cutover] ?? ''}`;
    case 'restoreTemplate': {
      const [change] = action.changes.filter(({ key }) => key === keys.cutover || key === keys.restored);
      return change && `restore ${action.workload.uid} ${change.key} ${change.from ?? ''} ${change.to ?? ''}`;
    }
    case 'evictPod':
      return `evict ${action.uid}`;
    default:
      return undefined;
  }
}

function brokenDecision(o: NamespaceObservation, decision: NamespaceDecision): string[] {
  const rules = brokenNamespaceRules(decision.status, o.record.metadata.generation);
  return [...rules.map((rule) => `I12 honest status: ${rule}`), ...unsafeOf(o, decision), ...untrueOf(o, decision)];
}

/** Writes of a decision that are not safe in what was observed, whatever the record said before. */
export function unsafeOf(o: NamespaceObservation, { outcome }: NamespaceDecision): string[] {
  const broken: string[] = [];
  const actions = outcome.kind === 'act' ? outcome.actions : [];
  const back = actions.some((a) => a.kind === 'restoreTemplate' || a.kind === 'evictPod');
  if (back && o.cluster.source.kind !== 'pass') broken.push('S1 never back into a source that was not just checked');
  if (actions.some((a) => a.kind === 'cutOver') && (o.cluster.target.kind !== 'pass' || o.migration?.spec.paused === true))
    broken.push('S2 nothing new starts while paused or while the target is not able');
  return broken;
}

function untrueOf(o: NamespaceObservation, { status }: NamespaceDecision): string[] {
  const broken: string[] = [];
  const ends = o.record.status?.step !== status.step && (status.step === 'Migrated' || status.step === 'Commit');
  if (ends)
    broken.push(...unproven(o).map((name) => `I12 honest status: ${String(status.step)} while ${name} is not in the target`));
  const restored = o.record.status?.step !== status.step && status.step === 'RolledBack';
  if (restored) broken.push(...notBack(o).map((name) => `I3 exact restore: RolledBack while ${name} is not back`));
  return broken;
}

// Everything that is neither an accepted exception nor without pods must be wholly in the target, healthy.
function unproven(o: NamespaceObservation): string[] {
  return o.workloads.flatMap((w) => {
    if (w.annotations[keys.accept] !== undefined) return [];
    const pods = o.pods.filter((pod) => pod.workload === `${w.kind}/${w.name}` && !pod.deleting && !pod.ended);
    const fine = pods.every(
      (pod) => pod.target.state === 'present' && pod.ready && pod.reading?.kind === 'answered' && pod.reading.failure < 5,
    );
    const keyed = w.keys[keys.to] === pair.to || o.namespace?.labels[keys.to] === pair.to;
    return fine && keyed && (w.kind === 'CronJob' || w.rollout.strategy === 'OnDelete' || pods.length >= w.rollout.desired)
      ? []
      : [w.name];
  });
}

function notBack(o: NamespaceObservation): string[] {
  const labels = o.namespace?.labels[keys.to] === undefined ? [] : ['the namespace'];
  const workloads = o.workloads.flatMap((w) => {
    const pods = o.pods.filter((pod) => pod.workload === `${w.kind}/${w.name}` && !pod.deleting && !pod.ended);
    const back =
      w.keys[keys.to] === undefined && (w.rollout.strategy === 'OnDelete' || pods.every((pod) => pod.target.state === 'absent'));
    return back ? [] : [w.name];
  });
  return [...labels, ...workloads];
}

function brokenWhole(o: MigrationObservation, decision: MigrationDecision): string[] {
  return brokenMigrationRules(decision.status, o.migration.metadata.generation).map((rule) => `I12 honest status: ${rule}`);
}
