// Config room: checked values to the typed model, with Linkerd 1's defaults. The schema has made sure of every type, so the casts
// below are where checked values get their types. Pure.

import type {
  AdminConfig,
  ClientPolicy,
  IdentifierConfig,
  InterpreterConfig,
  LinkerdConfig,
  NamerConfig,
  PolicyBlock,
  RouterConfig,
  ServerConfig,
  ServicePolicy,
  TelemeterConfig,
} from './model.ts';

/** Ports that a server without one listens on. */
const DEFAULT_PORTS: Readonly<Record<RouterConfig['protocol'], number>> = {
  http: 4140,
  h2: 4142,
  mux: 4141,
  thrift: 4114,
  thriftmux: 4144,
};

interface RawRouter extends Partial<Omit<RouterConfig, 'protocol' | 'servers' | 'service' | 'client'>> {
  readonly protocol: RouterConfig['protocol'];
  readonly servers?: readonly Partial<ServerConfig>[];
  readonly identifier?: readonly IdentifierConfig[];
  readonly service?: RawBlock;
  readonly client?: RawBlock;
}

interface RawBlock {
  readonly kind: 'io.l5d.global' | 'io.l5d.static';
  readonly configs?: readonly { readonly prefix?: string }[];
}

interface RawDocument {
  readonly admin?: Partial<AdminConfig>;
  readonly routers?: readonly RawRouter[];
  readonly namers?: readonly (Omit<NamerConfig, 'prefix'> & { readonly prefix?: string })[];
  readonly telemetry?: readonly TelemeterConfig[];
}

/** The model of a document that was checked against the schema. */
export function buildModel(document: Readonly<Record<string, unknown>>): LinkerdConfig {
  const raw = document as RawDocument;
  return {
    admin: { ip: '127.0.0.1', port: 9990, ...raw.admin },
    routers: (raw.routers ?? []).map(router),
    namers: (raw.namers ?? []).map((namer) => ({ ...namer, prefix: namer.prefix ?? `/${namer.kind}` })),
    telemetry: raw.telemetry ?? [],
    document,
  };
}

function router(raw: RawRouter): RouterConfig {
  const { identifier, service, client, servers = [], ...rest } = raw;
  return {
    ...rest,
    label: raw.label ?? raw.protocol,
    servers: servers.map((server) => ({ ip: '127.0.0.1', port: DEFAULT_PORTS[raw.protocol], ...server })),
    dtab: raw.dtab ?? '',
    dstPrefix: raw.dstPrefix ?? '/svc',
    identifiers: identifier && identifier.length > 0 ? identifier : [defaultIdentifier(raw.protocol)],
    interpreter: raw.interpreter ?? DEFAULT_INTERPRETER,
    service: block<ServicePolicy>(service),
    client: block<ClientPolicy>(client),
  };
}

const DEFAULT_INTERPRETER: InterpreterConfig = { kind: 'default' };

function defaultIdentifier(protocol: RouterConfig['protocol']): IdentifierConfig {
  return { kind: 'io.l5d.header.token', header: protocol === 'h2' ? ':authority' : 'Host' };
}

function block<Policy>(raw: RawBlock | undefined): PolicyBlock<Policy> {
  if (raw?.kind === 'io.l5d.static') {
    const configs = (raw.configs ?? []).flatMap(({ prefix, ...policy }) =>
      prefix === undefined ? [] : [{ prefix, policy: policy as Policy }],
    );
    return { kind: raw.kind, configs };
  }
  const { kind: _kind, configs: _configs, ...policy } = raw ?? { kind: 'io.l5d.global' };
  return { kind: 'io.l5d.global', configs: [{ prefix: '/', policy: policy as Policy }] };
}
