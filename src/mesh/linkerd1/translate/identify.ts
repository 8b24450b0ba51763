// Translate room: which logical names Linkerd 1 gives to a call, or why that can't be told from host and port.

import type { IdentifierConfig, RouterConfig } from '../config/model.ts';
import { parsePath } from '../dtab/parse.ts';
import type { Path } from '../dtab/path.ts';
import { segmentOf } from '../dtab/path.ts';
import type { Call } from './call.ts';
import { hostHeader } from './call.ts';
import type { Blocked } from './verdict.ts';

/** Requests of a call that get the same name. */
export interface NamedRequests {
  readonly name: Path;
  readonly methods?: readonly string[];
  /** `/a/b`: requests for paths below it. */
  readonly pathPrefix?: string;
}

/** Names of a call. */
export type Identification =
  { readonly ok: true; readonly requests: readonly NamedRequests[] } | { readonly ok: false; readonly blocked: Blocked };

const METHODS = ['GET', 'HEAD', 'OPTIONS', 'POST', 'PUT', 'PATCH', 'DELETE', 'TRACE'];

type Rule = (router: RouterConfig, config: IdentifierConfig, call: Call) => Identification;

const RULES: ReadonlyMap<string, Rule> = new Map<string, Rule>([
  ['io.l5d.header.token', byHeaderToken],
  ['io.l5d.methodAndHost', byMethodAndHost],
  ['io.l5d.static', (router, config) => named([{ name: [...parsePath(router.dstPrefix), ...parsePath(config.path ?? '/')] }])],
  ['io.l5d.path', byPath],
  ['io.l5d.header', byHeader],
  ['io.l5d.header.path', byHeader],
  [
    'io.l5d.ingress',
    () =>
      blocked(
        'IngressIdentifier',
        'the router takes names from Ingress objects; Linkerd 2 has no ingress controller',
        'put a real ingress controller in front, mesh it, and let it route these hosts',
      ),
  ],
]);

/** Names that the router gives to a call. Of several identifiers, the first one that can name a plain request counts. */
export function identify(router: RouterConfig, call: Call): Identification {
  if (router.protocol !== 'http' && router.protocol !== 'h2') {
    return blocked(
      'ProtocolWithoutNames',
      `the router speaks ${router.protocol}; Linkerd 2 carries it as plain TCP by address`,
      'call the Service by its own name and port, and list the port in config.linkerd.io/opaque-ports',
    );
  }
  const all = router.identifiers.map((config) => (RULES.get(config.kind) ?? unknownIdentifier)(router, config, call));
  return (
    all.find((found) => found.ok) ?? all[0] ?? named([{ name: [...parsePath(router.dstPrefix), segmentOf(hostHeader(call))] }])
  );
}

function byHeaderToken(router: RouterConfig, config: IdentifierConfig, call: Call): Identification {
  const header = (config.header ?? 'Host').toLowerCase();
  if (header !== 'host' && header !== ':authority') return byHeader(router, config);
  return named([{ name: [...parsePath(router.dstPrefix), segmentOf(hostHeader(call))] }]);
}

function byMethodAndHost(router: RouterConfig, config: IdentifierConfig, call: Call): Identification {
  if (config.httpUriInDst === true) {
    return blocked(
      'UriIdentifier',
      'the router puts whole URLs into names',
      'write HTTPRoutes for the paths that the dtab tells apart',
    );
  }
  const dst = parsePath(router.dstPrefix);
  const host = segmentOf(hostHeader(call).toLowerCase());
  return named(METHODS.map((method) => ({ name: [...dst, '1.1', method, host], methods: [method] })));
}

function byPath(router: RouterConfig, config: IdentifierConfig, call: Call): Identification {
  const segments = config.segments ?? 1;
  if (config.consume === true) {
    return blocked(
      'PathConsumed',
      `the router takes ${segments} segment(s) of the path as the name and removes them; Linkerd 2 does not rewrite paths`,
      'let the application call the Service by name without these segments, or keep an ingress that rewrites paths',
    );
  }
  const parts = (call.path ?? '').split('/').filter((part) => part !== '');
  if (parts.length < segments) {
    return blocked(
      'PathIdentifier',
      `the router takes ${segments} segment(s) of the path as the name, and the path of this call is not known`,
      'list the paths that are called, or write an HTTPRoute with path rules on the Service that is called',
    );
  }
  const taken = parts.slice(0, segments);
  return named([{ name: [...parsePath(router.dstPrefix), ...taken.map(segmentOf)], pathPrefix: `/${taken.join('/')}` }]);
}

function byHeader(_router: RouterConfig, config: IdentifierConfig): Identification {
  const header = config.header ?? (config.kind === 'io.l5d.header' ? 'l5d-name' : ':path');
  return blocked(
    'HeaderIdentifier',
    `the router takes names from the header ${header}, so host and port do not tell where calls go`,
    `write an HTTPRoute with rules for ${header} on the Service that is called, or a GRPCRoute for gRPC`,
  );
}

function unknownIdentifier(_router: RouterConfig, config: IdentifierConfig): Identification {
  return blocked('UnknownIdentifier', `names by ${config.kind} are not known here`, 'translate these names by hand');
}

function named(requests: readonly NamedRequests[]): Identification {
  return { ok: true, requests };
}

function blocked(reason: Blocked['reason'], message: string, remedy: string): Identification {
  return { ok: false, blocked: { reason, message, remedy } };
}
