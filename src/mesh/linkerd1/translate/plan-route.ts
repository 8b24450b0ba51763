// Translate room: rules, shares and policies as routes on one port of a Service. Always with a rule that matches everything, since
// the proxy answers 404 to what no rule matches.

import type { PlannedManifest } from './planned.ts';
import type { RoutePolicy } from './route-policy.ts';
import type { RouteRule, ServiceRef } from './verdict.ts';
import { integerWeights } from './weights.ts';

/** The routes, and whether their weights are exact. */
export interface PlannedRoutes {
  /** One, or two when only some methods are retried: annotations count for a whole route. */
  readonly manifests: readonly PlannedManifest[];
  readonly exact: boolean;
}

/** What is put on one port. */
export interface PortRules {
  readonly port: number;
  readonly rules: readonly RouteRule[];
  readonly policy?: RoutePolicy;
}

const NO_POLICY: RoutePolicy = { kind: 'HTTPRoute', retried: 'none', retry: {}, always: {} };

/**
 * Routes for one port.
 * @param namespace where they stand: for callers of this namespace, or for all of them when it is the parent's own
 */
export function serviceRoutes(namespace: string, parent: ServiceRef, on: PortRules): PlannedRoutes {
  const policy = on.policy ?? NO_POLICY;
  const name = routeName(namespace, parent, on.port);
  const { retried, retry, always } = policy;
  const exact = on.rules.every((rule) => rule.backends.length === 0 || weightsOf(rule).exact);
  const make = (as: Made): PlannedManifest => manifestOf({ name: as.name, namespace, parent, port: on.port }, as, policy);
  if (retried === 'none') return { manifests: [make({ name, rules: on.rules, annotations: always, timed: true })], exact };
  if (retried === 'all')
    return { manifests: [make({ name, rules: on.rules, annotations: { ...always, ...retry }, timed: false })], exact };
  const some = make({
    name: `${name}-retry`,
    rules: only(on.rules, retried),
    annotations: { ...always, ...retry },
    timed: false,
  });
  return { manifests: [some, make({ name, rules: on.rules, annotations: always, timed: true })], exact };
}

interface Made {
  readonly name: string;
  readonly rules: readonly RouteRule[];
  readonly annotations: Readonly<Record<string, string>>;
  /** The timeout of an attempt stands in the rules. */
  readonly timed: boolean;
}

/** The same rules for these methods alone. */
function only(rules: readonly RouteRule[], methods: readonly string[]): readonly RouteRule[] {
  return rules.flatMap((rule) => {
    const kept = rule.methods ? rule.methods.filter((method) => methods.includes(method)) : methods;
    return kept.length === 0 ? [] : [{ ...rule, methods: kept }];
  });
}

interface Place {
  readonly name: string;
  readonly namespace: string;
  readonly parent: ServiceRef;
  readonly port: number;
}

function manifestOf({ name, namespace, parent, port }: Place, made: Made, policy: RoutePolicy): PlannedManifest {
  const timeouts =
    made.timed && policy.backendRequest !== undefined ? { timeouts: { backendRequest: policy.backendRequest } } : {};
  const annotations = Object.keys(made.annotations).length === 0 ? {} : { annotations: made.annotations };
  return {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: policy.kind,
    metadata: { name, namespace, ...annotations },
    spec: {
      parentRefs: [{ group: '', kind: 'Service', name: parent.name, namespace: parent.namespace, port }],
      rules: made.rules.map((rule) => ({ ...matchesOf(rule), ...timeouts, ...backendsOf(rule) })),
    },
  };
}

function weightsOf(rule: RouteRule): ReturnType<typeof integerWeights> {
  return integerWeights(rule.backends.map((backend) => backend.share));
}

/** Without backends a rule leads to the parent itself. */
function backendsOf(rule: RouteRule): { backendRefs?: readonly object[] } {
  if (rule.backends.length === 0) return {};
  const { weights } = weightsOf(rule);
  const backendRefs = rule.backends.map(({ name, namespace, port }, i) => ({
    group: '',
    kind: 'Service',
    name,
    namespace,
    port,
    weight: weights[i] ?? 1,
  }));
  return { backendRefs };
}

function matchesOf(rule: RouteRule): { matches?: readonly object[] } {
  const path = rule.pathPrefix === undefined ? {} : { path: { type: 'PathPrefix', value: rule.pathPrefix } };
  if (rule.methods) return { matches: rule.methods.map((method) => ({ ...path, method })) };
  return rule.pathPrefix === undefined ? {} : { matches: [path] };
}

/** Unique for parent and port in its namespace; at most 253 characters, since namespace and Service have at most 63 each. */
function routeName(namespace: string, parent: ServiceRef, port: number): string {
  const service = namespace === parent.namespace ? parent.name : `${parent.name}.${parent.namespace}`;
  return `meshmigration-${service}-${port}`;
}
