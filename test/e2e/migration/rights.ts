// Which rights the operator was granted and which it used, from its roles and from the audit log of the API server. It
// asks nothing of the operator.
import { kubectl } from '../kubectl.ts';
import type { RealCluster } from '../node/real-cluster.ts';
import { requestsOf } from './audit.ts';
import type { AuditEvent } from './audit.ts';

const ROLES = ['clusterrole/meshmigration', 'clusterrole/meshmigration-routing', 'role/meshmigration-leader'] as const;

interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
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
  const events = requestsOf(cluster);
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

function rightOf({ verb, objectRef }: AuditEvent): string {
  const { apiGroup = '', resource = '', subresource } = objectRef ?? {};
  return `${verb} ${apiGroup}/${resource}${subresource === undefined ? '' : `/${subresource}`}`;
}
