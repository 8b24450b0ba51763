// Kinds of which names are made: Services and the routes of meshes. Data only.

import { SERVICE } from '../../kube/resource-kind.ts';
import type { ResourceKind } from '../../kube/resource-kind.ts';

const route = (group: string, version: string, plural: string, kind: string): ResourceKind => ({
  group,
  version,
  plural,
  kind,
  namespaced: true,
});

/** In the order in which they are taken away: routes before what they lead to. */
export const NAME_KINDS: readonly ResourceKind[] = [
  route('gateway.networking.k8s.io', 'v1', 'httproutes', 'HTTPRoute'),
  route('gateway.networking.k8s.io', 'v1', 'grpcroutes', 'GRPCRoute'),
  route('linkerd.io', 'v1alpha2', 'serviceprofiles', 'ServiceProfile'),
  SERVICE,
];

/** The resource of a kind. Throws for one that names are not made of. */
export function nameKind(kind: string): ResourceKind {
  const found = NAME_KINDS.find((candidate) => candidate.kind === kind);
  if (found === undefined) throw new Error(`names are not made of ${kind}`);
  return found;
}
