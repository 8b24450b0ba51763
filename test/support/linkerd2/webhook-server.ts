/**
 * Stand-in for Linkerd 2: the injector as the API server sees it, a mutating webhook over TLS on a loopback port. It can be taken
 * down (connection refused, open connections cut) and brought back on the same port.
 */
import { createServer } from 'node:https';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ServingCertificate } from '../certificate.ts';
import type { AdmissionReview, ClusterFacts, ReviewOutcome } from './admission-review.ts';
import { review } from './admission-review.ts';
import type { InjectorValues } from './values.ts';

/** What the server needs; `onReviewed` is told about every pod after its answer was sent. */
export interface WebhookServerOptions {
  readonly certificate: ServingCertificate;
  readonly facts: ClusterFacts;
  readonly values: InjectorValues;
  readonly onReviewed: (review: AdmissionReview, outcome: ReviewOutcome) => void;
}

/** A running webhook. */
export interface WebhookServer {
  /** `https://127.0.0.1:<port>/`, the same for its whole life. */
  readonly url: string;
  /** Reviews answered so far. */
  readonly reviewed: () => number;
  /** Down: the port refuses connections. Up again: the same port listens. */
  setDown(down: boolean): Promise<void>;
  close(): Promise<void>;
}

/** Starts it on a free loopback port. */
export async function startWebhookServer(options: WebhookServerOptions): Promise<WebhookServer> {
  let count = 0;
  const listener = (request: IncomingMessage, response: ServerResponse): void => {
    answer(request, response, options).then(
      () => (count += 1),
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  };
  const open = async (port: number): Promise<Server> => {
    const { certPem: cert, keyPem: key } = options.certificate;
    const server = createServer({ cert, key }, listener);
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen(port, '127.0.0.1', resolve);
    });
    return server;
  };
  let server: Server | undefined = await open(0);
  const { port } = server.address() as AddressInfo;
  const setDown = async (down: boolean): Promise<void> => {
    if (down && server !== undefined) {
      const closing = server;
      server = undefined;
      await shut(closing);
    } else if (!down) server ??= await open(port);
  };
  return { url: `https://127.0.0.1:${port}/`, reviewed: () => count, setDown, close: () => setDown(true) };
}

async function answer(request: IncomingMessage, response: ServerResponse, options: WebhookServerOptions): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const asked = JSON.parse(Buffer.concat(chunks).toString('utf8')) as AdmissionReview;
  const outcome = await review(asked, options.facts, options.values);
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(outcome.answer));
  options.onReviewed(asked, outcome);
}

function shut(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
