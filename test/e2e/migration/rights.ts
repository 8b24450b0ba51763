// Which rights the operator was granted and which it used, from its roles and from the audit log of the API server. It
// asks nothing of the operator.
import { kubectl } from '../kubectl.ts';
import type { RealCluster } from '../node/real-cluster.ts';
import { requestsOf } from './audit.ts';
import type { AuditEvent } from './audit.ts';
import { FAULTS } from './faulty.ts';
import type { RightsSeen } from './notes.ts';

const ROLES = ['clusterrole/meshmigration', 'clusterrole/meshmigration-routing', 'role/meshmigration-leader'] as const;

interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}

/**
 * Rights that no test on real nodes needs, and what does: each is used by a test on a real API server with fake nodes.
 */
export const NOT_NEEDED_HERE: Readonly<Record<string, string>> = {
  'create gateway.networking.k8s.io/httproutes': 'names with weights',
  'patch gateway.networking.k8s.io/httproutes': 'names with weights',
  'delete gateway.networking.k8s.io/httproutes': 'names with weights',
  'create gateway.networking.k8s.io/grpcroutes': 'names of gRPC with weights',
  'patch gateway.networking.k8s.io/grpcroutes': 'names of gRPC with weights',
  'delete gateway.networking.k8s.io/grpcroutes': 'names of gRPC with weights',
  'list apiextensions.k8s.io/customresourcedefinitions': 'routes that are asked for and not served',
  'list l5d.io/dtabs': 'dtabs that namerd keeps',
  'patch events.k8s.io/events': 'an event that is told again',
};

/** Rights that only the long suites need, and which of them. */
export const NEEDED_IN_LONG: Readonly<Record<string, string>> = {
  'list /limitranges': 'faults: a namespace with a quota',
  'list meshmigration.io/meshmigrations': 'records: whether the migration of a record is still there',
  'patch meshmigration.io/meshmigrations': 'install: the finalizer of deletionPolicy Rollback',
  'patch meshmigration.io/namespacemigrations': 'records: a record whose migration is gone is taken over',
  'delete meshmigration.io/namespacemigrations': 'records: a namespace that is gone',
  'create /pods/eviction': 'faults: a stuck pod of a StatefulSet on its way back',
};

/** Reads roles and log. */
export async function rightsOf(cluster: RealCluster): Promise<RightsSeen> {
  const granted = new Set<string>();
  for (const role of ROLES) {
    const { rules } = JSON.parse(await kubectl(cluster, ['get', '-n', 'meshmigration-system', role, '-o', 'json'])) as {
      rules: readonly Rule[];
    };
    for (const right of rules.flatMap(rightsOfRule)) granted.add(right);
  }
  const events = requestsOf(cluster);
  const used = new Set(events.map(rightOf));
  // The log has a watch only when it has ended; whoever lists with such a right watches as well.
  for (const right of granted) if (right.startsWith('watch ') && used.has(right.replace('watch', 'list'))) used.add(right);
  const denied = events.filter(isDenied);
  return {
    granted: [...granted].sort(),
    used: [...used].sort(),
    denied: [...new Set(denied.map(({ verb, requestURI }) => `${verb} ${requestURI}`))].sort(),
  };
}

function rightsOfRule({ apiGroups, resources, verbs }: Rule): string[] {
  return apiGroups.flatMap((group) => resources.flatMap((resource) => verbs.map((verb) => `${verb} ${group}/${resource}`)));
}

// By roles, or by what is admitted. A dry run is a question, which a cluster without its injector answers with no; a quota that is
// exhausted answers 403 as well.
function isDenied({ annotations, responseStatus, requestURI, objectRef }: AuditEvent): boolean {
  if (annotations?.['authorization.k8s.io/decision'] === 'forbid') return true;
  const isQuestion = requestURI.includes('dryRun=All');
  return responseStatus?.code === 403 && !isQuestion && !FAULTS.some(({ namespace }) => namespace === objectRef?.namespace);
}

function rightOf({ verb, objectRef }: AuditEvent): string {
  const { apiGroup = '', resource = '', subresource } = objectRef ?? {};
  return `${verb} ${apiGroup}/${resource}${subresource === undefined ? '' : `/${subresource}`}`;
}
