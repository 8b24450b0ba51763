// Stand-in for namerd, which keeps dtabs for Linkerd 1: its HTTP API (GET /api/1/dtabs, GET /api/1/dtabs/NAME,
// GET /api/1/delegate/NAME?path=) and the definition of the DTab objects of its Kubernetes storage. namerd was not recorded: paths and
// shapes are those of its documentation (namerd/docs/interface.md and the DTab manifest of linkerd-examples,
// k8s-daemonset/k8s/namerd.yml). It judges nothing.

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { KubeClient } from '../../../src/kube/client.ts';
import type { ResourceKind } from '../../../src/kube/resource-kind.ts';
import { CUSTOM_RESOURCE_DEFINITION } from '../../../src/kube/resource-kind.ts';
import { until } from '../until.ts';

/** One entry of a dtab. */
export interface Dentry {
  readonly prefix: string;
  readonly dst: string;
}

/** A running stand-in. */
export interface Namerd {
  /** Of its HTTP API. */
  readonly address: string;
  /** Dtabs by their names; may change at any time. */
  readonly dtabs: Map<string, readonly Dentry[]>;
  /** Where names lead, as trees; may change at any time. */
  readonly delegations: Map<string, object>;
  close(): Promise<void>;
}

/** Starts the HTTP API on loopback. */
export async function startNamerd(): Promise<Namerd> {
  const dtabs = new Map<string, readonly Dentry[]>();
  const delegations = new Map<string, object>();
  const answerTo = (address: string): unknown => {
    const { pathname: path, searchParams } = new URL(address, 'http://namerd');
    if (/^\/api\/1\/delegate\/[^/]+$/.test(path)) return delegations.get(searchParams.get('path') ?? '');
    if (path === '/api/1/dtabs') return [...dtabs.keys()];
    return dtabs.get(decodeURIComponent(/^\/api\/1\/dtabs\/([^/]+)$/.exec(path)?.[1] ?? ''));
  };
  const server = createServer((request, response) => {
    const answer = answerTo(request.url ?? '');
    if (answer === undefined) response.writeHead(404).end();
    else response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    dtabs,
    delegations,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

/** DTab objects. */
export const DTAB: ResourceKind = { group: 'l5d.io', version: 'v1alpha1', plural: 'dtabs', kind: 'DTab', namespaced: true };

/** Installs the definition of DTab objects, and resolves when it is served. Their dentries stand beside the metadata. */
export async function installDtabObjects(client: KubeClient): Promise<void> {
  const text = { type: 'string' };
  const dentry = { type: 'object', properties: { prefix: text, dst: text } };
  const schema = { openAPIV3Schema: { type: 'object', properties: { dentries: { type: 'array', items: dentry } } } };
  await client.create(CUSTOM_RESOURCE_DEFINITION, {
    metadata: { name: 'dtabs.l5d.io' },
    spec: {
      ...{ group: 'l5d.io', scope: 'Namespaced', names: { plural: 'dtabs', singular: 'dtab', kind: 'DTab' } },
      versions: [{ name: 'v1alpha1', served: true, storage: true, schema }],
    },
  });
  await until(() => client.list(DTAB), { what: 'dtabs.l5d.io is served' });
}
