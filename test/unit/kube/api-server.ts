// A small HTTP(S) server on this machine that behaves as a test tells it: the other end of the transport.
import { createServer } from 'node:http';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { issueCertificate } from '../../support/certificate.ts';
import type { KubeEndpoint } from '../../../src/kube/endpoint.ts';

/** One request as it arrived. */
export interface Arrived {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** Answers a request; it may also break the connection. */
export type Behaviour = (request: Arrived, response: ServerResponse) => void | Promise<void>;

/** A running server. */
export interface TestServer {
  readonly endpoint: KubeEndpoint;
  readonly arrived: Arrived[];
  behave: Behaviour;
  /** Connections accepted so far. */
  connections(): number;
  /** Connections open now. */
  open(): number;
  close(): Promise<void>;
}

/** Starts a server, over TLS when asked. */
export async function startTestServer(behave: Behaviour, tls = false): Promise<TestServer> {
  const sockets = new Set<Socket>();
  let connections = 0;
  const arrived: Arrived[] = [];
  const listener: RequestListener = (request, response) => void receive(request, response);
  const certificate = tls ? issueCertificate({ dnsNames: [], addresses: ['127.0.0.1'], now: new Date() }) : undefined;
  const server =
    certificate === undefined
      ? createServer(listener)
      : createTlsServer({ cert: certificate.certPem, key: certificate.keyPem }, listener);
  server.keepAliveTimeout = 90_000;
  server.on('connection', (socket: Socket) => {
    connections += 1;
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  const receive = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const url = new URL(request.url ?? '/', 'http://server');
    const one = {
      method: request.method ?? '',
      path: url.pathname,
      query: url.searchParams,
      headers: request.headers,
      body: Buffer.concat(chunks).toString('utf8'),
    };
    arrived.push(one);
    await test.behave(one, response);
  };
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const test: TestServer = {
    endpoint: {
      server: `${tls ? 'https' : 'http'}://127.0.0.1:${port}`,
      namespace: 'default',
      tls: certificate === undefined ? {} : { ca: { pem: certificate.caPem } },
      auth: { type: 'token', token: 'secret-token' },
    },
    arrived,
    behave,
    connections: () => connections,
    open: () => sockets.size,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
  return test;
}

/** Answers with JSON. */
export function json(response: ServerResponse, body: unknown, status = 200, headers: Record<string, string> = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(body));
}

/** A Status as the API server writes it. */
export function status(code: number, reason: string, message: string, details: object = {}): object {
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', code, reason, message, details };
}
