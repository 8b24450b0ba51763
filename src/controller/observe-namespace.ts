// observe, for one namespace: fills in what decide looks at. Watches say what there is; what leads to a verdict on pods is
// read live when `live` is asked for, and writes carry the version of what they were decided on.

import { namespaceDefaultOf, namespaceFindingsOf } from '../mesh/both-meshes.ts';
import type { MeshMigration } from '../api/v1alpha1/mesh-migration.ts';
import type { NamespaceMigration, Step } from '../api/v1alpha1/namespace-migration.ts';
import type { ClusterFacts, NamespaceFacts, NamespaceObservation, TemplateKind } from '../core/observation.ts';
import { pass, unknown } from '../core/verdict.ts';
import type { Verdict } from '../core/verdict.ts';
import type { KubeClient } from '../kube/client.ts';
import { isKubeError } from '../kube/kube-error.ts';
import { NAMESPACE } from '../kube/resource-kind.ts';
import type { KubeObjectLike, PreflightFacts, Role } from '../mesh/adapter.ts';
import type { NamesQuestion } from '../mesh/names.ts';
import { podFrom, workloadFrom } from './assemble.ts';
import type { PodContext } from './assemble.ts';
import type { Configuration } from './configuration.ts';
import type { TightBudget } from './disruption-budgets.ts';
import { tryPlainPod } from './dry-run.ts';
import { TEMPLATE_KINDS } from './kinds.ts';
import { livePods, liveWorkloads } from './live-lists.ts';
import type { LastDecided } from './last-decided.ts';
import type { LastWrites } from './last-writes.ts';
import type { LivePods } from './live-lists.ts';
import type { Names } from './names/observe.ts';
import type { TrafficWatch } from './names/traffic.ts';
import { adaptersOf } from './preflight-facts.ts';
import { movedPods } from './moved-pods.ts';
import type { Readings } from './readings.ts';
import type { Content, RecentLooks } from './recent-looks.ts';
import type { Surroundings } from './surroundings.ts';
import { trimNamespace } from './trimmed.ts';
import type { TrimmedNamespace, TrimmedPod, TrimmedWorkload } from './trimmed.ts';
import { noneCouldMove, typicalWorkload } from './typical-workload.ts';
import type { Views } from './views.ts';

/** What observing takes. */
export interface Observers {
  client: KubeClient;
  views: Views;
  surroundings: Surroundings;
  readings: Readings;
  configuration: Configuration;
  names: Names;
  traffic: TrafficWatch;
  recentLooks: RecentLooks;
  lastDecided: LastDecided;
}

/** How closely to look. */
export interface Closeness {
  /** Pods that are read live, because a verdict on them is about to lead to a write. */
  pods: LivePods;
  /** The namespace and its workloads are read live: it is about to be committed, to turn round or to end. */
  workloads: boolean;
}

/** Observes a namespace. Undefined while its pods are not known yet: the watch will call again. */
export async function observeNamespace(
  o: Observers,
  record: NamespaceMigration,
  last: LastWrites,
  closeness: Closeness,
): Promise<NamespaceObservation | undefined> {
  const name = record.metadata.name;
  const migration = migrationOf(o, record);
  const namespace = await namespaceNow(o, name, closeness);
  const bare = {
    record,
    workloads: [],
    pods: [],
    cluster: unasked,
    names: noNames,
    uncommitted: pass,
    namespaceDefault: nothing,
    proxied: false,
    ...last,
  };
  const isLeft = isLeftAt(record, namespace);
  if (isLeft || migration === undefined || namespace === undefined || isResting(record)) {
    return {
      ...bare,
      ...(isLeft && { names: await o.names.leftBy(record) }),
      ...(migration !== undefined && { migration }),
      ...(namespace !== undefined && { namespace: { ...namespace, findings: [] } }),
    };
  }
  return observeMoving(o, { record, migration, namespace, last, closeness });
}

async function namespaceNow(o: Observers, name: string, closeness: Closeness): Promise<TrimmedNamespace | undefined> {
  if (!closeness.workloads) return o.views.namespaces.get(name);
  try {
    return trimNamespace(await o.client.get(NAMESPACE, { name }));
  } catch (error) {
    if (isKubeError(error) && error.kind === 'notFound') return undefined;
    throw error;
  }
}

/** The MeshMigration of a record, when it still is the one that the record was made for. */
export function migrationOf(o: Pick<Observers, 'views'>, record: NamespaceMigration): MeshMigration | undefined {
  const found = o.views.migrations.get(record.spec.migrationRef.name)?.object;
  return found?.metadata.uid === record.spec.migrationRef.uid ? found : undefined;
}

/** Milliseconds that what was looked up ahead of a namespace's start is good for. */
export const aheadMs = 30_000;

const nothing = { labels: {}, annotations: {} };
// One and the same each time: workloads are assembled anew where what they are assembled with is not the same.
const noBudgets: readonly TightBudget[] = [];
const noNames = { verdict: pass };
const notAsked = unknown('NotAsked', 'not looked at in this step');
const unasked: ClusterFacts = { source: notAsked, target: notAsked, admission: notAsked, findings: [] };

// The namespace went away with names made for it elsewhere, which nobody needs any more.
function isLeftAt({ spec, status }: NamespaceMigration, namespace: TrimmedNamespace | undefined): boolean {
  return namespace?.uid !== spec.namespaceUID && status?.step !== 'RolledBack';
}

function isResting(record: NamespaceMigration): boolean {
  return (record.status?.step ?? 'Pending') === 'Pending';
}

interface Input {
  record: NamespaceMigration;
  migration: MeshMigration;
  namespace: TrimmedNamespace;
  last: LastWrites;
  closeness: Closeness;
}

async function observeMoving(o: Observers, input: Input): Promise<NamespaceObservation | undefined> {
  const { record, migration, namespace, closeness } = input;
  const trimmedWorkloads = closeness.workloads ? await liveWorkloads(o, namespace.name) : watchedWorkloads(o, namespace.name);
  const trimmedPods = await podsFor(o, record, closeness);
  if (trimmedPods === undefined) return undefined;
  if (closeness.workloads) noteLook(o, { namespace, workloads: trimmedWorkloads, pods: trimmedPods });
  const facts = await o.surroundings.namespaceFacts(migration, namespace.name, factsAgeMs(record));
  const evicts = trimmedWorkloads.some((w) => w.kind === 'StatefulSet');
  const budgets = evicts ? await o.surroundings.budgets(namespace.name) : noBudgets;
  const resolve = await o.configuration.of(migration, namespace.name, trimmedWorkloads);
  const assembling = { migration, namespace, facts, budgets, resolve, countedBefore: o.traffic.countedBefore(migration, record) };
  const workloads = trimmedWorkloads.map((w) => workloadFrom(w, assembling));
  const { source, target } = adaptersOf(migration);
  const settings = source.settings(migration.spec, {});
  const [cluster, pods, names] = await Promise.all([
    clusterFor(o, input, trimmedWorkloads, settings),
    withReadings(o, { ...input, facts, resolve }, trimmedPods, trimmedWorkloads),
    o.names.of(migration, record, { callers: trimmedWorkloads, resolve, ...watchedNames(o, migration) }),
  ]);
  const observation = {
    record,
    migration,
    namespace: namespaceFacts(namespace, facts, migration),
    cluster,
    workloads,
    pods,
    names,
    namespaceDefault: namespaceDefaultOf(adaptersOf(migration), migration.spec),
    proxied: target.probe !== undefined,
    ...input.last,
  };
  return { ...observation, uncommitted: await uncommittedFor(o, input, trimmedWorkloads) };
}

// What blocked a namespace may be mended by now, and what was looked up before its start may have changed.
function factsAgeMs({ status }: NamespaceMigration): number {
  if (status?.blocked === true) return 0;
  return status?.step === 'Preflight' ? aheadMs : Infinity;
}

function noteLook(o: Observers, live: Content & { namespace: TrimmedNamespace }): void {
  const { name } = live.namespace;
  const pods = o.views.pods.held(name) ?? [];
  o.recentLooks.looked(name, live, { namespace: o.views.namespaces.get(name), workloads: watchedWorkloads(o, name), pods });
}

const kinds = Object.keys(TEMPLATE_KINDS) as TemplateKind[];

function watchedWorkloads(o: Observers, namespace: string): TrimmedWorkload[] {
  return kinds.flatMap((kind) => o.views.workloads[kind].all(namespace));
}

const watchedSteps: readonly Step[] = ['Preflight', 'Prepare', 'Cutover', 'Commit', 'Soak', 'Restore'];

/** A workload was armed, or its first pods are being judged. */
export function isJudging(record: NamespaceMigration): boolean {
  return (
    record.status?.workloads?.some((row) => row.state === 'Armed' || row.state === 'Moving' || row.state === 'Failed') ?? false
  );
}

/** Pods of the namespace are watched: it is on the move, or waits for the first pod of an armed workload. */
export function watchesPods(record: NamespaceMigration): boolean {
  const armed = isJudging(record);
  return armed || watchedSteps.includes(record.status?.step ?? 'Pending');
}

async function podsFor(o: Observers, record: NamespaceMigration, closeness: Closeness): Promise<TrimmedPod[] | undefined> {
  const namespace = record.metadata.name;
  if (!watchesPods(record)) {
    o.views.pods.release(namespace);
    return (closeness.workloads ? undefined : o.views.pods.held(namespace)) ?? livePods(o, namespace, 'all');
  }
  const watched = o.views.pods.of(namespace);
  const isWatchEnough = closeness.pods !== 'all' && closeness.pods.size === 0;
  return isWatchEnough || watched === undefined ? watched : livePods(o, namespace, closeness.pods);
}

function namespaceFacts(
  namespace: TrimmedNamespace,
  facts: Readonly<Record<Role, PreflightFacts>>,
  migration: MeshMigration,
): NamespaceFacts {
  const like: KubeObjectLike = {
    metadata: { name: namespace.name, labels: namespace.labels, annotations: namespace.annotations },
  };
  return { ...namespace, findings: namespaceFindingsOf(adaptersOf(migration), like, facts) };
}

// When names were called last helps to tell those that somebody needs from those that anybody made up, and what was answered
// before may be called again.
function watchedNames({ traffic }: Observers, migration: MeshMigration): Pick<NamesQuestion, 'moved' | 'answered'> {
  if (adaptersOf(migration).source.names === undefined) return {};
  const watched = traffic.look(migration);
  return 'log' in watched ? { moved: watched.log.moved, answered: watched.log.answered } : {};
}

const dryRunSteps: readonly Step[] = ['Preflight', 'Prepare', 'Cutover', 'Commit', 'Soak'];

async function clusterFor(
  o: Observers,
  input: Input,
  workloads: readonly TrimmedWorkload[],
  settings: Readonly<Record<string, string>>,
): Promise<ClusterFacts> {
  const { record, migration, namespace } = input;
  const answers = await o.surroundings.meshes(migration);
  const step = record.status?.step ?? 'Pending';
  if (!dryRunSteps.includes(step)) {
    o.surroundings.forgetTried(namespace.name);
    return o.surroundings.cluster(answers, { target: pass, admission: pass, findings: [] });
  }
  const workload = typicalWorkload(workloads, migration, o.surroundings.triedLast(namespace.name));
  const dryRun = await o.surroundings.dryRun({
    migration,
    namespace: namespace.name,
    settings,
    idle: noneCouldMove(workloads, migration),
    ...(workload !== undefined && { workload }),
  });
  return o.surroundings.cluster(answers, dryRun);
}

async function withReadings(
  o: Observers,
  input: Input & Pick<PodContext, 'facts' | 'resolve'>,
  pods: readonly TrimmedPod[],
  workloads: readonly TrimmedWorkload[],
): Promise<NamespaceObservation['pods']> {
  const { record, migration } = input;
  const { probe } = adaptersOf(migration).target;
  const step = record.status?.step;
  const watches = watchesPods(record);
  o.readings.retain(record.metadata.name, watches ? pods : []);
  if (probe === undefined || step === 'Restore' || !watches) return pods.map((pod) => podFrom(pod, input));
  const readings = await o.readings.of(movedPods({ ...record, status: o.lastDecided.of(record) }, pods, workloads), probe);
  return pods.map((pod) => {
    const reading = readings.get(pod.uid);
    const judged = podFrom(pod, input);
    return reading === undefined ? judged : { ...judged, reading };
  });
}

// Only on the way back does it matter whether new pods still join.
async function uncommittedFor(o: Observers, input: Input, workloads: readonly TrimmedWorkload[]): Promise<Verdict> {
  const { record, migration, namespace } = input;
  const status = record.status;
  const back = status?.step === 'Restore' || status?.workloads?.some((row) => row.state === 'Failed');
  if (status?.committed !== true || back !== true) return pass;
  const workload = typicalWorkload(workloads, migration);
  return tryPlainPod({
    client: o.client,
    migration,
    namespace: namespace.name,
    settings: {},
    ...(workload !== undefined && { workload }),
  });
}
