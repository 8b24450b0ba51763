// What the tests of names start from: Services that applications call through Linkerd 1 by names that DNS and their ports don't know, a
// configuration that leads them, and what a running Linkerd 1 answers about them. It judges nothing.

import type { Manifest } from '../../../src/kube/object.ts';
import type { Linkerd1 } from '../../support/linkerd1/install.ts';
import * as build from '../../support/workloads.ts';

const usual = [
  '/ph => /$/io.buoyant.rinet',
  '/svc => /ph/80',
  '/svc => /$/io.buoyant.porthostPfx/ph',
  '/k8s => /#/io.l5d.k8s',
  '/portNsSvc => /#/portNsSvcToK8s',
  '/host => /portNsSvc/http/default',
  '/host => /portNsSvc/http',
  '/svc => /$/io.buoyant.http.domainToPathPfx/host',
];
const ownNames = [
  '/host/legacy => /portNsSvc/http/books/ledger',
  '/host/world => 0.7*/portNsSvc/http/books/world-v1 & 0.3*/portNsSvc/http/books/world-v2',
];

/** A configuration as /config.json shows it, with more dentries at the end. */
export function configWith(dentries: readonly string[] = ownNames): object {
  return {
    namers: [
      { kind: 'io.l5d.k8s' },
      { kind: 'io.l5d.rewrite', prefix: '/portNsSvcToK8s', pattern: '/{port}/{ns}/{svc}', name: '/k8s/{ns}/{port}/{svc}' },
    ],
    routers: [
      {
        protocol: 'http',
        label: 'outgoing',
        servers: [{ port: 4140, ip: '0.0.0.0' }],
        dtab: [...usual, ...dentries].join(';'),
      },
    ],
    telemetry: [{ kind: 'io.l5d.prometheus' }],
    admin: { ip: '0.0.0.0', port: 9990 },
  };
}

/** A Service on port 7777, named http, with two pods that use no mesh. */
export function callee(name: string, namespace: string): Manifest[] {
  const service: Manifest = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace },
    spec: { selector: { app: name }, ports: [{ name: 'http', port: 7777, targetPort: 8080 }] },
  };
  return [service, build.deployment({ name, namespace, linkerd1: false })];
}

/** A leaf of /delegator.json. */
export function leaf(namespace: string, service: string): object {
  const id = `/#/io.l5d.k8s/${namespace}/http/${service}`;
  return { type: 'leaf', path: id, bound: { addr: { type: 'bound', addrs: [], meta: {} }, id, path: '/' } };
}

/** What the running Linkerd 1 answers about the names of `ownNames` and the Services of `callees`. */
export function answerNames(linkerd1: Linkerd1): void {
  linkerd1.serve({ config: configWith() });
  linkerd1.delegations.add('/svc/hello', leaf('default', 'hello'));
  linkerd1.delegations.add('/svc/ledger.books', leaf('books', 'ledger'));
  linkerd1.delegations.add('/svc/legacy', leaf('books', 'ledger'));
  linkerd1.delegations.add('/svc/world', {
    type: 'union',
    path: '/svc/world',
    union: [
      { weight: 0.7, tree: leaf('books', 'world-v1') },
      { weight: 0.3, tree: leaf('books', 'world-v2') },
    ],
  });
}

/** The Services that are called. */
export function callees(): Manifest[] {
  return [
    build.namespace('books'),
    ...callee('hello', 'default'),
    ...callee('ledger', 'books'),
    ...callee('world-v1', 'books'),
    ...callee('world-v2', 'books'),
  ];
}

/** An application that calls these names, as its configuration says. */
export function caller(namespace: string, urls: readonly string[]): Manifest {
  const env = urls.map((value, i) => ({ name: `URL_${i}`, value }));
  return build.deployment({ name: 'web', namespace, env });
}
