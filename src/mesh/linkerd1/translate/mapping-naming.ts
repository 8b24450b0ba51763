// Translate room, mapping table: how names come about: protocols, identifiers, dtabs, interpreters, namers, transformers.

import type { MappingRow } from './mapping.ts';
import { approximate, equivalent, lost, row } from './mapping.ts';

const OPAQUE = lost(
  'carried as opaque TCP with mTLS: list the port in config.linkerd.io/opaque-ports; metrics and retries by request are gone',
);
const DETECTED = equivalent('protocol detection', 'appProtocol on the Service port spares the wait of up to 10 s');
const IDENTIFIER = 'routers[].identifier';
const TRANSFORMERS = ['routers[].interpreter.transformers[]', 'namers[].transformers[]'];

/** Rows of routers' names. */
export const NAMING_ROWS: readonly MappingRow[] = [
  row('routers[].protocol', DETECTED, { value: 'http' }),
  row('routers[].protocol', DETECTED, { value: 'h2' }),
  row('routers[].protocol', OPAQUE, { value: 'thrift' }),
  row('routers[].protocol', OPAQUE, { value: 'mux' }),
  row('routers[].protocol', OPAQUE, { value: 'thriftmux' }),
  ...['thriftMethodInDst', 'thriftFramed', 'thriftProtocol'].map((field) => row(`routers[].${field}`, OPAQUE)),
  row(
    IDENTIFIER,
    equivalent('the DNS name of the Service', 'where the name is that of a Service in the right namespace; see the verdicts'),
    {
      value: 'io.l5d.header.token',
    },
  ),
  row(IDENTIFIER, approximate('HTTPRoute with rules for methods', 'dtabs for single methods become rules of one route'), {
    value: 'io.l5d.methodAndHost',
  }),
  row(IDENTIFIER, approximate('HTTPRoute with path rules on one Service', 'applications must call that Service'), {
    value: 'io.l5d.path',
  }),
  row(
    `${IDENTIFIER}.consume`,
    lost('Linkerd 2 does not rewrite paths: let the application leave the segments out, or keep an ingress that does'),
    { value: 'true' },
  ),
  row(IDENTIFIER, approximate('HTTPRoute with header rules', 'applications must call one Service'), { value: 'io.l5d.header' }),
  row(IDENTIFIER, approximate('HTTPRoute with header or path rules, or a GRPCRoute', 'applications must call one Service'), {
    value: 'io.l5d.header.path',
  }),
  row(IDENTIFIER, lost('Linkerd 2 has no ingress controller: mesh a real one'), { value: 'io.l5d.ingress' }),
  row(IDENTIFIER, approximate('the one Service that the name leads to', 'hosts are told apart again afterwards'), {
    value: 'io.l5d.static',
  }),
  row(IDENTIFIER, lost('translate the Istio rules by hand'), { value: 'io.l5d.k8s.istio' }),
  row(IDENTIFIER, lost('translate the Istio rules by hand'), { value: 'io.l5d.k8s.istio-ingress' }),
  row('routers[].dstPrefix', equivalent('only a part of logical names')),
  row('routers[].dtab', equivalent('Services', 'names that are Services already need nothing'), { value: 'service' }),
  row(
    'routers[].dtab',
    approximate('alias Service, or HTTPRoute on the name’s Service', 'a name that only the dtab knows becomes a Service'),
    { value: 'alias' },
  ),
  row(
    'routers[].dtab',
    approximate('HTTPRoute with weighted backendRefs', 'whole numbers; a backend without available endpoints is skipped'),
    { value: 'union' },
  ),
  row(
    'routers[].dtab',
    lost('the first name that exists is taken; make sure that it exists, since nothing falls back any more'),
    { value: 'alternate' },
  ),
  row('routers[].dtab', lost('a name can not be refused by a route; leave it without a Service, or deny it by policy'), {
    value: 'refusal',
  }),
  row('routers[].dtab', approximate('direct egress', 'DNS must work in the pod; an EgressNetwork can observe or deny it'), {
    value: 'outside',
  }),
  row('routers[].interpreter', equivalent('-', 'the dtab is in the configuration itself'), { value: 'default' }),
  row('routers[].interpreter', lost('read the dtab out of namerd, then retire it'), { value: 'io.l5d.namerd' }),
  row('routers[].interpreter', lost('read the dtab out of namerd, then retire it'), { value: 'io.l5d.namerd.http' }),
  row('routers[].interpreter', lost('read the dtab out of namerd, then retire it'), { value: 'io.l5d.mesh' }),
  row('routers[].interpreter', lost('read the dtab out of the file'), { value: 'io.l5d.fs' }),
  row('routers[].interpreter', lost('read the dtab out of the ConfigMap'), { value: 'io.l5d.k8s.configMap' }),
  row('routers[].interpreter', lost('read the dtab out of consul by hand'), { value: 'io.l5d.consul.interpreter' }),
  row('namers[]', equivalent('Kubernetes DNS and Services'), { value: 'io.l5d.k8s' }),
  row('namers[]', equivalent('Kubernetes DNS in the caller’s namespace', 'Linkerd 1 means its own namespace; see the verdicts'), {
    value: 'io.l5d.k8s.ns',
  }),
  row('namers[]', lost('call load balancers by their host names'), { value: 'io.l5d.k8s.external' }),
  row('namers[]', equivalent('part of the evaluation of names'), { value: 'io.l5d.rewrite' }),
  row('namers[]', lost('names bound by other directories need Services of their own (ExternalName, or EndpointSlices)')),
  ...TRANSFORMERS.flatMap((field) => [
    row(field, lost('the transformer replaces names; call the Service behind its path')),
    ...['io.l5d.k8s.daemonset', 'io.l5d.k8s.localnode', 'io.l5d.port', 'io.l5d.localhost', 'io.l5d.specificHost'].map((value) =>
      row(field, equivalent('the sidecar', 'only says which proxy a call passes'), { value }),
    ),
  ]),
];
