// Runtime room: answers the kubelet and Prometheus over plain HTTP. It measures nothing itself; that it answers at all proves the
// event loop turns.
import { createServer } from 'node:http';
import type { Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Component } from './lifecycle.ts';
import type { Reflector } from './reflector.ts';

/** One question about health. Answers why not, or undefined when all is well; an exception is an answer too. */
export interface HealthCheck {
  readonly name: string;
  readonly check: () => string | undefined;
}

/** What is served where. */
export interface HealthServerOptions {
  /** e.g. '0.0.0.0'. */
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** Failing: the process should be restarted. */
  readonly alive: readonly HealthCheck[];
  /** Failing: the process should get no traffic yet. */
  readonly ready: readonly HealthCheck[];
  readonly metrics: { readonly contentType: string; text(): Promise<string> };
}

/** A server for `/healthz`, `/readyz` and `/metrics`. */
export interface HealthServer extends Component {
  /** The port in use; 0 before `start`. */
  port(): number;
  stop(): Promise<void>;
}

const SILENCE_LIMIT_MS = 15 * 60_000;

/** Fails when the server was not heard for 15 minutes: by then a reflector should long have cured itself. */
export function freshnessCheck(name: string, reflector: Pick<Reflector<unknown>, 'lastFrameAgeMs'>): HealthCheck {
  return {
    name,
    check() {
      const age = reflector.lastFrameAgeMs();
      return age < SILENCE_LIMIT_MS ? undefined : `nothing heard for ${Math.round(age / 1_000)} s`;
    },
  };
}

/** Fails until everything was listed once. */
export function syncCheck(name: string, reflector: Pick<Reflector<unknown>, 'hasSynced' | 'lastError'>): HealthCheck {
  return {
    name,
    check: () => (reflector.hasSynced() ? undefined : `not synced: ${reflector.lastError()?.message ?? 'still listing'}`),
  };
}

/** A server that is not started yet. */
export function createHealthServer(options: HealthServerOptions): HealthServer {
  const server = createServer((request, response) => {
    void answer(options, new URL(request.url ?? '/', 'http://health').pathname, response);
  });
  return {
    name: 'health server',
    port: () => (server.address() as AddressInfo | null)?.port ?? 0,
    start: () => listen(server, options),
    stop: () => close(server),
  };
}

async function answer(options: HealthServerOptions, path: string, response: ServerResponse): Promise<void> {
  switch (path) {
    case '/healthz':
      report(options.alive, response);
      return;
    case '/readyz':
      report(options.ready, response);
      return;
    case '/metrics':
      try {
        send(response, { status: 200, type: options.metrics.contentType, body: await options.metrics.text() });
      } catch (error) {
        send(response, { status: 500, type: 'text/plain', body: `metrics failed: ${String(error)}\n` });
      }
      return;
    default:
      send(response, { status: 404, type: 'text/plain', body: 'try /healthz, /readyz or /metrics\n' });
  }
}

function report(checks: readonly HealthCheck[], response: ServerResponse): void {
  const lines = checks.map(({ name, check }) => ({ name, why: ask(check) }));
  const failed = lines.some((line) => line.why !== undefined);
  const body = lines.map(({ name, why }) => (why === undefined ? `[+] ${name} ok\n` : `[-] ${name} failed: ${why}\n`)).join('');
  send(response, { status: failed ? 500 : 200, type: 'text/plain', body: body || 'ok\n' });
}

function ask(check: () => string | undefined): string | undefined {
  try {
    return check();
  } catch (error) {
    return String(error);
  }
}

function send(response: ServerResponse, what: { readonly status: number; readonly type: string; readonly body: string }): void {
  response.writeHead(what.status, { 'content-type': what.type });
  response.end(what.body);
}

function listen(server: Server, options: HealthServerOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause) => reject(new Error(`cannot listen on ${options.host}:${options.port}`, { cause })));
    server.listen(options.port, options.host, resolve);
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
