// Builders of what the pure core looks at: a healthy default, and only what a test is about is said. Nothing here acts.

import { API_VERSION, keys } from '../../src/api/v1alpha1/group.ts';
import type { MeshMigration, MeshMigrationSpec } from '../../src/api/v1alpha1/mesh-migration.ts';
import type { NamespaceMigration, NamespaceMigrationStatus, WorkloadRow } from '../../src/api/v1alpha1/namespace-migration.ts';
import type { MigrationObservation } from '../../src/core/migration/observation.ts';
import type {
  ClusterFacts,
  NamespaceFacts,
  NamespaceObservation,
  Pod,
  ProxyReading,
  Rollout,
  Workload,
} from '../../src/core/observation.ts';
import { cutoverKeys, pairOf } from '../../src/core/pair.ts';
import { pass } from '../../src/core/verdict.ts';

/** The pair of every migration here. */
export const pair = pairOf('Linkerd1', 'Linkerd2');
/** UID of the migration that builders speak of. */
export const migrationUid = 'a1b2c3d4-0000';
/** A moment to count from, in milliseconds since the epoch. */
export const start = Date.parse('2026-01-01T00:00:00.000Z');

/** A moment some seconds after the start, as the API writes it. */
export function at(seconds: number): string {
  return new Date(start + seconds * 1000).toISOString();
}

/** A migration of one wave that names the namespace `shop`. */
export function aMigration(
  spec: Partial<MeshMigrationSpec> = {},
  metadata: Partial<MeshMigration['metadata']> = {},
): MeshMigration {
  return {
    apiVersion: API_VERSION,
    kind: 'MeshMigration',
    metadata: { name: 'move', uid: migrationUid, generation: 1, resourceVersion: '1', ...metadata },
    spec: {
      source: { mesh: 'Linkerd1' },
      target: { mesh: 'Linkerd2' },
      waves: [{ name: 'first', namespaces: ['shop'] }],
      health: { minimumRequests: 0 },
      ...spec,
    },
  };
}

/** The record of the namespace `shop`. */
export function aRecord(
  status?: NamespaceMigrationStatus,
  metadata: Partial<NamespaceMigration['metadata']> = {},
): NamespaceMigration {
  const name = metadata.name ?? 'shop';
  return {
    apiVersion: API_VERSION,
    kind: 'NamespaceMigration',
    metadata: { name, uid: `record-${name}`, generation: 1, resourceVersion: '1', ...metadata },
    spec: {
      migrationRef: { name: 'move', uid: migrationUid },
      source: 'Linkerd1',
      target: 'Linkerd2',
      namespaceUID: `namespace-${name}`,
      wave: 'first',
      originals: {
        labels: [keys.to, keys.from].map((key) => ({ key, present: false })),
        annotations: [{ key: 'linkerd.io/inject', present: false }],
      },
    },
    ...(status !== undefined && { status }),
  };
}

/** A rollout that is complete. */
export function aRollout(rollout: Partial<Rollout> = {}): Rollout {
  const desired = rollout.desired ?? 2;
  return {
    desired,
    updated: desired,
    ready: desired,
    total: desired,
    observed: true,
    complete: true,
    paused: false,
    strategy: 'RollingUpdate',
    surge: 1,
    unavailable: 0,
    partition: 0,
    minReadySeconds: 0,
    minReadyOwner: 'nobody',
    progressDeadlineSeconds: 600,
    ...rollout,
  };
}

const inSource = { state: 'present', uses: [{ kind: 'Env', place: 'app.http_proxy', removedBy: 'admission' }] } as const;

/** A Deployment of two pods in the source mesh. The uid follows from the name. */
export function aWorkload(workload: Partial<Omit<Workload, 'rollout'>> & { rollout?: Partial<Rollout> } = {}): Workload {
  const name = workload.name ?? 'web';
  return {
    kind: 'Deployment',
    name,
    uid: uidOf(name),
    resourceVersion: '10',
    generation: 1,
    deleting: false,
    annotations: {},
    keys: {},
    settings: {},
    template: 'template-1',
    source: inSource,
    target: { state: 'absent', uses: [] },
    findings: [],
    ...workload,
    rollout: aRollout(workload.rollout),
  };
}

/** A uid of eight characters and more that no other name has. */
export function uidOf(name: string): string {
  return `${name.padEnd(8, '0').slice(0, 8)}-${name}`;
}

/** Our keys on a template or a pod, of one attempt. */
export function keyed(attempt = 1): Record<string, string> {
  return cutoverKeys(pair, `${migrationUid.slice(0, 8)}-${attempt}`, {});
}

/** A workload whose template carries our keys. */
export function aKeyedWorkload(workload: Parameters<typeof aWorkload>[0] = {}, attempt = 1): Workload {
  return aWorkload({ generation: 2, keys: keyed(attempt), ...workload });
}

const here = { state: 'present', reason: 'seen' } as const;
const notHere = { state: 'absent', reason: 'not seen' } as const;

/** A ready pod of `Deployment/web` in the source mesh. */
export function aPod(pod: Partial<Pod> = {}): Pod {
  const name = pod.name ?? 'web-1';
  return {
    name,
    uid: `pod-${name}`,
    workload: 'Deployment/web',
    job: false,
    keys: {},
    phase: 'Running',
    ready: true,
    deleting: false,
    ended: false,
    restarts: 0,
    source: here,
    target: notHere,
    ...pod,
  };
}

/** What a healthy proxy answers. */
export function aReading(reading: Partial<Extract<ProxyReading, { kind: 'answered' }>> = {}): ProxyReading {
  const counters = { success: 100, failure: 0, hanging: 0, undefinedPortResets: 0, connectionErrors: 0, refusedCalls: 0 };
  const { success, failure } = { ...counters, ...reading };
  return { kind: 'answered', ready: true, ...counters, served: { requests: success + failure, success }, ...reading };
}

/** A ready pod in the target mesh, made from a keyed template. */
export function aMovedPod(pod: Partial<Pod> = {}, attempt = 1): Pod {
  return aPod({ keys: keyed(attempt), source: notHere, target: here, reading: aReading(), ...pod });
}

/** As many pods as wanted, named after their workload. */
export function pods(count: number, make: (pod: Partial<Pod>) => Pod, workload = 'Deployment/web'): Pod[] {
  const name = workload.split('/')[1] ?? workload;
  return Array.from({ length: count }, (_, i) => make({ name: `${name}-${i}`, workload }));
}

/** The namespace `shop`, untouched. */
export function aNamespace(namespace: Partial<NamespaceFacts> = {}): NamespaceFacts {
  const name = namespace.name ?? 'shop';
  const uid = `namespace-${name}`;
  return { name, uid, resourceVersion: '5', deleting: false, labels: {}, annotations: {}, findings: [], ...namespace };
}

/** The namespace `shop` as a commit leaves it. */
export function aCommittedNamespace(namespace: Partial<NamespaceFacts> = {}): NamespaceFacts {
  return aNamespace({
    labels: { [keys.to]: pair.to, [keys.from]: pair.from },
    annotations: { 'linkerd.io/inject': 'enabled' },
    ...namespace,
  });
}

/** A cluster in which everything works. */
export function aCluster(cluster: Partial<ClusterFacts> = {}): ClusterFacts {
  return { source: pass, target: pass, admission: pass, findings: [], ...cluster };
}

/** What the reconciler of `shop` sees: one Deployment with two pods in the source mesh. */
export function anObservation(observation: Partial<NamespaceObservation> = {}): NamespaceObservation {
  return {
    migration: aMigration(),
    record: aRecord(),
    namespace: aNamespace(),
    cluster: aCluster(),
    workloads: [aWorkload()],
    pods: pods(2, aPod),
    names: { verdict: pass },
    uncommitted: pass,
    namespaceDefault: { labels: {}, annotations: { 'linkerd.io/inject': 'enabled' } },
    proxied: true,
    refusals: new Map(),
    writtenSince: new Set(),
    ...observation,
  };
}

/** A row of `Deployment/web`. */
export function aRow(row: Partial<WorkloadRow> = {}): WorkloadRow {
  const name = row.name ?? 'web';
  return {
    kind: 'Deployment',
    name,
    uid: uidOf(name),
    state: 'Moving',
    attempt: 1,
    since: at(0),
    template: 'template-1',
    ...row,
  };
}

/** What the reconciler of the migration `move` sees: the namespace `shop`, nothing started. */
export function aMigrationObservation(observation: Partial<MigrationObservation> = {}): MigrationObservation {
  return {
    migration: aMigration(),
    records: [],
    namespaces: [aNamespace()],
    migrations: new Set([migrationUid]),
    isExcluded: (name) => name.startsWith('kube-'),
    originalKeys: { labels: [keys.to, keys.from], annotations: ['linkerd.io/inject'] },
    cluster: aCluster(),
    sourceInUse: { status: 'Unknown', reason: 'SourceUseUnknown', message: 'not measured' },
    ...observation,
  };
}
