// Translate room: retries and timeouts of a logical name as annotations of HTTPRoutes and GRPCRoutes.

import type { ClientPolicy, ServicePolicy } from '../config/model.ts';
import { showDuration } from './durations.ts';

/** Policies of one Service, merged for its names. */
export interface LogicalPolicy {
  readonly service: ServicePolicy;
  readonly client: ClientPolicy;
}

/** What is put on routes. */
export interface RoutePolicy {
  readonly kind: 'HTTPRoute' | 'GRPCRoute';
  /** Which requests are retried; a list needs a route of its own. */
  readonly retried: 'none' | 'all' | readonly string[];
  /** On the route of the retried requests. */
  readonly retry: Readonly<Record<string, string>>;
  /** On every route. */
  readonly always: Readonly<Record<string, string>>;
  /** Timeout of an attempt in the rule itself, where nothing is retried. */
  readonly backendRequest?: string;
}

const READS = ['GET', 'HEAD', 'OPTIONS', 'TRACE'];
const RETRIED: ReadonlyMap<string, 'all' | readonly string[]> = new Map<string, 'all' | readonly string[]>([
  ['retryableRead5XX', READS],
  ['retryableIdempotent5XX', [...READS, 'PUT', 'DELETE']],
  ['retryableAll5XX', 'all'],
]);
/** gRPC status codes that Linkerd 2 can retry. */
const GRPC_CODES: ReadonlyMap<number, string> = new Map([
  [1, 'cancelled'],
  [4, 'deadline-exceeded'],
  [8, 'resource-exhausted'],
  [13, 'internal'],
  [14, 'unavailable'],
]);

/** Which methods a classifier lets retry. */
export function retriedMethods(policy: ServicePolicy): RoutePolicy['retried'] {
  const kind = policy.responseClassifier?.kind ?? '';
  if (kind.startsWith('io.l5d.h2.grpc.')) return grpcCodes(policy) === '' ? 'none' : 'all';
  return RETRIED.get(kind.slice(kind.lastIndexOf('.') + 1)) ?? 'none';
}

/** Annotations for a policy; without any, the default of Linkerd 2 is what Linkerd 1 does too. */
export function routePolicy({ service, client }: LogicalPolicy): RoutePolicy {
  const grpc = service.responseClassifier?.kind.startsWith('io.l5d.h2.grpc.') === true;
  const retried = retriedMethods(service);
  const attempt = client.requestAttemptTimeoutMs;
  const condition = grpc ? { 'retry.linkerd.io/grpc': grpcCodes(service) } : { 'retry.linkerd.io/http': '5xx' };
  const retryTimeout = attempt === undefined ? {} : { 'retry.linkerd.io/timeout': showDuration(attempt) };
  return {
    kind: grpc ? 'GRPCRoute' : 'HTTPRoute',
    retried,
    retry: retried === 'none' ? {} : { ...condition, 'retry.linkerd.io/limit': String(retryLimit(service)), ...retryTimeout },
    always: service.totalTimeoutMs === undefined ? {} : { 'timeout.linkerd.io/request': showDuration(service.totalTimeoutMs) },
    ...(attempt === undefined || retried === 'all' ? {} : { backendRequest: showDuration(attempt) }),
  };
}

/** Nothing of it needs a route. */
export function isDefault(policy: RoutePolicy): boolean {
  return policy.retried === 'none' && Object.keys(policy.always).length === 0 && policy.backendRequest === undefined;
}

/** One retry a request already allows more than any budget of up to one retry a request. */
function retryLimit(policy: ServicePolicy): number {
  return (policy.retries?.budget?.percentCanRetry ?? 0.2) > 1 ? 2 : 1;
}

function grpcCodes(policy: ServicePolicy): string {
  const { kind = '', retryableStatusCodes = [] } = policy.responseClassifier ?? {};
  switch (kind.slice('io.l5d.h2.grpc.'.length)) {
    case 'alwaysRetryable':
      return [...GRPC_CODES.values()].join(',');
    case 'retryableStatusCodes':
      return retryableStatusCodes.flatMap((code) => GRPC_CODES.get(code) ?? []).join(',');
    case 'neverRetryable':
      return '';
    default:
      return 'unavailable';
  }
}
