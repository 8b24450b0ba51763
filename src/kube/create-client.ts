// Kube room: puts the client together: credentials, sockets, queue, reads and writes.
import { createCaller } from './caller.ts';
import type { KubeClient, RequestRecord } from './client.ts';
import { createCredentials } from './credentials.ts';
import type { KubeEndpoint } from './endpoint.ts';
import { createReader } from './reader.ts';
import { createTransport } from './transport.ts';
import { createWriter } from './writer.ts';

/** How a client behaves; the defaults suit an operator. */
export interface KubeClientOptions {
  /** e.g. 'meshmigration/0.1.0 (linux/amd64)'. */
  readonly userAgent: string;
  /** Calls in flight at once, 1–14; default 8. Urgent calls and watches come on top. */
  readonly inFlight?: number | undefined;
  /** Called after every request; must not throw. */
  readonly onRequest?: ((record: RequestRecord) => void) | undefined;
  /** Milliseconds for one call, default 10,000; a page of a list has six times as long. */
  readonly defaultTimeoutMs?: number | undefined;
  readonly monotonicMs?: () => number;
  readonly random?: () => number;
}

/** A client for `endpoint`. Opens no connection before the first call. */
export function createKubeClient(endpoint: KubeEndpoint, options: KubeClientOptions): KubeClient {
  const inFlight = options.inFlight ?? 8;
  if (!Number.isInteger(inFlight) || inFlight < 1 || inFlight > 14) {
    throw new RangeError(`inFlight is ${inFlight}; use a whole number from 1 to 14`);
  }
  const monotonicMs = options.monotonicMs ?? (() => performance.now());
  const credentials = createCredentials(endpoint, { monotonicMs });
  // Two sockets more than queued calls can take: a lease renewal never waits for one.
  const transport = createTransport(endpoint, { userAgent: options.userAgent, credentials, sockets: inFlight + 2 });
  const defaultTimeoutMs = options.defaultTimeoutMs ?? 10_000;
  const caller = createCaller({
    transport,
    inFlight,
    defaultTimeoutMs,
    onRequest: options.onRequest,
    monotonicMs,
    random: options.random ?? Math.random,
  });
  return { ...createReader(caller, defaultTimeoutMs * 6), ...createWriter(caller), close: () => transport.close() };
}
