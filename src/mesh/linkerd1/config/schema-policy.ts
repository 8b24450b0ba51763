// Config room: fields of `service` and `client` blocks of a router, as Linkerd 1.7.5 knows them.

import type { KindSchema, Schema } from './schema.ts';
import { BOOL, COUNT, kind, kinds, listOf, object, TEXT, TEXTS } from './schema.ts';

const RATIO: Schema = { type: 'number', min: 0 };

const BACKOFF = kinds('backoff', {
  constant: kind({ ms: COUNT }),
  jittered: kind({ minMs: COUNT, maxMs: COUNT }, ['minMs', 'maxMs']),
});

const BUDGET = object({ minRetriesPerSec: COUNT, percentCanRetry: RATIO, ttlSecs: { type: 'int' } });

const HTTP_CLASSES = ['nonRetryable5XX', 'retryableRead5XX', 'retryableIdempotent5XX', 'retryableAll5XX', 'allSuccessful'];
const GRPC = { successStatusCodes: listOf({ type: 'int' }) };
const EXPERIMENTAL = { experimental: true } as const;

const CLASSIFIER = kinds(
  'response classifier',
  {
    ...Object.fromEntries(
      HTTP_CLASSES.flatMap((name) => [`io.l5d.http.${name}`, `io.l5d.h2.${name}`]).map((name) => [name, kind()]),
    ),
    'io.l5d.h2.grpc.default': { ...kind(GRPC), ...EXPERIMENTAL },
    'io.l5d.h2.grpc.compliant': { ...kind(GRPC), ...EXPERIMENTAL },
    'io.l5d.h2.grpc.alwaysRetryable': { ...kind(GRPC), ...EXPERIMENTAL },
    'io.l5d.h2.grpc.neverRetryable': { ...kind(GRPC), ...EXPERIMENTAL },
    'io.l5d.h2.grpc.retryableStatusCodes': {
      ...kind({ ...GRPC, retryableStatusCodes: listOf({ type: 'int' }) }),
      ...EXPERIMENTAL,
    },
  },
  { shared: { experimental: BOOL } },
);

const BALANCER = kinds(
  'load balancer',
  {
    p2c: kind({ maxEffort: COUNT }),
    ewma: kind({ maxEffort: COUNT, decayTimeMs: COUNT }),
    aperture: kind({ maxEffort: COUNT, smoothWindowMs: COUNT, lowLoad: RATIO, highLoad: RATIO, minAperture: COUNT }),
    heap: kind(),
    roundRobin: kind({ maxEffort: COUNT }),
  },
  { shared: { enableProbation: BOOL } },
);

const SUCCESS_RATE: Schema = { type: 'number', min: 0, max: 1 };
const ACCRUAL = kinds(
  'failure accrual',
  {
    'io.l5d.consecutiveFailures': kind({ failures: COUNT }, ['failures']),
    'io.l5d.successRate': kind({ successRate: SUCCESS_RATE, requests: COUNT }, ['successRate', 'requests']),
    'io.l5d.successRateWindowed': kind({ successRate: SUCCESS_RATE, window: COUNT }, ['successRate', 'window']),
    none: kind(),
  },
  { shared: { backoff: BACKOFF } },
);

const CLIENT_AUTH = object({ certPath: TEXT, intermediateCertsPath: TEXT, keyPath: TEXT }, ['certPath', 'keyPath']);
/** TLS of clients. */
export const CLIENT_TLS = object({
  enabled: BOOL,
  disableValidation: BOOL,
  commonName: TEXT,
  trustCerts: TEXTS,
  trustCertsBundle: TEXT,
  clientAuth: CLIENT_AUTH,
  protocols: TEXTS,
});

const SERVICE_FIELDS = {
  totalTimeoutMs: COUNT,
  retries: object({ budget: BUDGET, backoff: BACKOFF }),
  responseClassifier: CLASSIFIER,
  classificationTimeoutMs: COUNT,
  retryBufferSize: object({ requestBytes: COUNT, responseBytes: COUNT }),
};

const CLIENT_FIELDS = {
  tls: CLIENT_TLS,
  loadBalancer: BALANCER,
  hostConnectionPool: object({ minSize: COUNT, maxSize: COUNT, idleTimeMs: COUNT, maxWaiters: COUNT }),
  failFast: BOOL,
  failureAccrual: ACCRUAL,
  requestAttemptTimeoutMs: COUNT,
  requeueBudget: BUDGET,
  clientSession: object({ idleTimeMs: COUNT, lifeTimeMs: COUNT }),
  forwardClientCert: BOOL,
  requestAuthorizers: { type: 'anything' },
  windowUpdateRatio: RATIO,
  headerTableBytes: COUNT,
  initialWindowBytes: COUNT,
  maxFrameBytes: COUNT,
  maxHeaderListBytes: COUNT,
  maxConcurrentStreamsPerConnection: COUNT,
} satisfies Readonly<Record<string, Schema>>;

function policy(what: string, of: Readonly<Record<string, Schema>>): KindSchema {
  const entry = object({ prefix: { type: 'prefixPath' }, ...of });
  return kinds(
    what,
    { 'io.l5d.global': kind(of), 'io.l5d.static': kind({ configs: listOf(entry) }) },
    { byDefault: 'io.l5d.global' },
  );
}

/** `service` of a router: what is asked of a call by its logical name. */
export const SERVICE = policy('service', SERVICE_FIELDS);
/** `client` of a router: how a bound name is called. */
export const CLIENT = policy('client', CLIENT_FIELDS);
