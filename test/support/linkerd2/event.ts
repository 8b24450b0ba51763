/**
 * Stand-in for Linkerd 2: the event that the injector leaves on the pod's owner (never on the pod; none for a bare pod).
 * Shape of the `events` in test/recordings/linkerd2/injection.
 */
import type { Injection, Owner } from './inject.ts';

/** The event (core/v1) as it is sent to the API server, times as RFC 3339 strings. */
export interface OwnerEvent {
  readonly apiVersion: 'v1';
  readonly kind: 'Event';
  readonly metadata: { readonly name: string; readonly namespace: string };
  readonly involvedObject: Owner & { readonly namespace: string };
  readonly count: number;
  readonly firstTimestamp: string;
  readonly lastTimestamp: string;
  readonly type: 'Normal';
  readonly reason: 'Injected' | 'InjectionSkipped';
  readonly message: string;
  readonly reportingComponent: string;
  readonly reportingInstance: string;
  readonly source: { readonly component: string };
}

/** Where and when the event is written; `suffix` makes its name unique. */
export interface EventPlace {
  readonly owner: Owner;
  readonly namespace: string;
  readonly at: Date;
  readonly suffix: string;
}

/** The event for an answer, or undefined when the answer leaves none (a denied pod shows in its ReplicaSet's own events). */
export function ownerEvent(injection: Injection, { owner, namespace, at, suffix }: EventPlace): OwnerEvent | undefined {
  if (injection.verdict === 'denied') return undefined;
  const time = at.toISOString().replace(/\.\d+Z$/, 'Z');
  return {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name: `${owner.name}.${suffix}`, namespace },
    involvedObject: { ...owner, namespace },
    count: 1,
    firstTimestamp: time,
    lastTimestamp: time,
    type: 'Normal',
    reportingComponent: 'linkerd-proxy-injector',
    reportingInstance: '',
    source: { component: 'linkerd-proxy-injector' },
    ...(injection.verdict === 'injected'
      ? { reason: 'Injected', message: 'Linkerd sidecar proxy injected' }
      : { reason: 'InjectionSkipped', message: `Linkerd sidecar proxy injection skipped: ${injection.reasons.join(', ')}` }),
  };
}
