// MeshMigrations and NamespaceMigrations for tests of the plugin, as an operator writes them.

import type { MeshMigration } from '../../../src/api/v1alpha1/mesh-migration.ts';
import type { NamespaceCounts, WorkloadCounts } from '../../../src/api/v1alpha1/mesh-migration-status.ts';
import type { NamespaceMigration, NamespaceMigrationStatus, WorkloadRow } from '../../../src/api/v1alpha1/namespace-migration.ts';

const start = '2026-03-01T10:00:00.000Z';

/** Namespaces by state; all others none. */
export function namespaces(counts: Partial<NamespaceCounts>): NamespaceCounts {
  const none = { total: 0, pending: 0, inFlight: 0, migrated: 0, partiallyMigrated: 0, rolledBack: 0, failed: 0, blocked: 0 };
  return { ...none, ...counts };
}

/** Workloads by state; all others none. */
export function workloads(counts: Partial<WorkloadCounts>): WorkloadCounts {
  const none = { total: 0, pending: 0, moving: 0, verified: 0, armed: 0, failed: 0, restored: 0, drifted: 0, listed: 0 };
  return { ...none, ...counts };
}

/** Conditions of a migration as kstatus has them. */
export function conditions(kind: 'running' | 'stalled' | 'good' | 'suspended', reason: string, message: string): unknown[] {
  const base = { reason, message, observedGeneration: 1, lastTransitionTime: start };
  return [
    { type: 'Ready', status: kind === 'good' ? 'True' : 'False', ...base },
    ...(kind === 'running' ? [{ type: 'Reconciling', status: 'True', ...base }] : []),
    ...(kind === 'stalled' ? [{ type: 'Stalled', status: 'True', ...base }] : []),
  ];
}

/** A migration with two waves in mid-move. */
export function migration(change: { spec?: object; status?: object | undefined; name?: string } = {}): MeshMigration {
  const waves = [
    { name: 'canary', namespaces: ['sandbox'] },
    { name: 'shop', namespaces: ['cart', 'payments'] },
  ];
  return {
    apiVersion: 'meshmigration.io/v1alpha1',
    kind: 'MeshMigration',
    metadata: { name: change.name ?? 'demo', uid: 'uid-of-demo', generation: 1, resourceVersion: '7' },
    spec: { source: { mesh: 'Linkerd1' }, target: { mesh: 'Linkerd2' }, waves, ...change.spec },
    status: {
      observedGeneration: 1,
      conditions: conditions('running', 'InProgress', 'moving wave shop'),
      migrated: '1/3',
      namespaces: namespaces({ total: 3, migrated: 1, inFlight: 1, pending: 1 }),
      workloads: workloads({ total: 8, verified: 3, moving: 2, restored: 1, armed: 1, pending: 1 }),
      waves: [
        {
          name: 'canary',
          namespaces: namespaces({ total: 1, migrated: 1 }),
          startTime: start,
          completionTime: '2026-03-01T10:00:43.000Z',
        },
        { name: 'shop', namespaces: namespaces({ total: 2, inFlight: 1, pending: 1 }), startTime: '2026-03-01T10:00:43.000Z' },
      ],
      currentWave: 'shop',
      startTime: start,
      ...change.status,
    },
  } as unknown as MeshMigration;
}

/** The record of a namespace; its wave is shop. */
export function record(
  name: string,
  status: NamespaceMigrationStatus,
  change: { wave?: string; migration?: string } = {},
): NamespaceMigration {
  return {
    apiVersion: 'meshmigration.io/v1alpha1',
    kind: 'NamespaceMigration',
    metadata: { name, uid: `uid-of-${name}`, generation: 1, resourceVersion: '7' },
    spec: {
      migrationRef: { name: change.migration ?? 'demo', uid: 'uid-of-demo' },
      source: 'Linkerd1',
      target: 'Linkerd2',
      namespaceUID: `uid-of-namespace-${name}`,
      wave: change.wave ?? 'shop',
      originals: {},
    },
    status,
  };
}

/** A row of a record. */
export function row(name: string, state: WorkloadRow['state'], rest: Partial<WorkloadRow> = {}): WorkloadRow {
  return { kind: 'Deployment', name, uid: `uid-of-${name}`, state, ...rest };
}

/** One workload failed and went back, others are on their way: the picture most tests look at. */
export function inMidMove(): { migration: MeshMigration; records: NamespaceMigration[] } {
  const sandbox: NamespaceMigrationStatus = {
    step: 'Migrated',
    reason: 'Migrated',
    message: 'every workload is in the target mesh',
    progress: '2/3',
    counts: workloads({ total: 3, verified: 2, armed: 1 }),
    workloads: [row('nightly', 'Armed', { kind: 'CronJob', reason: 'NoPods', message: 'judged at its next run' })],
  };
  const payments: NamespaceMigrationStatus = {
    step: 'Cutover',
    attempt: 2,
    reason: 'InProgress',
    message: '2 workloads on their way',
    progress: '1/4',
    counts: workloads({ total: 4, verified: 1, moving: 2, restored: 1 }),
    workloads: [
      row('payments', 'Moving', { reason: 'RollingOut', message: '2 of 6 pods are of the new revision' }),
      row('risk', 'Moving', {
        reason: 'TooLittleTraffic',
        message: '3 of the 20 responses that a verdict needs; at 2026-03-01T10:15:43Z the namespace halts',
        remedy: 'Set health.minimumRequests.',
      }),
      row('ledger', 'Restored', {
        reason: 'ProgressDeadlineExceeded',
        message: 'not verified within 15 s: the proxy in ledger-6d5f-abcde is not ready',
        remedy: 'Repair what the message names; then set a new value of meshmigration.io/retry-at.',
      }),
    ],
  };
  return { migration: migration(), records: [record('payments', payments), record('sandbox', sandbox, { wave: 'canary' })] };
}
