// Config room: fields of namers, interpreters, transformers and identifiers, as Linkerd 1.7.5 knows them.

import { CLIENT_TLS } from './schema-policy.ts';
import type { Kind, Schema } from './schema.ts';
import { ANYTHING, BOOL, COUNT, kind, kinds, listOf, object, PATH, PORT, TEXT } from './schema.ts';

const API = { host: TEXT, port: PORT };

/** `transformers` of a namer or an interpreter. */
export const TRANSFORMER = kinds('transformer', {
  'io.l5d.localhost': kind(),
  'io.l5d.specificHost': kind({ host: TEXT }, ['host']),
  'io.l5d.port': kind({ port: PORT }, ['port']),
  'io.l5d.k8s.daemonset': kind(
    { k8sHost: TEXT, k8sPort: PORT, namespace: TEXT, service: TEXT, port: ANYTHING, hostNetwork: BOOL, host: TEXT },
    ['namespace', 'service', 'port'],
  ),
  'io.l5d.k8s.localnode': kind({ hostNetwork: BOOL }),
  'io.l5d.replace': kind({ path: PATH }, ['path']),
  'io.l5d.const': kind({ path: PATH }, ['path']),
});

/** Namers that look into something other than Kubernetes or files. */
const ELSEWHERE: Kind = { ...kind(), open: true };
const ELSEWHERE_EXPERIMENTAL: Kind = { ...ELSEWHERE, experimental: true };

/** One of `namers`. */
export const NAMER = kinds(
  'namer',
  {
    'io.l5d.fs': kind({ rootDir: TEXT }, ['rootDir']),
    'io.l5d.k8s': kind({ ...API, labelSelector: TEXT }),
    'io.l5d.k8s.ns': kind({ ...API, labelSelector: TEXT, envVar: TEXT }),
    'io.l5d.k8s.external': { ...kind({ ...API, labelSelector: TEXT }), experimental: true },
    'io.l5d.rewrite': kind({ pattern: TEXT, name: TEXT }, ['prefix', 'pattern', 'name']),
    'io.l5d.serversets': ELSEWHERE,
    'io.l5d.consul': ELSEWHERE,
    'io.l5d.marathon': ELSEWHERE,
    'io.l5d.zkLeader': ELSEWHERE,
    'io.l5d.curator': ELSEWHERE,
    'io.l5d.rancher': ELSEWHERE_EXPERIMENTAL,
    'io.l5d.dnssrv': ELSEWHERE_EXPERIMENTAL,
    'io.l5d.k8s.istio': ELSEWHERE_EXPERIMENTAL,
  },
  { shared: { prefix: PATH, experimental: BOOL, transformers: listOf(TRANSFORMER) } },
);

const NAMERD = {
  dst: PATH,
  namespace: TEXT,
  retry: object({ baseSeconds: COUNT, maxSeconds: COUNT }),
  tls: object({ ...Object.fromEntries(CLIENT_TLS.fields), caCert: TEXT }),
};

/** `interpreter` of a router. */
export const INTERPRETER = kinds(
  'interpreter',
  {
    default: kind(),
    'io.l5d.namerd': kind(NAMERD, ['dst']),
    'io.l5d.namerd.http': { ...kind(NAMERD, ['dst']), experimental: true },
    'io.l5d.mesh': kind({ dst: PATH, root: PATH, retry: NAMERD.retry, tls: NAMERD.tls }, ['dst']),
    'io.l5d.fs': kind({ dtabFile: TEXT }, ['dtabFile']),
    'io.l5d.k8s.configMap': {
      ...kind({ ...API, name: TEXT, filename: TEXT, namespace: TEXT }, ['name', 'filename']),
      experimental: true,
    },
    'io.l5d.consul.interpreter': ELSEWHERE,
  },
  { shared: { experimental: BOOL, transformers: listOf(TRANSFORMER) }, byDefault: 'default' },
);

const HEADER = { header: TEXT };
const SEGMENTS: Schema = { type: 'int', min: 1 };

/** `identifier` of an http or h2 router. */
export const IDENTIFIER = kinds('identifier', {
  'io.l5d.header.token': kind(HEADER),
  'io.l5d.header.path': kind({ ...HEADER, segments: SEGMENTS }),
  'io.l5d.header': kind(HEADER),
  'io.l5d.methodAndHost': kind({ httpUriInDst: BOOL }),
  'io.l5d.path': kind({ segments: SEGMENTS, consume: BOOL }),
  'io.l5d.ingress': kind({ ...API, namespace: TEXT, ingressClassAnnotation: TEXT, ignoreDefaultBackends: BOOL }),
  'io.l5d.static': kind({ path: PATH }, ['path']),
  'io.l5d.k8s.istio': { ...kind(), open: true },
  'io.l5d.k8s.istio-ingress': { ...kind(), open: true },
});
