// Translate room: objects that would be made, as plain data. Labels and owners are put on by whoever makes them.

import type { ServiceRef } from './verdict.ts';

/** A Kubernetes object to be written. */
export interface PlannedManifest {
  readonly apiVersion: string;
  readonly kind: 'Service' | 'HTTPRoute' | 'GRPCRoute' | 'ServiceProfile' | 'EgressNetwork';
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly labels?: Readonly<Record<string, string>>;
  };
  /** Absent where only metadata is applied. */
  readonly spec?: Readonly<Record<string, unknown>>;
}

/** Puts labels and ownership on a manifest that is to be created. */
export type Stamp = (manifest: PlannedManifest) => PlannedManifest;

/** One write. */
export type PlannedObject =
  /** POST only: an object of that name that is there already is not ours. */
  | { readonly how: 'create'; readonly manifest: PlannedManifest }
  /** Server-side apply of these entries alone, under our field manager, on a Service of somebody else. */
  | { readonly how: 'applyPort'; readonly manifest: PlannedManifest }
  /** Server-side apply of these annotations alone, on a Service of somebody else. */
  | { readonly how: 'applyAnnotations'; readonly manifest: PlannedManifest };

/** An alias that would be made. */
export interface PlannedAlias {
  readonly at: ServiceRef;
  /** cname: ExternalName. pods: with the selector of its heaviest destination. routeOnly: answers meshed callers only. */
  readonly shape: 'cname' | 'pods' | 'routeOnly';
  /** The Service whose retries and timeouts its callers meet; absent outside the cluster. */
  readonly policyParent?: ServiceRef;
  /** Of shape pods: the Service whose selector it has. */
  readonly podsOf?: ServiceRef;
}

/** Everything that a set of verdicts needs. */
export interface NamePlan {
  /** Services and their ports before routes, so that every parent and backend is there. */
  readonly objects: readonly PlannedObject[];
  readonly aliases: readonly PlannedAlias[];
  /** What could not be planned, as sentences. */
  readonly conflicts: readonly string[];
  /** Rounded weights and other small print. */
  readonly notes: readonly string[];
}
