// Dtab room: the names that Linkerd 1 knows without configuration: /$/inet, /$/fail, /$/nil and the /$/io.buoyant.* namers.

import type { Addr } from './delegate-tree.ts';
import type { Lookup } from './namer.ts';
import { NEG, rewriteTo } from './namer.ts';
import type { Path } from './path.ts';
import { showPath } from './path.ts';

const HOST = /^[A-Za-z0-9.:_-]+$/;
const METHOD = /^[A-Z]+$/;
const PORT_LABEL = /^[a-z0-9][-a-z0-9]*[a-z0-9]?$/;
const INTEGER = /^[+-]?\d{1,9}$/;
const IPV4 = /^\d{1,3}(\.\d{1,3}){3}$/;

type Rewriter = (path: Path) => readonly string[] | undefined;

const REWRITERS: ReadonlyMap<string, Rewriter> = new Map<string, Rewriter>([
  ['io.buoyant.hostportPfx', ([pfx, hostPort, ...rest]) => hostAndPort(pfx, hostPort, (h, p) => [h, p], rest)],
  ['io.buoyant.porthostPfx', ([pfx, hostPort, ...rest]) => hostAndPort(pfx, hostPort, (h, p) => [p, h], rest)],
  ['io.buoyant.http.anyMethod', ([method, ...rest]) => (matches(method, METHOD) ? rest : undefined)],
  ['io.buoyant.http.anyMethodPfx', ([pfx, method, ...rest]) => (pfx && matches(method, METHOD) ? [pfx, ...rest] : undefined)],
  ['io.buoyant.http.anyHost', ([host, ...rest]) => (matches(host, HOST) ? rest : undefined)],
  ['io.buoyant.http.anyHostPfx', ([pfx, host, ...rest]) => (pfx && matches(host, HOST) ? [pfx, ...rest] : undefined)],
  ['io.buoyant.http.subdomainOf', ([domain, host, ...rest]) => subdomain(domain, host, [], rest)],
  ['io.buoyant.http.subdomainOfPfx', ([domain, pfx, host, ...rest]) => (pfx ? subdomain(domain, host, [pfx], rest) : undefined)],
  ['io.buoyant.http.domainToPath', ([host, ...rest]) => reversed([], host, rest)],
  ['io.buoyant.http.domainToPathPfx', ([pfx, host, ...rest]) => (pfx ? reversed([pfx], host, rest) : undefined)],
]);

/** Names of all namers that stand behind `/$/`. */
export const GLOBAL_NAMERS: readonly string[] = ['inet', 'fail', 'nil', 'io.buoyant.rinet', ...REWRITERS.keys()];

/**
 * What becomes of a name that no dentry and no configured namer took.
 * @param path the whole name
 */
export function lookupGlobally(path: Path): Lookup {
  const [mark, kind, ...rest] = path;
  if (mark !== '$' || kind === undefined) return NEG;
  if (kind === 'fail') return { kind: 'fail' };
  if (kind === 'nil') return { kind: 'empty' };
  if (kind === 'io.buoyant.rinet') return rinet(path, rest);
  const rewriter = REWRITERS.get(kind);
  if (rewriter) {
    const segments = rewriter(rest);
    return segments ? rewriteTo(segments) : NEG;
  }
  return inet(path, rest) ?? { kind: 'exception', message: `Unknown namer: ${kind} for path: ${showPath(path)}` };
}

function inet(path: Path, rest: Path): Lookup | undefined {
  if (path[1] !== 'inet') return undefined;
  const [first, second] = rest;
  if (second !== undefined && INTEGER.test(second)) return addressed(path, 4, { host: first ?? '', port: second });
  if (first !== undefined && INTEGER.test(first)) return addressed(path, 3, { host: '127.0.0.1', port: first });
  return undefined;
}

function rinet(path: Path, rest: Path): Lookup {
  const [port, host] = rest;
  return port === undefined || host === undefined ? NEG : addressed(path, 4, { host, port });
}

function addressed(path: Path, length: number, to: { host: string; port: string }): Lookup {
  return { kind: 'bound', id: path.slice(0, length), residual: path.slice(length), addr: addressOf(to.host, to.port) };
}

/** Addresses are bound at once; host names wait for a DNS that is not asked here. */
function addressOf(host: string, port: string): Addr {
  if (host.includes(':')) {
    return { type: 'failed', cause: `requirement failed: You must specify host and port in hosts: ${host}:${port}` };
  }
  const number = INTEGER.test(port) ? Number(port) : NaN;
  if (!(number >= 0 && number <= 65_535)) return { type: 'failed', cause: `not a port: ${port}` };
  return IPV4.test(host) ? { type: 'bound', addrs: [{ ip: host, port: number, meta: {} }], meta: {} } : { type: 'pending' };
}

function matches(segment: string | undefined, pattern: RegExp): boolean {
  return segment !== undefined && pattern.test(segment);
}

/** Java's `split`: empty strings at the end are dropped. */
function split(text: string, separator: string): string[] {
  const parts = text.split(separator);
  while (parts.length > 1 && parts.at(-1) === '') parts.pop();
  return parts.length === 1 && parts[0] === '' && text !== '' ? [] : parts;
}

function hostAndPort(
  pfx: string | undefined,
  hostPort: string | undefined,
  order: (host: string, port: string) => readonly string[],
  rest: Path,
): readonly string[] | undefined {
  if (pfx === undefined || hostPort === undefined) return undefined;
  const [host, port, ...more] = split(hostPort, ':');
  if (host === undefined || port === undefined || more.length > 0) return undefined;
  return PORT_LABEL.test(port) && port.length <= 63 ? [pfx, ...order(host, port), ...rest] : undefined;
}

function subdomain(domain: string | undefined, host: string | undefined, pfx: Path, rest: Path): readonly string[] | undefined {
  if (domain === undefined || host === undefined || !HOST.test(domain) || !HOST.test(host)) return undefined;
  const colon = host.indexOf(':');
  const bare = colon > 0 ? host.slice(0, colon) : host;
  const suffix = `.${domain}`;
  if (!bare.endsWith(suffix) || bare.length === suffix.length) return undefined;
  return [...pfx, bare.slice(0, -suffix.length), ...rest];
}

function reversed(pfx: Path, host: string | undefined, rest: Path): readonly string[] | undefined {
  if (host === undefined || !HOST.test(host)) return undefined;
  return [...pfx, ...split(host, '.').reverse(), ...rest];
}
