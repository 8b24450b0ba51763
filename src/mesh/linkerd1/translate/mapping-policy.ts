// Translate room, mapping table: `service` and `client` blocks of a router.

import type { MappingRow } from './mapping.ts';
import { approximate, equivalent, lost, row } from './mapping.ts';

const SERVICE = 'routers[].service';
const CLIENT = 'routers[].client';
const CLASSIFIER = `${SERVICE}.responseClassifier`;
const ACCRUAL = `${CLIENT}.failureAccrual`;

const BY_METHOD = approximate(
  'two HTTPRoutes: one for these methods with retry.linkerd.io/http: 5xx, one for all others',
  'annotations count for a whole route, so the methods need one of their own; bodies over 64 KiB are not retried',
);
const BY_METHOD_PROFILE = approximate('routes with condition.method and isRetryable: true', 'bodies over 64 KiB are not retried');
const ONE_BUDGET = approximate(
  'retry.linkerd.io/limit',
  'a limit for each request instead of a share of all requests: 1, or 2 where the budget allows more than one retry a request',
);

function classifier(kind: string, fates: Pick<MappingRow, 'gateway' | 'serviceProfile'>): readonly MappingRow[] {
  return ['http', 'h2'].map((protocol) => ({ field: CLASSIFIER, value: `io.l5d.${protocol}.${kind}`, ...fates }));
}

function grpc(kind: string, target: string, text: string): MappingRow {
  return row(CLASSIFIER, approximate(`GRPCRoute with retry.linkerd.io/grpc: ${target}`, text), {
    value: `io.l5d.h2.grpc.${kind}`,
    serviceProfile: approximate(
      'route with isRetryable: true',
      'success and failure follow the gRPC status; single codes can not be chosen',
    ),
  });
}

/** Rows of `service`. */
export const SERVICE_ROWS: readonly MappingRow[] = [
  row(SERVICE, equivalent('the same merge, once for each Service'), { value: 'io.l5d.static' }),
  row(SERVICE, equivalent('the same policy for each Service'), { value: 'io.l5d.global' }),
  row(`${SERVICE}.prefix`, equivalent('policies are merged for each logical name before they are translated')),
  row(`${SERVICE}.totalTimeoutMs`, equivalent('timeout.linkerd.io/request on the HTTPRoute', 'retries included'), {
    serviceProfile: equivalent('route.timeout', 'retries included'),
  }),
  ...classifier('nonRetryable5XX', { gateway: equivalent('the default: 5XX is a failure and is not retried') }),
  ...classifier('retryableRead5XX', { gateway: BY_METHOD, serviceProfile: BY_METHOD_PROFILE }),
  ...classifier('retryableIdempotent5XX', { gateway: BY_METHOD, serviceProfile: BY_METHOD_PROFILE }),
  ...classifier('retryableAll5XX', {
    gateway: equivalent('HTTPRoute with retry.linkerd.io/http: 5xx', 'bodies over 64 KiB are not retried'),
    serviceProfile: equivalent('one route with isRetryable: true', 'bodies over 64 KiB are not retried'),
  }),
  ...classifier('allSuccessful', {
    gateway: lost('5XX counts as a failure in metrics and accrual; use a ServiceProfile if that matters'),
    serviceProfile: approximate(
      'responseClasses with isFailure: false for 500-599',
      'circuit breaking does not exist beside a ServiceProfile',
    ),
  }),
  grpc('default', 'unavailable', 'the limit counts for each request'),
  grpc('compliant', 'unavailable', 'which codes are successes can not be chosen'),
  grpc('alwaysRetryable', 'cancelled,deadline-exceeded,internal,resource-exhausted,unavailable', 'other codes are never retried'),
  row(CLASSIFIER, equivalent('no retry annotation'), { value: 'io.l5d.h2.grpc.neverRetryable' }),
  grpc('retryableStatusCodes', 'the codes among 1, 4, 8, 13, 14', 'other codes can not be retried'),
  row(
    `${CLASSIFIER}.successStatusCodes`,
    lost('which gRPC codes are successes can not be chosen; look at the success rate of such calls anew'),
  ),
  row(
    `${CLASSIFIER}.retryableStatusCodes`,
    approximate('retry.linkerd.io/grpc', 'only cancelled, deadline-exceeded, resource-exhausted, internal, unavailable'),
  ),
  row(`${SERVICE}.retries`, ONE_BUDGET, { serviceProfile: equivalent('isRetryable and retryBudget') }),
  row(`${SERVICE}.retries.budget`, ONE_BUDGET, {
    serviceProfile: equivalent(
      'retryBudget{minRetriesPerSecond, retryRatio, ttl}',
      'minRetriesPerSec, percentCanRetry and ttlSecs one to one; ttl from 1 s to 60 s',
    ),
  }),
  row(`${SERVICE}.retries.backoff`, approximate('fixed pauses of 25 ms to 250 ms', 'the pause can not be set'), {
    serviceProfile: lost('retries follow at once; lower the budget if that burdens the callee'),
  }),
  row(`${SERVICE}.classificationTimeoutMs`, lost('nothing to do: Linkerd 2 reads the status as it comes')),
  row(`${SERVICE}.retryBufferSize`, approximate('64 KiB of the request body', 'fixed')),
];

const NO_ACCRUAL_BESIDE_PROFILE = lost(
  'circuit breaking is ignored beside a ServiceProfile; use Gateway API routes for this Service',
);
const SUCCESS_RATE =
  'Service annotation balancer.linkerd.io/failure-accrual: unified with balancer.alpha.linkerd.io/failure-accrual-success-rate-*';

/** Rows of `client`. */
export const CLIENT_ROWS: readonly MappingRow[] = [
  row(CLIENT, equivalent('the same merge, once for each Service'), { value: 'io.l5d.static' }),
  row(CLIENT, equivalent('the same policy for each Service'), { value: 'io.l5d.global' }),
  row(`${CLIENT}.prefix`, equivalent('policies are merged for each bound name before they are translated')),
  row(`${CLIENT}.tls`, equivalent('mTLS between meshed pods', 'drop the certificates once all callers have moved'), {
    value: 'inside',
  }),
  row(
    `${CLIENT}.tls`,
    lost('Linkerd 2 never originates TLS to hosts outside: the application must call https:// itself, or an egress proxy must'),
    {
      value: 'outside',
    },
  ),
  row(
    `${CLIENT}.tls`,
    approximate(
      'mTLS between meshed pods',
      'inside the cluster it comes by itself; to hosts outside TLS is not originated any more',
    ),
    {
      value: 'both',
    },
  ),
  row(
    `${CLIENT}.loadBalancer`,
    equivalent(
      'peak EWMA over two choices is the only balancer',
      'maxEffort, decayTimeMs and enableProbation have no counterpart',
    ),
    {
      value: 'ewma',
    },
  ),
  ...['p2c', 'aperture', 'heap', 'roundRobin'].map((kind) =>
    row(`${CLIENT}.loadBalancer`, approximate('peak EWMA over two choices', 'the only balancer of Linkerd 2'), { value: kind }),
  ),
  row(
    ACCRUAL,
    equivalent(
      'Service annotations balancer.linkerd.io/failure-accrual: consecutive and -consecutive-max-failures, -min-penalty, -max-penalty',
      'Linkerd 1 breaks after 5 failures even when nothing is written; Linkerd 2 does nothing by default',
    ),
    { value: 'io.l5d.consecutiveFailures', serviceProfile: NO_ACCRUAL_BESIDE_PROFILE },
  ),
  row(ACCRUAL, approximate(SUCCESS_RATE, 'needs 2.20; a window of time instead of a number of requests'), {
    value: 'io.l5d.successRate',
    serviceProfile: NO_ACCRUAL_BESIDE_PROFILE,
  }),
  row(ACCRUAL, approximate(SUCCESS_RATE, 'needs 2.20; no moving average'), {
    value: 'io.l5d.successRateWindowed',
    serviceProfile: NO_ACCRUAL_BESIDE_PROFILE,
  }),
  row(ACCRUAL, equivalent('the default: no circuit breaking'), { value: 'none' }),
  row(
    `${CLIENT}.requestAttemptTimeoutMs`,
    equivalent(
      'retry.linkerd.io/timeout, or timeouts.backendRequest where nothing is retried',
      'a retry follows at most as often as the limit says',
    ),
    {
      serviceProfile: lost('a ServiceProfile has no timeout for one attempt; use Gateway API routes, or a shorter total timeout'),
    },
  ),
  row(`${CLIENT}.requeueBudget`, lost('nothing to do: the proxy reconnects by itself')),
  row(`${CLIENT}.failFast`, lost('nothing to do: a destination without endpoints fails fast with 504')),
  row(`${CLIENT}.hostConnectionPool`, lost('nothing to do: meshed connections are multiplexed')),
  row(`${CLIENT}.clientSession`, lost('nothing to do, unless something counts on connections being closed')),
  row(`${CLIENT}.forwardClientCert`, lost('read the header l5d-client-id instead of x-forwarded-client-cert')),
  row(`${CLIENT}.requestAuthorizers`, lost('write AuthorizationPolicies')),
  ...[
    'windowUpdateRatio',
    'headerTableBytes',
    'initialWindowBytes',
    'maxFrameBytes',
    'maxHeaderListBytes',
    'maxConcurrentStreamsPerConnection',
  ].map((field) => row(`${CLIENT}.${field}`, lost('nothing to do: HTTP/2 settings are the proxy’s own'))),
];
