// Translate room: rules and shares as one HTTPRoute on one port of a Service. Always with a rule that matches everything, since the
// proxy answers 404 to what no rule matches.

import type { PlannedManifest } from './planned.ts';
import type { RouteRule, ServiceRef } from './verdict.ts';
import { integerWeights } from './weights.ts';

/** The route, and whether its weights are exact. */
export interface PlannedRoute {
  readonly manifest: PlannedManifest;
  readonly exact: boolean;
}

/**
 * An HTTPRoute.
 * @param namespace where it stands: for callers of this namespace, or for all of them when it is the parent's own
 */
export function httpRoute(
  namespace: string,
  parent: ServiceRef,
  need: { readonly port: number; readonly rules: readonly RouteRule[] },
): PlannedRoute {
  const weighted = need.rules.map((rule) => ({ rule, weights: integerWeights(rule.backends.map((backend) => backend.share)) }));
  const rules = weighted.map(({ rule, weights }) => ({
    ...matchesOf(rule),
    backendRefs: rule.backends.map((backend, i) => ({
      group: '',
      kind: 'Service',
      name: backend.name,
      namespace: backend.namespace,
      port: backend.port,
      weight: weights.weights[i] ?? 1,
    })),
  }));
  const manifest: PlannedManifest = {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'HTTPRoute',
    metadata: { name: routeName(namespace, parent, need.port), namespace },
    spec: {
      parentRefs: [{ group: '', kind: 'Service', name: parent.name, namespace: parent.namespace, port: need.port }],
      rules,
    },
  };
  return { manifest, exact: weighted.every(({ weights }) => weights.exact) };
}

function matchesOf(rule: RouteRule): { matches?: readonly object[] } {
  const path = rule.pathPrefix === undefined ? {} : { path: { type: 'PathPrefix', value: rule.pathPrefix } };
  if (rule.methods) return { matches: rule.methods.map((method) => ({ ...path, method })) };
  return rule.pathPrefix === undefined ? {} : { matches: [path] };
}

/** Unique for parent and port in its namespace; at most 253 characters, since namespace and Service have at most 63 each. */
function routeName(namespace: string, parent: ServiceRef, port: number): string {
  return namespace === parent.namespace ? `${parent.name}-${port}-names` : `${parent.name}.${parent.namespace}-${port}-names`;
}
