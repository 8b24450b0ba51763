// Webhook room: the HTTPS server. Knows requests and limits; what a pod becomes is decided elsewhere.

import { createServer } from 'node:https';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Component } from '../../runtime/lifecycle.ts';
import type { Log } from '../../runtime/log.ts';
import type { KeyPair } from './certificate.ts';
import { webhookPath } from './configuration.ts';
import { ReviewError } from './review.ts';

/** What is served where. */
export interface WebhookServerOptions {
  host: string;
  /** 0 takes a free one. */
  port: number;
  /** Answers a body with a body. */
  answer: (body: string) => Promise<string>;
  log: Log;
}

/** A server that is not started yet. */
export interface WebhookServer extends Component {
  /** The port in use; 0 before `start`. */
  port(): number;
  /** Serves with this certificate from the next connection on; must be called before `start`. */
  serveWith(pair: KeyPair): void;
  stop(): Promise<void>;
}

// A pod is at most 1.5 MiB where the API server stores it in etcd; the rest of the review is small.
const largestBody = 4 * 1024 * 1024;

/** A webhook server. Requests that are not understood are answered with 4xx and a sentence, never with a change. */
export function createWebhookServer(options: WebhookServerOptions): WebhookServer {
  const server = createServer({ requestTimeout: 10_000, headersTimeout: 5_000 }, (request, response) => {
    handle(request, options).then(
      (body) => send(response, 200, 'application/json', body),
      (error: unknown) => refuse(response, error, options.log),
    );
  });
  server.on('tlsClientError', (error) => options.log.debug('a TLS handshake failed', { err: error }));
  return {
    name: 'webhook',
    port: () => (server.address() as AddressInfo | null)?.port ?? 0,
    serveWith: (pair) => server.setSecureContext({ ...pair, minVersion: 'TLSv1.2' }),
    start: () =>
      new Promise<void>((resolve, reject) => {
        server.once('error', reject);
        server.listen(options.port, options.host, resolve);
      }),
    stop: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeIdleConnections();
      }),
  };
}

/** A request that is refused for its form. */
class RequestError extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

async function handle(request: IncomingMessage, options: WebhookServerOptions): Promise<string> {
  if (request.url?.split('?')[0] !== webhookPath)
    throw new RequestError(404, `${request.url ?? ''} is not served; use ${webhookPath}`);
  if (request.method !== 'POST') throw new RequestError(405, `${request.method ?? ''} is not taken; use POST`);
  const type = request.headers['content-type'] ?? '';
  if (!/^application\/json\b/.test(type)) throw new RequestError(415, `content-type is "${type}"; use application/json`);
  return options.answer(await bodyOf(request));
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > largestBody) throw new RequestError(413, `the body is larger than ${largestBody} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function refuse(response: ServerResponse, error: unknown, log: Log): void {
  const status = statusOf(error);
  if (status === 500) log.error('a pod passed through unchanged: its review could not be answered', { err: error });
  send(response, status, 'text/plain', error instanceof Error ? error.message : String(error));
}

function statusOf(error: unknown): number {
  if (error instanceof RequestError) return error.status;
  return error instanceof ReviewError ? 400 : 500;
}

function send(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, { 'content-type': type, ...(status === 413 && { connection: 'close' }) });
  response.end(body);
}
