/**
 * One HTTP server that answers for every pod on a port: it knows the pod by the address that the connection came in on, since in the test
 * cluster's network every pod address is this machine. What is answered is the caller's business.
 */
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Pod } from './pod.ts';
import type { PodDirectory } from './pod-directory.ts';

/** Answers a request for a pod, or returns false when nothing listens on that pod's port: the connection is then closed. */
export type PodHandler = (pod: Pod, request: IncomingMessage, response: ServerResponse) => boolean;

/** Where to listen and whom to ask. */
export interface PodServerOptions {
  readonly port: number;
  readonly directory: Pick<PodDirectory, 'at'>;
  readonly handle: PodHandler;
  /** `0.0.0.0` when absent. */
  readonly host?: string;
}

/** A listening server. */
export interface PodServer {
  readonly port: number;
  close(): Promise<void>;
}

/** Starts listening; a port that is taken is an error that names it. */
export async function startPodServer(options: PodServerOptions): Promise<PodServer> {
  const server = createServer((request, response) => {
    const address = (request.socket.localAddress ?? '').replace(/^::ffff:/, '');
    options.directory
      .at(address)
      .then((pod) => {
        if (pod === undefined || !options.handle(pod, request, response)) request.socket.destroy();
      })
      // A stand-in that was told something wrong says so to whoever reads its answer.
      .catch((error: unknown) => response.writeHead(500).end(String(error)));
  });
  await listen(server, options.port, options.host ?? '0.0.0.0');
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function listen(server: Server, port: number, host: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause) => {
      reject(new Error(`port ${port} on ${host} cannot be listened on; run inside the cluster's own network`, { cause }));
    });
    server.listen(port, host, resolve);
  });
}
