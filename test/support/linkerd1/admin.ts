/**
 * Stand-in for Linkerd 1: its admin server on 9990 of the l5d pods. Paths and answers of test/recordings/linkerd1; faults are a test's wish.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { recordedText } from '../recordings.ts';
import { metricsAfter } from './counters.ts';
import type { NameCount } from './counters.ts';
import type { Delegations, DelegatorQuery } from './delegations.ts';
import { parseMetricsJson, printMetricsJson, printPrometheus } from './metrics.ts';

/** What is wrong with the admin server. */
export interface AdminFaults {
  /** Paths that answer 404, by their beginning: `/delegator.json`, `/admin/metrics`. */
  readonly hidden?: readonly string[];
  /** One byte a second. */
  readonly slow?: boolean;
  /** Announces 100 bytes more than it sends, then closes. */
  readonly lyingLength?: boolean;
  /** Takes every question and never answers. */
  readonly silent?: boolean;
  /** Answers every question with these bytes. */
  readonly bytes?: Uint8Array;
  /** Closes every connection. */
  readonly down?: boolean;
}

/** What is served. */
export interface AdminContent {
  readonly config: unknown;
  readonly boundNames: readonly string[];
  /** A recorded state (`fs/03-success-only`) to serve byte by byte instead of what was counted. */
  readonly recorded?: string | undefined;
}

/** One admin server's answer to one request; false when the connection is to be closed. */
export interface AdminRequest {
  readonly content: AdminContent;
  readonly faults: AdminFaults;
  readonly counts: () => readonly NameCount[];
  readonly delegations: Delegations;
}

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

/** Answers a request. */
export function answerAdmin(asked: AdminRequest, request: IncomingMessage, response: ServerResponse): boolean {
  const { faults } = asked;
  const url = new URL(request.url ?? '/', 'http://l5d');
  if (faults.down === true) return false;
  if (faults.silent === true) return true;
  if (faults.bytes !== undefined) response.end(faults.bytes);
  else if (faults.hidden?.some((hidden) => url.pathname.startsWith(hidden)) === true) send(response, faults, notFound);
  else if (url.pathname === '/delegator.json')
    void delegate(asked, request, url).then((answer) => send(response, faults, answer));
  else send(response, faults, read(asked, url.pathname));
  return true;
}

const notFound: Answer = { status: 404, type: 'text/plain', body: '' };
const json = (body: string, status = 200): Answer => ({ status, type: 'application/json', body });
const plain = (body: string, status = 200): Answer => ({ status, type: 'text/plain', body });

function read({ content, counts }: AdminRequest, path: string): Answer {
  const { recorded, config, boundNames } = content;
  switch (path) {
    case '/admin/ping':
      return plain('pong');
    case '/config.json':
      return json(JSON.stringify(config));
    case '/bound-names.json':
      return json(JSON.stringify(boundNames));
    case '/admin/metrics.json':
      return json(recorded ? recordedText(`linkerd1/${recorded}.metrics.json`) : printMetricsJson(metricsAfter(counts())));
    case '/admin/metrics/prometheus':
      return plain(recorded ? recordedPrometheus(recorded) : printPrometheus(metricsAfter(counts())));
    default:
      return notFound;
  }
}

/** Some states were recorded in the JSON form only. */
function recordedPrometheus(state: string): string {
  try {
    return recordedText(`linkerd1/${state}.prometheus.txt`);
  } catch {
    return printPrometheus(parseMetricsJson(recordedText(`linkerd1/${state}.metrics.json`)));
  }
}

async function delegate({ delegations }: AdminRequest, request: IncomingMessage, url: URL): Promise<Answer> {
  if (request.method === 'GET') return delegateGet(delegations, url.searchParams);
  if (request.method !== 'POST') return plain('', 405);
  if (request.headers['content-type']?.startsWith('application/json') !== true) return plain('', 415);
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString('utf8');
  const { namespace, dtab, path } = JSON.parse(text) as Partial<DelegatorQuery>;
  if (namespace === undefined || dtab === undefined || path === undefined) {
    return plain(`Malformed delegation request: ${text}`, 400);
  }
  return delegated(delegations, { namespace, dtab, path });
}

function delegateGet(answers: Delegations, search: URLSearchParams): Answer {
  const path = search.get('path');
  if (path === null) return plain('Invalid path: Cannot invoke "String.length()" because "$this" is null', 400);
  return delegated(answers, { namespace: search.get('namespace') ?? '', dtab: search.get('dtab') ?? '', path });
}

function delegated(delegations: Delegations, query: DelegatorQuery): Answer {
  const { status, body } = delegations.answer(query);
  return typeof body === 'string' ? plain(body, status) : json(JSON.stringify(body), status);
}

function send(response: ServerResponse, faults: AdminFaults, { status, type, body }: Answer): void {
  const bytes = Buffer.from(body);
  const announced = bytes.length + (faults.lyingLength === true ? 100 : 0);
  response.writeHead(status, { 'content-type': type, 'content-length': announced });
  if (faults.slow === true) trickle(response, bytes);
  else if (faults.lyingLength === true) response.write(bytes, () => response.destroy());
  else response.end(bytes);
}

function trickle(response: ServerResponse, bytes: Buffer): void {
  let sent = 0;
  response.flushHeaders();
  const timer = setInterval(() => {
    if (sent < bytes.length) response.write(bytes.subarray(sent, ++sent));
    else {
      clearInterval(timer);
      response.end();
    }
  }, 1000);
  response.once('close', () => clearInterval(timer));
}
