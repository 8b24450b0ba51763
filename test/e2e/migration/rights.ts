// Which rights the operator was granted and which it used, from its roles and from the audit log of the API server. It
// asks nothing of the operator.
import { readFileSync } from 'node:fs';
import { kubectl } from '../kubectl.ts';
import type { RealCluster } from '../node/real-cluster.ts';

const USER = 'system:serviceaccount:meshmigration-system:meshmigration';
const ROLES = ['clusterrole/meshmigration', 'clusterrole/meshmigration-routing', 'role/meshmigration-leader'] as const;

interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}

interface AuditEvent {
  readonly user: { readonly username: string };
  readonly verb: string;
  readonly requestURI: string;
  readonly objectRef?: { readonly apiGroup?: string; readonly resource?: string; readonly subresource?: string };
  readonly responseStatus?: { readonly code: number };
}

/** What all requests of the operator say about its rights, each as `verb group/resource`. */
export interface Rights {
  readonly unused: readonly string[];
  /** Requests that were answered 403, with their address. */
  readonly denied: readonly string[];
}

/** Reads roles and log. */
export async function rightsOf(cluster: RealCluster): Promise<Rights> {
  const granted = new Set<string>();
  for (const role of ROLES) {
    const { rules } = JSON.parse(await kubectl(cluster, ['get', '-n', 'meshmigration-system', role, '-o', 'json'])) as {
      rules: readonly Rule[];
    };
    for (const right of rules.flatMap(rightsOfRule)) granted.add(right);
  }
  const events = requests(cluster.auditLogFile);
  const used = new Set(events.map(rightOf));
  const denied = events.filter(({ responseStatus }) => responseStatus?.code === 403);
  return {
    unused: [...granted].filter((right) => !used.has(right)).sort(),
    denied: [...new Set(denied.map(({ verb, requestURI }) => `${verb} ${requestURI}`))].sort(),
  };
}

function rightsOfRule({ apiGroups, resources, verbs }: Rule): string[] {
  return apiGroups.flatMap((group) => resources.flatMap((resource) => verbs.map((verb) => `${verb} ${group}/${resource}`)));
}

function requests(file: string): AuditEvent[] {
  const lines = readFileSync(file, 'utf8').split('\n').slice(0, -1);
  return lines.map((line) => JSON.parse(line) as AuditEvent).filter(({ user }) => user.username === USER);
}

function rightOf({ verb, objectRef }: AuditEvent): string {
  const { apiGroup = '', resource = '', subresource } = objectRef ?? {};
  return `${verb} ${apiGroup}/${resource}${subresource === undefined ? '' : `/${subresource}`}`;
}
