// Kube room: HTTP to one API server over a few kept-open sockets. It knows methods, headers and bytes, and no Kubernetes kind.
// HTTP/1.1 on purpose: bounded sockets, and a stalled stream never holds up the other calls of its session.
import { Pool } from 'undici';
import type { Dispatcher } from 'undici';
import type { Credentials, Material } from './credentials.ts';
import type { KubeEndpoint } from './endpoint.ts';

/** One request. */
export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** Absolute path with query, already encoded. */
  readonly path: string;
  readonly body?: string | undefined;
  readonly contentType?: string | undefined;
  readonly accept?: string | undefined;
  readonly signal: AbortSignal;
}

/** An answer, its body still on the way. Iterating to the end, or breaking off, frees the socket. */
export interface HttpAnswer {
  readonly status: number;
  readonly body: AsyncIterable<Uint8Array> & { text(): Promise<string> };
  readonly retryAfter?: string | undefined;
}

/** Errors are undici's own; `classify.ts` names them. */
export interface Transport {
  readonly host: string;
  call(request: HttpRequest): Promise<HttpAnswer>;
  /** Each stream has a socket of its own, which may be silent for ever: watching over it is the reader's business. */
  stream(request: HttpRequest): Promise<HttpAnswer>;
  close(): Promise<void>;
}

/** How the sockets are used. */
export interface TransportOptions {
  readonly userAgent: string;
  readonly credentials: Credentials;
  /** Most sockets for calls; streams come on top. */
  readonly sockets: number;
}

// The server closes idle connections after 90 s; closing first avoids writing into a socket that is just going away.
const IDLE_SOCKET_MS = 60_000;
const CONNECT_TIMEOUT_MS = 10_000;

interface Pools {
  readonly key: string;
  readonly calls: Pool;
  readonly streams: Pool;
}

/** Opens nothing yet: sockets come with the first request. */
export function createTransport(endpoint: KubeEndpoint, options: TransportOptions): Transport {
  const server = new URL(endpoint.server);
  const pools = createPools(server.origin, options.sockets);
  const attempt = async (request: HttpRequest, lane: Lane): Promise<Attempt> => {
    const material = await options.credentials.current();
    request.signal.throwIfAborted();
    const answer = await pools.of(material)[lane].request({
      method: request.method,
      path: server.pathname.replace(/\/$/, '') + request.path,
      headers: headersFor(request, material, { userAgent: options.userAgent, impersonate: endpoint.impersonateUser }),
      body: request.body ?? null,
      signal: request.signal,
    });
    return { answer, authorization: material.authorization };
  };
  const send = async (request: HttpRequest, lane: Lane): Promise<HttpAnswer> => answerOf(await sent(request, lane));
  const sent = async (request: HttpRequest, lane: Lane): Promise<Dispatcher.ResponseData> => {
    const first = await attempt(request, lane);
    if (first.answer.statusCode !== 401) return first.answer;
    // Refused before anything was done: a token rotated within the last minute deserves a second try, whatever the method.
    options.credentials.invalidate();
    if ((await options.credentials.current()).authorization === first.authorization) return first.answer;
    await first.answer.body.dump();
    return (await attempt(request, lane)).answer;
  };
  return {
    host: server.host,
    call: (request) => send(request, 'calls'),
    stream: (request) => send(request, 'streams'),
    close: () => pools.close(),
  };
}

function answerOf({ statusCode, headers, body }: Dispatcher.ResponseData): HttpAnswer {
  return { status: statusCode, body, retryAfter: single(headers['retry-after']) };
}

type Lane = 'calls' | 'streams';

interface Attempt {
  readonly answer: Dispatcher.ResponseData;
  readonly authorization: string | undefined;
}

interface PoolKeeper {
  /** The pools for this material; new ones when it changed. */
  of(material: Material): Pools;
  close(): Promise<void>;
}

function createPools(origin: string, sockets: number): PoolKeeper {
  let pools: Pools | undefined;
  let closed = false;
  return {
    of(material) {
      if (closed) throw Object.assign(new Error('the client is closed'), { code: 'UND_ERR_CLOSED' });
      if (pools?.key === material.tlsKey) return pools;
      // Requests in flight end on the old connections; nothing waits for them here.
      if (pools !== undefined) void closePools(pools);
      pools = openPools(origin, material, sockets);
      return pools;
    },
    async close() {
      closed = true;
      if (pools !== undefined) await closePools(pools);
    },
  };
}

function openPools(origin: string, material: Material, sockets: number): Pools {
  const shared = {
    allowH2: false,
    pipelining: 1,
    keepAliveTimeout: IDLE_SOCKET_MS,
    keepAliveMaxTimeout: IDLE_SOCKET_MS,
    connect: { ...material.tls, timeout: CONNECT_TIMEOUT_MS },
  };
  return {
    key: material.tlsKey,
    // The deadline of a call is its signal, so undici's own coarse timers are off.
    calls: new Pool(origin, { ...shared, connections: sockets, headersTimeout: 0, bodyTimeout: 0 }),
    streams: new Pool(origin, { ...shared, connections: null, headersTimeout: 0, bodyTimeout: 0 }),
  };
}

async function closePools(pools: Pools): Promise<void> {
  await Promise.all([pools.calls.close(), pools.streams.close()]);
}

function headersFor(
  request: HttpRequest,
  material: Material,
  who: { readonly userAgent: string; readonly impersonate: string | undefined },
): Record<string, string> {
  return {
    accept: request.accept ?? 'application/json',
    'user-agent': who.userAgent,
    ...(request.body === undefined ? {} : { 'content-type': request.contentType ?? 'application/json' }),
    ...(material.authorization === undefined ? {} : { authorization: material.authorization }),
    ...(who.impersonate === undefined ? {} : { 'impersonate-user': who.impersonate }),
  };
}

function single(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header[0] : header;
}
