// What the operator would see in one namespace before its first write, from live objects or files, and what its own decision
// says of it. Nothing is decided here.

import { jobFindingsOf, namespaceDefaultOf, namespaceFindingsOf, workloadFindingsOf } from '../../mesh/both-meshes.ts';
import { personUses } from '../../core/workload/person-uses.ts';
import { FIELD_MANAGER, GROUP } from '../../api/v1alpha1/group.ts';
import type { NamespaceMigrationStatus } from '../../api/v1alpha1/namespace-migration.ts';
import { fieldsAt, flagAt, listAt, textAt } from '../../core/fields.ts';
import type { Finding } from '../../core/finding.ts';
import type { Member } from '../../core/migration/membership.ts';
import type { MigrationObservation } from '../../core/migration/observation.ts';
import { recordSpec } from '../../core/migration/records.ts';
import { decideNamespace } from '../../core/namespace/decide.ts';
import type { NamespaceFacts, NamespaceObservation, Pod, Workload } from '../../core/observation.ts';
import { pass, unknown } from '../../core/verdict.ts';
import { isJobPod, workloadOfPod } from '../../core/workload/of-pod.ts';
import type { PodMetadata } from '../../core/workload/of-pod.ts';
import { rolloutOf } from '../../core/workload/rollout.ts';
import type { KubeObjectLike, LivePod, MeshAdapter, PreflightFacts, Role } from '../../mesh/adapter.ts';
import type { Resolve } from '../../mesh/configuration.ts';
import type { Templated } from './templates.ts';

/** One namespace and what is known of it. */
export interface Place {
  readonly migration: MigrationObservation;
  readonly both: Readonly<Record<Role, MeshAdapter>>;
  readonly facts: Readonly<Record<Role, PreflightFacts>>;
  readonly namespace: NonNullable<Member['namespace']>;
  readonly wave: string;
  readonly resolve: Resolve;
}

/** As the operator sees it at the beginning of its preflight. */
export function observed(place: Place, templates: readonly Templated[], pods: readonly KubeObjectLike[]): NamespaceObservation {
  const { migration: o, both, namespace, wave, resolve } = place;
  const { migration } = o;
  const workloads = templates.map((one) => workloadFrom(one, place));
  return {
    migration,
    record: {
      ...{ apiVersion: '', kind: '', metadata: { name: namespace.name, uid: '', generation: 1, resourceVersion: '' } },
      spec: recordSpec(namespace, wave, o),
      status: { step: 'Preflight', attempt: 1 },
    },
    namespace: factsOf(place),
    cluster: o.cluster,
    workloads,
    pods: pods.map((pod) => podFrom(pod, place, resolve)),
    // Names are told one by one beside this; nothing after preflight is asked for.
    names: { verdict: unknown('NotAsked', 'told beside') },
    uncommitted: pass,
    namespaceDefault: namespaceDefaultOf(both, migration.spec),
    proxied: both.target.probe !== undefined,
    refusals: new Map(),
    writtenSince: new Set(),
  };
}

/** What preflight would say. */
export function preflightStatus(observation: NamespaceObservation, now: number): NamespaceMigrationStatus {
  return decideNamespace(observation, now).status;
}

function factsOf({ both, facts, namespace }: Place): NamespaceFacts {
  return { ...namespace, resourceVersion: '', findings: namespaceFindingsOf(both, { metadata: namespace }, facts) };
}

function workloadFrom({ kind, name, object, template }: Templated, place: Place): Workload {
  const { migration, both, namespace, resolve } = place;
  const { spec } = migration.migration;
  const detecting = { namespaceKeys: { labels: namespace.labels, annotations: namespace.annotations }, resolve };
  const source = both.source.detect(template, spec, detecting);
  const owner = listAt(object, 'metadata', 'ownerReferences').find((one) => flagAt(one, 'controller'));
  return {
    ...{ kind, name, uid: textAt(object, 'metadata', 'uid') ?? `${kind}/${name}`, resourceVersion: '', generation: 0 },
    deleting: textAt(object, 'metadata', 'deletionTimestamp') !== undefined,
    annotations: ours(fieldsAt(object, 'metadata', 'annotations')),
    keys: ours(template.metadata?.annotations ?? {}),
    settings: both.source.settings(spec, template, detecting),
    template: '',
    source,
    target: both.target.detect(template, spec, detecting),
    rollout: rolloutOf(kind, object, FIELD_MANAGER),
    findings: [...personUses(source), ...findingsOf({ kind, name, template }, place)],
    ...(owner !== undefined && { owner: `${textAt(owner, 'kind') ?? ''}/${textAt(owner, 'name') ?? ''}` }),
  };
}

function findingsOf(about: Pick<Templated, 'kind' | 'name' | 'template'>, place: Place): Finding[] {
  const { migration, both, facts, namespace, resolve } = place;
  const namespaceKeys = { labels: namespace.labels, annotations: namespace.annotations };
  const workload = { ...about, namespace: namespace.name, namespaceKeys, resolve };
  return workloadFindingsOf(both, workload, facts, migration.migration.spec);
}

function podFrom(object: KubeObjectLike, { migration, both, namespace, facts }: Place, resolve: Resolve): Pod {
  const live = object as LivePod;
  const { spec } = migration.migration;
  const metadata = fieldsAt(object, 'metadata') as PodMetadata & { name?: string; uid?: string };
  const workload = workloadOfPod({ metadata });
  const phase = textAt(object, 'status', 'phase') ?? 'Pending';
  const job = isJobPod(metadata);
  return {
    ...{ name: metadata.name ?? '', uid: metadata.uid ?? metadata.name ?? '', phase, restarts: 0 },
    job,
    ...(job && jobFindingsOf(both, { name: metadata.name ?? '', namespace, pod: live }, facts)),
    keys: ours(fieldsAt(object, 'metadata', 'annotations')),
    ready: listAt(object, 'status', 'conditions').some((c) => c['type'] === 'Ready' && c['status'] === 'True'),
    deleting: textAt(object, 'metadata', 'deletionTimestamp') !== undefined,
    ended: phase === 'Succeeded' || phase === 'Failed',
    source: both.source.expectations(live, spec, { resolve }),
    target: both.target.expectations(live, spec),
    ...(workload !== undefined && { workload }),
  };
}

function ours(annotations: Readonly<Record<string, unknown>>): Record<string, string> {
  const entries = Object.entries(annotations).filter(([key]) => key.startsWith(`${GROUP}/`));
  return Object.fromEntries(entries.map(([key, value]) => [key, String(value)]));
}
