// Translate room: failure accrual as annotations of a Service.

import type { AccrualConfig, Backoff } from '../config/model.ts';
import { showDuration } from './durations.ts';

const PREFIX = 'balancer.linkerd.io/failure-accrual';
const SUCCESS_RATE = 'balancer.alpha.linkerd.io/failure-accrual-success-rate';

/** Annotations for what is written; nothing when nothing is, since Linkerd 1's own default is reported and not forced on anybody. */
export function accrualAnnotations(config: AccrualConfig | undefined): Readonly<Record<string, string>> {
  switch (config?.kind) {
    case 'io.l5d.consecutiveFailures':
      return {
        [PREFIX]: 'consecutive',
        [`${PREFIX}-consecutive-max-failures`]: String(config.failures ?? 5),
        ...penalties(config.backoff),
      };
    case 'io.l5d.successRate':
    case 'io.l5d.successRateWindowed':
      return successRate(config);
    case 'none':
    case undefined:
      return {};
  }
}

function successRate({ successRate: threshold = 0.8, window, requests }: AccrualConfig): Readonly<Record<string, string>> {
  return {
    [PREFIX]: 'unified',
    [`${SUCCESS_RATE}-threshold`]: String(threshold),
    ...(window === undefined ? {} : { [`${SUCCESS_RATE}-window`]: `${window}s` }),
    ...(requests === undefined ? {} : { [`${SUCCESS_RATE}-min-requests`]: String(requests) }),
  };
}

/** Linkerd 1's own are 5 s to 300 s. */
function penalties(backoff: Backoff | undefined): Readonly<Record<string, string>> {
  const constant = backoff?.kind === 'constant' ? (backoff.ms ?? 0) : undefined;
  const min = constant ?? backoff?.minMs ?? 5_000;
  const max = constant ?? backoff?.maxMs ?? 300_000;
  return { [`${PREFIX}-consecutive-min-penalty`]: showDuration(min), [`${PREFIX}-consecutive-max-penalty`]: showDuration(max) };
}
