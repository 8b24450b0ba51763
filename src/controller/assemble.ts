// Assembles what decide looks at from trimmed objects: memberships, findings, pods with what they show. Does no I/O.

import { jobFindingsOf, workloadFindingsOf } from '../mesh/both-meshes.ts';
import { personUses } from '../core/workload/person-uses.ts';
import type { MeshMigration } from '../api/v1alpha1/mesh-migration.ts';
import type { Finding } from '../core/finding.ts';
import type { Membership, Pod, Workload } from '../core/observation.ts';
import type { ContainerStatus, PreflightFacts, Role, WorkloadForPreflight } from '../mesh/adapter.ts';
import type { Resolve } from '../mesh/configuration.ts';
import { budgetFindings } from './disruption-budgets.ts';
import type { TightBudget } from './disruption-budgets.ts';
import { oncePerObject } from '../core/once-per-object.ts';
import { baselineOf } from '../core/traffic.ts';
import type { ServiceCount } from '../core/traffic.ts';
import { adaptersOf } from './preflight-facts.ts';
import type { TrimmedNamespace, TrimmedPod, TrimmedWorkload } from './trimmed.ts';
import { hasEnded } from './trimmed.ts';

/** What is known about a namespace beside its objects. */
export interface AssembleContext {
  migration: MeshMigration;
  namespace: TrimmedNamespace;
  facts: Readonly<Record<Role, PreflightFacts>>;
  budgets: readonly TightBudget[];
  /** Looks into ConfigMaps and Secrets that were read. */
  resolve: Resolve;
  /** What the source counted for the namespace's Services before it began to move; absent where that is unknown. */
  countedBefore?: readonly ServiceCount[] | undefined;
}

/** A workload as decide sees it. */
export function workloadFrom(trimmed: TrimmedWorkload, context: AssembleContext): Workload {
  const { migration, namespace, facts, budgets, resolve } = context;
  const circumstances = [specId(migration), namespace, facts, budgets, resolve];
  const workload = assembledWorkload(trimmed, circumstances, () => assembleWorkload(trimmed, context));
  const { countedBefore } = context;
  if (countedBefore === undefined) return workload;
  return measuredWorkload(workload, [countedBefore], () => {
    const baseline = baselineOf(countedBefore, trimmed.template.metadata?.labels ?? {});
    return baseline === undefined ? workload : { ...workload, baseline };
  });
}

const measuredWorkload = oncePerObject<Workload, Workload>();

const assembledWorkload = oncePerObject<TrimmedWorkload, Workload>();

// As long as uid and generation are the same, so is the spec, whatever object it stands in.
function specId({ metadata }: MeshMigration): string {
  return `${metadata.uid}/${metadata.generation}`;
}

function assembleWorkload(trimmed: TrimmedWorkload, context: AssembleContext): Workload {
  const { migration, namespace, resolve } = context;
  const { source, target } = adaptersOf(migration);
  const { spec } = migration;
  const detecting = { namespaceKeys: { labels: namespace.labels, annotations: namespace.annotations }, resolve };
  const membership = source.detect(trimmed.template, spec, detecting);
  return {
    kind: trimmed.kind,
    name: trimmed.name,
    uid: trimmed.uid,
    resourceVersion: trimmed.resourceVersion,
    generation: trimmed.generation,
    deleting: trimmed.deleting,
    annotations: trimmed.annotations,
    keys: trimmed.keys,
    settings: source.settings(spec, trimmed.template, detecting),
    template: trimmed.fingerprint,
    source: membership,
    target: target.detect(trimmed.template, spec, detecting),
    rollout: trimmed.rollout,
    findings: findingsOf(trimmed, context, membership),
    ...(trimmed.owner !== undefined && { owner: trimmed.owner }),
  };
}

function findingsOf(trimmed: TrimmedWorkload, context: AssembleContext, membership: Membership): Finding[] {
  const { migration, namespace, facts } = context;
  const workload: WorkloadForPreflight = {
    kind: trimmed.kind,
    name: trimmed.name,
    namespace: namespace.name,
    namespaceKeys: { labels: namespace.labels, annotations: namespace.annotations },
    template: trimmed.template,
    resolve: context.resolve,
  };
  const found = workloadFindingsOf(adaptersOf(migration), workload, facts, migration.spec);
  return [...personUses(membership), ...found, ...budgetFindings(trimmed, context.budgets)];
}

/** Where a workload's template stands with regard to the source, its namespace's keys left aside. */
export function sourceUseOf(trimmed: TrimmedWorkload, migration: MeshMigration, resolve: Resolve): Membership {
  return sourceUse(trimmed, [specId(migration), resolve], () =>
    adaptersOf(migration).source.detect(trimmed.template, migration.spec, { resolve }),
  );
}

const sourceUse = oncePerObject<TrimmedWorkload, Membership>();

/** What a pod is judged by. */
export type PodContext = Pick<AssembleContext, 'migration' | 'namespace' | 'facts' | 'resolve'>;

/** A pod as decide sees it, without what its proxy answers. */
export function podFrom(trimmed: TrimmedPod, context: PodContext): Pod {
  const { migration, resolve, namespace, facts } = context;
  // Of most pods only their own spec counts: they need not be assembled again because the namespace was read again.
  const circumstances = [specId(migration), resolve, ...(trimmed.job ? [namespace, facts] : [])];
  return assembledPod(trimmed, circumstances, () => assemblePod(trimmed, context));
}

// An init container that tries until it can is not ready for so long, and nothing else. Sidecars stand among them.
function restartsOf({ spec, status }: TrimmedPod['live']): number {
  const sidecars = new Set(spec?.initContainers?.flatMap((c) => (c.restartPolicy === 'Always' ? [c.name] : [])));
  const lasting = [
    ...(status?.containerStatuses ?? []),
    ...(status?.initContainerStatuses ?? []).filter(({ name }) => sidecars.has(name)),
  ];
  return Math.max(0, ...lasting.map(({ restartCount }) => restartCount));
}

const assembledPod = oncePerObject<TrimmedPod, Pod>();

function assemblePod(trimmed: TrimmedPod, context: PodContext): Pod {
  const { migration, resolve } = context;
  const { source, target } = adaptersOf(migration);
  const { live } = trimmed;
  const statuses = [...(live.status?.initContainerStatuses ?? []), ...(live.status?.containerStatuses ?? [])];
  const waiting = waitingText(statuses);
  const startedAt = firstStart(statuses);
  return {
    name: trimmed.name,
    uid: trimmed.uid,
    job: trimmed.job,
    keys: trimmed.keys,
    phase: live.status?.phase ?? 'Pending',
    ready: trimmed.ready,
    deleting: trimmed.deleting,
    ended: hasEnded(trimmed),
    restarts: restartsOf(live),
    source: source.expectations(live, migration.spec, { resolve }),
    target: target.expectations(live, migration.spec),
    ...(trimmed.workload !== undefined && { workload: trimmed.workload }),
    ...(waiting !== undefined && { waiting }),
    ...(startedAt !== undefined && { startedAt }),
    ...jobFindings(trimmed, context),
  };
}

function jobFindings({ name, job, live: pod }: TrimmedPod, { migration, namespace, facts }: PodContext): Partial<Pod> {
  return job ? jobFindingsOf(adaptersOf(migration), { name, namespace, pod }, facts) : {};
}

// A proxy is among the first containers, or the first.
function firstStart(statuses: readonly ContainerStatus[]): number | undefined {
  const starts = statuses.map(({ state }) => Date.parse(state?.running?.startedAt ?? '')).filter((at) => !Number.isNaN(at));
  return starts.length === 0 ? undefined : Math.min(...starts);
}

function waitingText(statuses: readonly ContainerStatus[]): string | undefined {
  for (const { name, state } of statuses) {
    const reason = state?.waiting?.reason;
    if (reason !== undefined && !startingReasons.has(reason)) return `${name} is waiting: ${reason}`;
  }
  const behind = statuses.find((s) => !s.ready && s.state?.running !== undefined);
  return behind === undefined ? undefined : `${behind.name} runs but is not ready`;
}

const startingReasons: ReadonlySet<string> = new Set(['ContainerCreating', 'PodInitializing']);
