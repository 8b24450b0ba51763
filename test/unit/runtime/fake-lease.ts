// One Lease on a server in the test's hand: conditional writes as the real one, and answers that can be lost, late or refused.
import type { CallOptions } from '../../../src/kube/client.ts';
import { KubeError } from '../../../src/kube/kube-error.ts';
import type { Clock } from '../../../src/runtime/clock.ts';
import type { LeaseApi, LeaseObject, LeaseSpec } from '../../../src/runtime/lease.ts';

/** What happens to a call. `lost`: it is done, and the answer never arrives. `hang`: nothing is done, nothing is answered. */
export type Fate = 'ok' | 'unreachable' | 'lost' | 'hang';

/** The server's side. */
export interface FakeLeaseServer {
  lease: LeaseObject | undefined;
  /** Successful writes, as 'holder'. */
  readonly writes: string[];
  /** A connection of one process, whose calls meet `fate`. */
  connect(clock: Clock, fate: (does: 'read' | 'write') => Fate): LeaseApi;
  /** Somebody edits the Lease. */
  edit(spec: Partial<LeaseSpec>): void;
}

/** A server without a Lease. */
export function createFakeLeaseServer(): FakeLeaseServer {
  let version = 0;
  const server: FakeLeaseServer = {
    lease: undefined,
    writes: [],
    edit: (spec) => void store({ ...server.lease?.spec, ...spec }),
    connect: (clock, fate) => ({
      read: (options) => answer(clock, fate('read'), options, () => server.lease),
      create: (spec, options) =>
        answer(clock, fate('write'), options, () => {
          if (server.lease !== undefined) throw new KubeError({ kind: 'alreadyExists', message: 'exists' });
          return store(spec);
        }),
      update: (lease, spec, options) =>
        answer(clock, fate('write'), options, () => {
          if (server.lease === undefined) throw new KubeError({ kind: 'notFound', message: 'gone' });
          const { uid, resourceVersion } = server.lease.metadata;
          if (lease.metadata.uid !== uid || lease.metadata.resourceVersion !== resourceVersion) {
            throw new KubeError({ kind: 'conflict', message: 'changed' });
          }
          return store({ ...server.lease.spec, ...spec });
        }),
    }),
  };
  const store = (spec: LeaseSpec): LeaseObject => {
    version += 1;
    const uid = server.lease?.metadata.uid ?? `lease-${version}`;
    server.lease = { metadata: { name: 'operator', namespace: 'system', uid, resourceVersion: String(version) }, spec };
    server.writes.push(spec.holderIdentity ?? '');
    return server.lease;
  };
  return server;
}

async function answer<T>(clock: Clock, fate: Fate, options: CallOptions, act: () => T): Promise<T> {
  await Promise.resolve();
  if (fate === 'unreachable') throw new KubeError({ kind: 'unreachable', message: 'refused' });
  const outcome = fate === 'hang' ? undefined : act();
  if (fate === 'ok') return outcome as T;
  await new Promise<void>((resolve) => {
    const cancel = clock.after(options.timeoutMs ?? Infinity, resolve);
    options.signal?.addEventListener('abort', () => {
      cancel();
      resolve();
    });
  });
  throw new KubeError({ kind: 'timeout', message: 'no answer', ambiguous: true });
}
