// Runtime room: a Lease as an election sees it, and the writes that take, keep and release it. It holds no state and decides nothing.
import type { CallOptions, KubeReader, KubeWriter } from '../kube/client.ts';
import { isKubeError, KubeError } from '../kube/kube-error.ts';
import type { KubeObject, ObjectRef } from '../kube/object.ts';
import { LEASE } from '../kube/resource-kind.ts';

/** `spec` of a coordination.k8s.io/v1 Lease. Its times are for people: clocks of two machines are never compared. */
export interface LeaseSpec {
  /** '' or absent: nobody holds it. */
  readonly holderIdentity?: string | null;
  readonly leaseDurationSeconds?: number | null;
  readonly acquireTime?: string | null;
  readonly renewTime?: string | null;
  readonly leaseTransitions?: number | null;
}

/** A Lease as read. */
export interface LeaseObject extends KubeObject {
  readonly spec?: LeaseSpec;
}

/** What an election asks of the API server; writes are conditional, so that two candidates can't both win. */
export interface LeaseApi {
  /** Undefined when there is no such Lease. */
  read(options: CallOptions): Promise<LeaseObject | undefined>;
  /** 'alreadyExists' when somebody was faster. */
  create(spec: LeaseSpec, options: CallOptions): Promise<LeaseObject>;
  /** 'conflict' when the Lease changed since `lease` was read, 'notFound' when it is gone. */
  update(lease: LeaseObject, spec: LeaseSpec, options: CallOptions): Promise<LeaseObject>;
}

/** The Lease at `ref`. Needs get, create and patch on leases. Calls do not wait behind others. */
export function kubeLease(client: KubeReader & KubeWriter, ref: Required<ObjectRef>): LeaseApi {
  return {
    async read(options) {
      try {
        return await client.get<LeaseObject>(LEASE, ref, { ...options, urgent: true });
      } catch (error) {
        if (isKubeError(error, 'notFound')) return undefined;
        throw error;
      }
    },
    create: (spec, options) =>
      client.create<LeaseObject>(
        LEASE,
        { metadata: { name: ref.name, namespace: ref.namespace }, spec },
        { ...options, urgent: true },
      ),
    update(lease, spec, options) {
      const { uid, resourceVersion } = lease.metadata;
      if (resourceVersion === undefined) {
        throw new KubeError({ kind: 'protocol', message: `lease ${ref.name} was answered without a resourceVersion` });
      }
      return client.mergePatch<LeaseObject>(
        LEASE,
        ref,
        { metadata: { uid, resourceVersion }, spec },
        { ...options, urgent: true },
      );
    },
  };
}
