// Kinds of which names are made: Services, and the routes that meshes know. Data only.

import { SERVICE } from '../../kube/resource-kind.ts';
import type { ResourceKind } from '../../kube/resource-kind.ts';
import { adapters } from '../../mesh/registry.ts';

const routes = Object.values(adapters).flatMap(({ routeKinds = [] }) =>
  routeKinds.map((kind) => ({ ...kind, namespaced: true })),
);

/** In the order in which they are taken away: routes before what they lead to. */
export const NAME_KINDS: readonly ResourceKind[] = [...routes, SERVICE];

/** The resource of a kind. Throws for one that names are not made of. */
export function nameKind(kind: string): ResourceKind {
  const found = NAME_KINDS.find((candidate) => candidate.kind === kind);
  if (found === undefined) throw new Error(`names are not made of ${kind}`);
  return found;
}

/** Beginnings of the annotations that are set on Services of others; nothing else may be, whoever says to be the manager. */
export const SERVICE_ANNOTATIONS: readonly string[] = Object.values(adapters).flatMap((adapter) => adapter.serviceAnnotations);
