// The operator's requests as the API server's audit log has them. It asks nothing of the operator and judges nothing.
import { readFileSync } from 'node:fs';
import type { RealCluster } from '../node/real-cluster.ts';

const USER = 'system:serviceaccount:meshmigration-system:meshmigration';

/** One finished request. */
export interface AuditEvent {
  readonly user: { readonly username: string };
  readonly verb: string;
  readonly requestURI: string;
  readonly objectRef?: {
    readonly apiGroup?: string;
    readonly resource?: string;
    readonly subresource?: string;
    readonly namespace?: string;
    readonly name?: string;
  };
  readonly responseStatus?: { readonly code: number };
  readonly annotations?: Readonly<Record<string, string>>;
}

/** All requests of the operator so far. */
export function requestsOf(cluster: RealCluster): AuditEvent[] {
  const lines = readFileSync(cluster.auditLogFile, 'utf8').split('\n').slice(0, -1);
  return lines.map((line) => JSON.parse(line) as AuditEvent).filter(({ user }) => user.username === USER);
}

const WORKLOADS = ['deployments', 'statefulsets', 'daemonsets', 'cronjobs'];

/** How often each workload was written to with success, by `resource namespace/name`. */
export function templateWrites(cluster: RealCluster): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { verb, objectRef = {}, responseStatus } of requestsOf(cluster)) {
    const { resource = '', subresource, namespace = '', name = '' } = objectRef;
    if (verb !== 'patch' || subresource !== undefined || !WORKLOADS.includes(resource)) continue;
    if (responseStatus?.code !== 200) continue;
    const key = `${resource} ${namespace}/${name}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return counts;
}
