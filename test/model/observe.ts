// What the operator would observe of the small Kubernetes, from a replica's view or live.

import { keys } from '../../src/api/v1alpha1/group.ts';
import type { MeshMigration } from '../../src/api/v1alpha1/mesh-migration.ts';
import type { NamespaceMigration } from '../../src/api/v1alpha1/namespace-migration.ts';
import type { MigrationObservation } from '../../src/core/migration/observation.ts';
import type { LastWrites } from '../../src/controller/last-writes.ts';
import type { Closeness } from '../../src/core/namespace/closeness.ts';
import type { ClusterFacts, NamesState, NamespaceObservation, Pod, Rollout, Workload } from '../../src/core/observation.ts';
import { fail, pass } from '../../src/core/verdict.ts';
import { aReading } from './builders.ts';
import { behaviourOf, isDefault } from './kube.ts';
import type { View } from './view.ts';
import { isCurrent } from './world.ts';
import type { ModelNamespace, ModelPod, ModelWorkload, World } from './world.ts';

const inSource = { state: 'present', uses: [] } as const;
const shown = { present: { state: 'present', reason: 'seen' }, absent: { state: 'absent', reason: 'not seen' } } as const;
const good = aReading();
const bad = aReading({ success: 10, failure: 90 });

/** What the reconciler of one namespace observes: from the view, and live where that was asked for. */
export function observeNamespace(
  world: World,
  view: View,
  record: NamespaceMigration,
  how: Closeness & { last: LastWrites },
): NamespaceObservation {
  const { name } = record.metadata;
  const migration = view.objects.migrations.get(record.spec.migrationRef.name);
  const ours = migration?.metadata.uid === record.spec.migrationRef.uid ? migration : undefined;
  const namespace = (how.workloads ? world : view).objects.namespaces.get(name);
  const resting = (record.status?.step ?? 'Pending') === 'Pending';
  const found = resting || ours === undefined || namespace === undefined ? nothingFound : contentOf(world, view, name, how);
  return {
    ...(ours !== undefined && { migration: ours }),
    record,
    ...(namespace !== undefined && { namespace: factsOf(namespace) }),
    cluster: clusterOf(world, record),
    workloads: found.workloads.map((w) => workloadOf(w, found.pods, namespace)),
    pods: found.pods.map((pod) => podOf(world, pod)),
    names: namesOf(world, record),
    uncommitted: joinsStill(world, name) ? fail('StillCommitted', 'a new pod would still join') : pass,
    namespaceDefault: { labels: {}, annotations: { 'linkerd.io/inject': 'enabled' } },
    proxied: true,
    ...how.last,
  };
}

const alias = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'alias', namespace: 'shop' } };
const made = {
  apiVersion: 'v1',
  kind: 'Service',
  name: 'alias',
  namespace: 'shop',
  seen: { uid: 'alias', resourceVersion: '1' },
};

// Names are read live: what is missing before the first caller moves, and what is held when the last one is back.
function namesOf(world: World, { metadata: { name }, status }: NamespaceMigration): NamesState {
  const { callers, aliases } = world.environment;
  const missing = callers.has(name) && !aliases.has(name);
  if (status?.step === 'Restore') return { verdict: pass, held: aliases.has(name) ? [{ ...made, how: 'delete' }] : [] };
  return { verdict: pass, missing: missing ? [{ how: 'create', manifest: alias }] : [] };
}

interface Content {
  readonly pods: readonly ModelPod[];
  readonly workloads: readonly ModelWorkload[];
}

const nothingFound: Content = { pods: [], workloads: [] };

function contentOf(world: World, view: View, name: string, how: Closeness): Content {
  const pods = (how.pods ? world : view).objects.pods;
  const workloads = (how.workloads ? world : view).objects.workloads;
  return { pods: podsIn(pods, name), workloads: workloadsIn(workloads, name) };
}

function joinsStill(world: World, name: string): boolean {
  const live = world.objects.namespaces.get(name);
  return live !== undefined && isDefault(live);
}

function clusterOf(world: World, record: NamespaceMigration): ClusterFacts {
  const { injectorUp, sourceHealthy } = world.environment;
  const asks = ['Preflight', 'Prepare', 'Cutover', 'Commit', 'Soak'].includes(record.status?.step ?? 'Pending');
  return {
    source: sourceHealthy ? pass : fail('SourceNotHealthy', 'the source does not answer'),
    target: injectorUp || !asks ? pass : fail('TargetNotReady', 'a dry-run pod came out without the proxy'),
    admission: pass,
    findings: [],
  };
}

function factsOf(namespace: ModelNamespace): NonNullable<NamespaceObservation['namespace']> {
  const { name, uid, rv, labels, annotations, deleting } = namespace;
  return { name, uid, resourceVersion: String(rv), labels, annotations, deleting, findings: [] };
}

function podsIn(all: ReadonlyMap<string, ModelPod>, namespace: string): ModelPod[] {
  return [...all.values()].filter((pod) => pod.namespace === namespace);
}

function workloadsIn(all: ReadonlyMap<string, ModelWorkload>, namespace: string): ModelWorkload[] {
  return [...all.values()].filter((w) => w.namespace === namespace);
}

function workloadOf(w: ModelWorkload, pods: readonly ModelPod[], namespace: ModelNamespace | undefined): Workload {
  const joins = namespace !== undefined && isDefault(namespace);
  return {
    kind: w.kind,
    name: w.name,
    uid: w.uid,
    resourceVersion: String(w.rv),
    generation: w.generation,
    deleting: false,
    annotations: w.annotations,
    keys: w.keys,
    settings: {},
    template: w.template,
    source: inSource,
    target: { state: joins ? 'present' : 'absent', uses: [] },
    rollout: rolloutOf(
      w,
      pods.filter((pod) => pod.workload === `${w.kind}/${w.name}` && !pod.ended),
    ),
    findings: [],
  };
}

/** The rollout as the workload's controller tells it. */
export function rolloutOf(w: ModelWorkload, pods: readonly ModelPod[]): Rollout {
  const alive = pods.filter((pod) => !pod.deleting);
  const updated = alive.filter((pod) => isCurrent(pod, w)).length;
  const ready = alive.filter((pod) => pod.ready).length;
  const observed = w.observedGeneration >= w.generation;
  const cron = w.kind === 'CronJob';
  const desired = cron ? 0 : w.replicas;
  return {
    desired,
    updated,
    ready,
    total: alive.length,
    observed,
    complete: cron || (observed && updated === alive.length && updated >= desired && ready >= desired),
    paused: w.paused,
    strategy: cron ? 'NextRun' : w.onDelete ? 'OnDelete' : 'RollingUpdate',
    surge: w.surge,
    unavailable: 0,
    partition: 0,
    minReadySeconds: w.minReadySeconds,
    minReadyOwner: w.minReadyOwner,
    progressDeadlineSeconds: 600,
  };
}

function podOf(world: World, pod: ModelPod): Pod {
  return {
    name: pod.name,
    uid: pod.uid,
    workload: pod.workload,
    job: pod.job,
    keys: pod.keys,
    phase: pod.ended ? 'Succeeded' : 'Running',
    ready: pod.ready,
    deleting: pod.deleting,
    ended: pod.ended,
    restarts: pod.restarts,
    source: pod.inSource ? shown.present : shown.absent,
    target: pod.inTarget ? shown.present : shown.absent,
    ...(pod.inTarget && pod.ready && { reading: behaviourOf(world, pod) === 'failing' ? bad : good }),
  };
}

/** What the reconciler of a whole migration observes; `live` where a write follows from it. */
export function observeMigration(world: World, view: View, migration: MeshMigration, live: boolean): MigrationObservation {
  const { records, migrations, namespaces } = view.objects;
  return {
    migration,
    records: [...(live ? world.objects.records : records).values()],
    namespaces: [...namespaces.values()],
    migrations: new Set([...(live ? world.objects.migrations : migrations).values()].map((m) => m.metadata.uid)),
    isExcluded: (name) => name === 'kube-system' || name === 'linkerd',
    originalKeys: { labels: [keys.to, keys.from], annotations: ['linkerd.io/inject'] },
    cluster: { source: pass, target: pass, admission: pass, findings: [] },
    sourceInUse: { status: 'Unknown', reason: 'SourceUseUnknown', message: 'not measured' },
  };
}
