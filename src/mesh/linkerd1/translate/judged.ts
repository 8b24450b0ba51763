// Translate room: a verdict in the making, and the sentences that several judges share.

import type { Call } from './call.ts';
import { hostHeader } from './call.ts';
import type { NameReason, NameVerdict, ServiceRef } from './verdict.ts';

/** A verdict without the call. `today` only where the judge knows better than the leaf's endpoints. */
export interface Judged extends Omit<NameVerdict, 'call' | 'today' | 'notes'> {
  readonly today?: NameVerdict['today'];
  readonly notes?: readonly string[];
}

/** Nothing can be made that keeps the call working. */
export function blocked(reason: NameReason, message: string, remedy: string): Judged {
  return { verdict: 'blocked', reason, message, remedy };
}

/** The call works now and afterwards. */
export function works(message: string, parent: ServiceRef, notes: readonly string[] = []): Judged {
  return { verdict: 'works', reason: 'SameDestination', message, parent, notes };
}

/** The call fails now and afterwards. */
export function unroutable(why: string): Judged {
  return { verdict: 'works', reason: 'NotRoutedToday', today: 'fails', message: `Linkerd 1 can not answer today: ${why}` };
}

/** A Service as written in sentences. */
export function show(service: ServiceRef): string {
  return `${service.namespace}/${service.name}`;
}

/** The name belongs to another Service. */
export function taken(call: Call, by: ServiceRef, leadsTo: string): Judged {
  return blocked(
    'NameTaken',
    `for callers in ${call.callerNamespace} DNS leads ${hostHeader(call)} to Service ${show(by)}, Linkerd 1 leads it to ${leadsTo}`,
    `let the application call ${leadsTo.replace(/^(\S+)\/(\S+).*$/, '$2.$1')} by that name, or rename Service ${show(by)}`,
  );
}
