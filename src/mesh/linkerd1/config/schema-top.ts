// Config room: the whole document: admin, routers with servers, namers, telemetry, usage, as Linkerd 1.7.5 knows them.

import { IDENTIFIER, INTERPRETER, NAMER } from './schema-naming.ts';
import { CLIENT, SERVICE } from './schema-policy.ts';
import type { KindSchema, Schema } from './schema.ts';
import { ANYTHING, BOOL, COUNT, fields, kind, kinds, listOf, object, PATH, PORT, TEXT, TEXTS } from './schema.ts';

const SOCKET = object({
  noDelay: BOOL,
  reuseAddr: BOOL,
  reusePort: BOOL,
  writeTimeoutMs: COUNT,
  readTimeoutMs: COUNT,
  keepAlive: BOOL,
  backlog: COUNT,
});
const SERVER_TLS = object(
  {
    enabled: BOOL,
    certPath: TEXT,
    keyPath: TEXT,
    intermediateCertsPath: TEXT,
    requireClientAuth: BOOL,
    caCertPath: TEXT,
    ciphers: TEXTS,
    protocols: TEXTS,
  },
  ['certPath', 'keyPath'],
);
const LABELER = kinds('labeler', {
  ip: kind(),
  'ip:port': kind(),
  connectionRandom: kind(),
  requestRandom: kind(),
  router: kind(),
  static: kind({ label: TEXT }, ['label']),
});

const SERVER_FIELDS = {
  port: PORT,
  ip: TEXT,
  tls: SERVER_TLS,
  label: TEXT,
  maxConcurrentRequests: COUNT,
  announce: TEXTS,
  timeoutMs: COUNT,
  clearContext: BOOL,
  socketOptions: SOCKET,
  serverSession: object({ idleTimeMs: COUNT, lifeTimeMs: COUNT }),
  maxCallDepth: COUNT,
  addForwardedHeader: object({ by: LABELER, for: LABELER }),
  timestampHeader: TEXT,
  windowUpdateRatio: { type: 'number' },
  headerTableBytes: COUNT,
  initialWindowBytes: COUNT,
  maxConcurrentStreamsPerConnection: COUNT,
  maxFrameBytes: COUNT,
  maxHeaderListBytes: COUNT,
} satisfies Readonly<Record<string, Schema>>;

const ROUTER_FIELDS = {
  label: TEXT,
  servers: listOf(object(SERVER_FIELDS)),
  dtab: { type: 'dtab' },
  dstPrefix: PATH,
  interpreter: INTERPRETER,
  service: SERVICE,
  client: CLIENT,
  originator: BOOL,
  experimental: BOOL,
  bindingTimeoutMs: COUNT,
  bindingCache: object({ paths: COUNT, trees: COUNT, bounds: COUNT, clients: COUNT, idleTtlSecs: COUNT }),
  announcers: listOf(kinds('announcer', { 'io.l5d.serversets': { ...kind(), open: true } })),
} satisfies Readonly<Record<string, Schema>>;

const TRACE_PROPAGATOR = kinds('trace propagator', { 'io.l5d.default': kind(), 'io.l5d.zipkin': kind() });
const HTTP_FIELDS = {
  identifier: listOf(IDENTIFIER, true),
  httpAccessLog: TEXT,
  httpAccessLogRollPolicy: TEXT,
  httpAccessLogAppend: BOOL,
  httpAccessLogRotateCount: { type: 'int' },
  maxHeadersKB: COUNT,
  maxInitialLineKB: COUNT,
  maxErrResponseKB: COUNT,
  streamAfterContentLengthKB: COUNT,
  streamingEnabled: BOOL,
  compressionLevel: { type: 'int', min: -1, max: 9 },
  tracePropagator: TRACE_PROPAGATOR,
} satisfies Readonly<Record<string, Schema>>;
const H2_FIELDS = {
  identifier: listOf(IDENTIFIER, true),
  h2AccessLog: TEXT,
  h2AccessLogRollPolicy: TEXT,
  h2AccessLogAppend: BOOL,
  h2AccessLogRotateCount: { type: 'int' },
  tracePropagator: TRACE_PROPAGATOR,
} satisfies Readonly<Record<string, Schema>>;
const THRIFT_FIELDS = { thriftMethodInDst: BOOL, thriftFramed: BOOL, thriftProtocol: TEXT };

/** One of `routers`. */
export const ROUTER: KindSchema = {
  type: 'kind',
  what: 'protocol',
  by: 'protocol',
  kinds: new Map([
    ['http', kind(HTTP_FIELDS)],
    ['h2', kind(H2_FIELDS)],
    ['thrift', kind(THRIFT_FIELDS)],
    ['mux', kind()],
    ['thriftmux', kind(THRIFT_FIELDS)],
  ]),
  shared: fields(ROUTER_FIELDS),
};

const SAMPLE: Schema = { type: 'number', min: 0, max: 1 };
const TELEMETER = kinds(
  'telemeter',
  {
    'io.l5d.prometheus': kind({ path: TEXT, prefix: TEXT }),
    'io.l5d.influxdb': kind(),
    'io.l5d.statsd': {
      ...kind({ prefix: TEXT, hostname: TEXT, port: PORT, gaugeIntervalMs: COUNT, sampleRate: SAMPLE }),
      experimental: true,
    },
    'io.l5d.tracelog': kind({ sampleRate: SAMPLE, level: TEXT, host: TEXT }),
    'io.l5d.recentRequests': kind({ sampleRate: SAMPLE, capacity: COUNT }, ['sampleRate']),
    'io.l5d.zipkin': kind({ host: TEXT, port: PORT, sampleRate: SAMPLE }),
    'io.zipkin.http': { ...kind(), open: true },
    'io.zipkin.kafka': { ...kind(), open: true },
    'io.zipkin.scribe': { ...kind(), open: true },
  },
  { shared: { experimental: BOOL } },
);

const SECURITY = object({
  uiEnabled: BOOL,
  controlEnabled: BOOL,
  diagnosticsEnabled: BOOL,
  pathWhitelist: TEXTS,
  pathBlacklist: TEXTS,
});
const ADMIN = object({
  ip: TEXT,
  port: PORT,
  httpIdentifierPort: PORT,
  shutdownGraceMs: COUNT,
  tls: SERVER_TLS,
  security: SECURITY,
  socketOptions: SOCKET,
  workerThreads: COUNT,
});

/** The document. */
export const LINKER = object({
  admin: ADMIN,
  routers: listOf(ROUTER),
  namers: listOf(NAMER),
  telemetry: listOf(TELEMETER),
  usage: object({ orgId: TEXT, enabled: BOOL }),
});

/** Fields that only the answer of /config.json shows: leftovers of how Linkerd 1 writes its own objects. */
export const CONFIG_JSON_LEFTOVERS: ReadonlyMap<string, Schema> = new Map(
  ['DefaultHost', 'DefaultNamespace', 'DefaultPort', 'ReaderDiscardedMonitor'].map((name) => [name, ANYTHING]),
);
