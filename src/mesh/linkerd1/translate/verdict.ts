// Translate room: the words of a verdict about a name. Data only.

import type { ServicePort } from '../dtab/cluster-objects.ts';
import type { Call } from './call.ts';

/** What must happen before a caller may lose Linkerd 1, or why nothing can. */
export type VerdictKind = 'works' | 'needsPort' | 'needsAlias' | 'needsRoute' | 'external' | 'blocked';

/** Why; one CamelCase word, stable. */
export type NameReason =
  // works
  | 'SameDestination'
  | 'NotRoutedToday'
  | 'RefusedToday'
  // needsPort, needsAlias, needsRoute
  | 'PortNotDefined'
  | 'OnlyDtabKnows'
  | 'ImpliedNamespace'
  | 'Weighted'
  | 'OtherPortOfService'
  | 'ByMethodOrPath'
  // external
  | 'Outside'
  // blocked
  | 'TlsOrigination'
  | 'OtherPortOutside'
  | 'OtherHostOutside'
  | 'HeadlessPort'
  | 'HeadlessBackend'
  | 'NameTaken'
  | 'NotAServiceName'
  | 'NoService'
  | 'MixedDestinations'
  | 'LoadBalancerAddress'
  | 'UnsupportedNamer'
  | 'Unknown'
  | 'Unexplained'
  | 'ReplacedName'
  | 'PathConsumed'
  | 'PathIdentifier'
  | 'HeaderIdentifier'
  | 'UriIdentifier'
  | 'IngressIdentifier'
  | 'UnknownIdentifier'
  | 'ProtocolWithoutNames';

/** What stands in the way, and what a person can do. */
export interface Blocked {
  readonly reason: NameReason;
  readonly message: string;
  readonly remedy: string;
}

/** A Service. */
export interface ServiceRef {
  readonly namespace: string;
  readonly name: string;
}

/** Where a share of the calls goes. */
export interface Backend extends ServiceRef {
  /** The Service's port. */
  readonly port: number;
  /** 0 to 1. */
  readonly share: number;
}

/** Calls that go to these backends; without a condition, all others. */
export interface RouteRule {
  readonly methods?: readonly string[];
  readonly pathPrefix?: string;
  readonly backends: readonly Backend[];
}

/** Another entry on a Service that is there. */
export interface PortNeed extends ServiceRef {
  readonly port: number;
  /** The entry that leads to the same pods today. */
  readonly like: ServicePort;
}

/** What must be made for one call. */
export type NameNeed =
  | { readonly kind: 'port'; readonly entry: PortNeed }
  /** A Service of that name that leads to `rules`. */
  | { readonly kind: 'alias'; readonly at: ServiceRef; readonly port: number; readonly rules: readonly RouteRule[] }
  /** A Service of that name that leads out of the cluster. */
  | { readonly kind: 'outsideAlias'; readonly at: ServiceRef; readonly host: string }
  /** Rules on a Service that is there, for callers of one namespace; `entry` when its port must be added first. */
  | {
      readonly kind: 'route';
      readonly parent: ServiceRef;
      readonly callerNamespace: string;
      readonly port: number;
      readonly rules: readonly RouteRule[];
      readonly entry?: PortNeed;
    };

/** The verdict about one call. */
export interface NameVerdict {
  readonly call: Call;
  readonly verdict: VerdictKind;
  readonly reason: NameReason;
  /** What Linkerd 1 does with it now. refused: on purpose. */
  readonly today: 'answers' | 'fails' | 'refused' | 'unknown';
  /** One sentence: what Linkerd 1 does, what DNS and Services would do. */
  readonly message: string;
  /** What a person can do; present when blocked. */
  readonly remedy?: string;
  readonly need?: NameNeed;
  /** The Service whose policies (retries, timeouts) the call meets afterwards; absent outside. */
  readonly parent?: ServiceRef;
  /** The names that Linkerd 1 gives to the call: its logical name, and what that is bound to. */
  readonly through?: { readonly logical: string; readonly bound: readonly string[] };
  /** What else is different afterwards, or lost. */
  readonly notes: readonly string[];
}
