// Translate room: policies of a Service as a ServiceProfile: retries with a budget, timeouts, response classes, weights.

import type { Budget, ServicePolicy } from '../config/model.ts';
import { showDuration } from './durations.ts';
import type { PlannedManifest } from './planned.ts';
import { retriedMethods } from './route-policy.ts';
import type { Backend, ServiceRef } from './verdict.ts';
import { integerWeights } from './weights.ts';

/** A ServiceProfile in the Service's own namespace, so that it counts for all callers. `backends`: shares instead of routes by weight. */
export function serviceProfile(
  policy: ServicePolicy,
  parent: ServiceRef,
  more: { readonly clusterDomain: string; readonly backends?: readonly Backend[] },
): PlannedManifest {
  const host = ({ namespace, name }: ServiceRef): string => `${name}.${namespace}.svc.${more.clusterDomain}`;
  const retries = retriedMethods(policy) !== 'none';
  return {
    apiVersion: 'linkerd.io/v1alpha2',
    kind: 'ServiceProfile',
    metadata: { name: host(parent), namespace: parent.namespace },
    spec: {
      routes: routesOf(policy),
      ...(retries ? { retryBudget: retryBudget(policy.retries?.budget ?? {}) } : {}),
      ...(more.backends ? { dstOverrides: overrides(more.backends, host) } : {}),
    },
  };
}

function routesOf(policy: ServicePolicy): readonly object[] {
  const retried = retriedMethods(policy);
  const timeout = policy.totalTimeoutMs === undefined ? {} : { timeout: showDuration(policy.totalTimeoutMs) };
  const failures = /\.allSuccessful$/.test(policy.responseClassifier?.kind ?? '')
    ? { responseClasses: [{ condition: { status: { min: 500, max: 599 } }, isFailure: false }] }
    : {};
  const rest = { ...timeout, ...failures };
  const all = { name: 'all', condition: { pathRegex: '/.*' } };
  if (retried === 'all') return [{ ...all, isRetryable: true, ...rest }];
  const methods = retried === 'none' ? [] : retried;
  return [...methods.map((method) => ({ name: method, condition: { method }, isRetryable: true, ...rest })), { ...all, ...rest }];
}

/** Names and defaults of Linkerd 1; the proxy drops a whole budget whose ttl is not within 1 s and 60 s. */
function retryBudget({ percentCanRetry = 0.2, minRetriesPerSec = 10, ttlSecs = 10 }: Budget): object {
  const ttl = Math.min(60, Math.max(1, ttlSecs));
  return { retryRatio: percentCanRetry, minRetriesPerSecond: minRetriesPerSec, ttl: showDuration(ttl * 1000) };
}

function overrides(backends: readonly Backend[], host: (service: ServiceRef) => string): readonly object[] {
  const { weights } = integerWeights(backends.map((backend) => backend.share));
  return backends.map((backend, i) => ({ authority: `${host(backend)}:${backend.port}`, weight: String(weights[i] ?? 1) }));
}
