// A Linkerd 1 of some pods on loopback addresses, each answering as a test says, for tests of the reader. It judges nothing.

import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createHttpGet } from '../../../src/controller/http-get.ts';
import type { MeshMigrationSpec } from '../../../src/api/v1alpha1/mesh-migration.ts';
import type { KubeObjectLike } from '../../../src/mesh/adapter.ts';
import type { NamesIo } from '../../../src/mesh/names.ts';

/** Answers of one pod by path; anything else is 404. */
export type Pages = Readonly<Record<string, string | ((request: IncomingMessage, response: ServerResponse) => void)>>;

/** A router on 4140 that leads `/svc/x` to the Service x in `default`, and the metrics page of no traffic. */
export const usualConfig = {
  namers: [{ kind: 'io.l5d.k8s' }],
  routers: [
    {
      protocol: 'http',
      label: 'outgoing',
      servers: [{ port: 4140, ip: '0.0.0.0' }],
      dtab: '/svc => /#/io.l5d.k8s/default/http',
    },
  ],
};

/** Pages of an ordinary pod that has counted these requests. */
export function pagesWith(requests: Readonly<Record<string, number>>, config: object = usualConfig): Pages {
  const metrics = Object.fromEntries(
    Object.entries(requests).flatMap(([name, count]) => [
      [`rt/outgoing/service/svc/${name}/requests`, count],
      [`rt/outgoing/service/svc/${name}/success`, count],
    ]),
  );
  return { '/config.json': JSON.stringify(config), '/admin/metrics.json': JSON.stringify(metrics) };
}

/** Runs with pods whose addresses are 127.0.0.2 and following. */
export async function withPods<T>(
  pods: readonly Pages[],
  use: (io: NamesIo, spec: MeshMigrationSpec) => Promise<T>,
  objects: Readonly<Record<string, readonly KubeObjectLike[]>> = {},
): Promise<T> {
  const server = createServer((request, response) => {
    const index = Number(request.socket.localAddress?.split('.').at(-1)) - 2;
    const page = pods[index]?.[(request.url ?? '').split('?')[0] ?? ''];
    if (page === undefined) response.writeHead(404).end();
    else if (typeof page === 'string') response.end(page);
    else page(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '0.0.0.0', resolve));
  const { port } = server.address() as AddressInfo;
  const lists: Readonly<Record<string, readonly KubeObjectLike[]>> = {
    daemonsets: [daemonSet],
    pods: pods.map((_pages, i) => podAt(i)),
    ...objects,
  };
  const io: NamesIo = {
    http: createHttpGet(),
    list: ({ plural }) => Promise.resolve({ kind: 'objects', items: lists[plural] ?? [] }),
  };
  const spec: MeshMigrationSpec = {
    source: { mesh: 'Linkerd1', linkerd1: { adminPort: port } },
    target: { mesh: 'Linkerd2' },
    waves: [{ name: 'all', namespaces: ['shop'] }],
  };
  try {
    return await use(io, spec);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

const daemonSet = {
  metadata: { name: 'l5d', namespace: 'l5d-system', uid: 'set' },
  spec: { template: { spec: { containers: [{ name: 'l5d', image: 'buoyantio/linkerd:1.7.5' }] } } },
} as KubeObjectLike;

function podAt(i: number): KubeObjectLike {
  const metadata = { name: `l5d-${i}`, namespace: 'l5d-system', uid: `pod-${i}`, ownerReferences: [{ uid: 'set' }] };
  return { metadata, status: { phase: 'Running', podIP: `127.0.0.${i + 2}` } };
}
