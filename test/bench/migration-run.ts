// One run of the operator over the fleet: starts it, lets it stand idle, applies a migration, waits for its end, and takes
// times from the API server's own log and memory from the kernel.
import { writeFile } from 'node:fs/promises';
import type { MeshMigration } from '../../src/api/v1alpha1/mesh-migration.ts';
import type { KubeClient } from '../../src/kube/client.ts';
import { MESH_MIGRATION } from '../../src/controller/kinds.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { until } from '../support/until.ts';
import type { AuditEvent } from './audit.ts';
import { endOf, millisecondsOf, rolloutEvents } from './audit.ts';
import type { FleetSize } from './fleet.ts';
import { namespacesOf } from './fleet.ts';
import { startOperator } from './operator.ts';
import { usageOf, watchMemory } from '../support/process-stats.ts';

/** Places in flight at once. */
export interface Pace {
  readonly namespaces: number;
  readonly workloadsPerNamespace: number;
}

/** What a run of the operator took. */
export interface OperatorRun {
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly idleMiB: number;
  readonly peakMiB: number;
  /** Requests of the operator and status writes of Deployments, from the migration's creation to its end. */
  readonly events: readonly AuditEvent[];
}

/** What a run needs. */
export interface RunOptions {
  readonly cluster: Cluster;
  readonly client: KubeClient;
  readonly size: FleetSize;
  readonly pace: Pace;
  readonly bundle: string;
  readonly logFile: string;
  /** Where the requests of the run are left for whoever looks at them. */
  readonly callsFile: string;
  /** The operator's kubeconfig and user name. */
  readonly kubeconfig: string;
  readonly user: string;
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const idleMs = 4_000;

/** Moves the fleet once. Throws when the migration does not end well. */
export async function runOperator(options: RunOptions): Promise<OperatorRun> {
  const { cluster, client, bundle, kubeconfig, logFile, callsFile, user } = options;
  const operator = await startOperator(bundle, kubeconfig, logFile);
  const memory = watchMemory(operator.pid);
  try {
    await pause(idleMs);
    const before = usageOf(operator.pid);
    const from = await endOf(cluster.auditLogFile);
    const created = await client.create(MESH_MIGRATION, migrationOf(options));
    await ended(client, created.metadata.name);
    const after = usageOf(operator.pid);
    const events = await rolloutEvents(cluster.auditLogFile, from, user);
    await writeFile(callsFile, events.map((event) => JSON.stringify(event)).join('\n'));
    return {
      seconds: wallSeconds(events, created.metadata.name),
      cpuSeconds: after.cpuSeconds - before.cpuSeconds,
      idleMiB: before.residentMiB,
      peakMiB: memory.stop(),
      events,
    };
  } finally {
    memory.stop();
    await operator.stop();
  }
}

function migrationOf({
  size,
  pace,
}: RunOptions): Pick<MeshMigration, 'spec'> & { apiVersion: string; kind: string; metadata: { name: string } } {
  return {
    apiVersion: 'meshmigration.io/v1alpha1',
    kind: 'MeshMigration',
    metadata: { name: 'bench' },
    spec: {
      source: { mesh: 'Linkerd1' },
      target: { mesh: 'Linkerd2' },
      waves: [{ name: 'all', namespaces: namespacesOf(size) }],
      pace: { maxConcurrentNamespaces: pace.namespaces, maxConcurrentWorkloads: pace.workloadsPerNamespace },
      health: { soakSeconds: 0, minimumRequests: 0 },
    },
  };
}

interface Ended {
  readonly completionTime?: string;
  readonly summary?: string;
  readonly conditions?: readonly { readonly type: string; readonly status: string }[];
}

async function ended(client: KubeClient, name: string): Promise<void> {
  const look = async (): Promise<Ended | undefined> => {
    const { status } = (await client.get(MESH_MIGRATION, { name })) as unknown as { status?: Ended };
    const stalled = status?.conditions?.some((c) => c.type === 'Stalled') ?? false;
    return stalled || status?.completionTime !== undefined ? status : undefined;
  };
  const status = await until(look, { what: 'the migration has ended', timeoutMs: 300_000, everyMs: 250 });
  if (status.completionTime === undefined) throw new Error(`the migration ended badly: ${status.summary ?? 'no summary'}`);
}

// From the request that created the migration to the answer to the status that says that it has ended.
function wallSeconds(events: readonly AuditEvent[], name: string): number {
  const created = events.find((e) => e.verb === 'create' && e.objectRef?.resource === 'meshmigrations');
  const finished = events.find(
    (e) =>
      e.objectRef?.resource === 'meshmigrations' &&
      e.objectRef.subresource === 'status' &&
      e.objectRef.name === name &&
      JSON.stringify(e.requestObject).includes('"completionTime":"') &&
      JSON.stringify(e.requestObject).includes('"Succeeded"'),
  );
  if (created === undefined || finished === undefined)
    throw new Error('the audit log does not show the migration’s beginning and end');
  return (millisecondsOf(finished.stageTimestamp) - millisecondsOf(created.requestReceivedTimestamp)) / 1000;
}
