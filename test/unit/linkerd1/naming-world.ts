// A small cluster, the usual dtab, and short ways to ask for verdicts and plans about them.

import { readLinkerdConfig } from '../../../src/mesh/linkerd1/config/read.ts';
import { readClusterObjects } from '../../../src/mesh/linkerd1/dtab/read-objects.ts';
import type { Call } from '../../../src/mesh/linkerd1/translate/call.ts';
import { readCall } from '../../../src/mesh/linkerd1/translate/call.ts';
import { judgeCall } from '../../../src/mesh/linkerd1/translate/judge.ts';
import { planNames } from '../../../src/mesh/linkerd1/translate/plan-names.ts';
import type { NamePlan } from '../../../src/mesh/linkerd1/translate/planned.ts';
import type { NameVerdict } from '../../../src/mesh/linkerd1/translate/verdict.ts';
import type { WorldParts } from '../../../src/mesh/linkerd1/translate/world.ts';
import { namingWorld } from '../../../src/mesh/linkerd1/translate/world.ts';

/** Service with pods: `name.namespace`, ports as name:port:target, more of the spec. */
export function service(full: string, ports: string[], more: object = {}): object[] {
  const [name, namespace] = full.split('.');
  const parsed = ports.map((text) => {
    const [port, number, target] = text.split(':');
    return { ...(port ? { name: port } : {}), port: Number(number), targetPort: Number(target ?? number) };
  });
  const metadata = { name, namespace };
  const ip = `10.0.${name!.length}.${(full.length + full.charCodeAt(0) + full.charCodeAt(full.indexOf('.') - 1)) % 250}`;
  const subsets = [
    {
      addresses: [{ ip }],
      ports: parsed.map((port) => ({ ...('name' in port ? { name: port.name } : {}), port: port.targetPort })),
    },
  ];
  const spec = { selector: { app: name }, ports: parsed, ...more };
  return [
    { kind: 'Service', metadata, spec },
    { kind: 'Endpoints', metadata, subsets },
  ];
}

export const objects = [
  ...service('hello.default', ['http:80:8080', 'admin:9990']),
  ...service('ledger-v1.default', ['http:7777']),
  ...service('web.shop', ['http:80']),
  ...service('world-v1.default', ['http:7778']),
  ...service('world-v2.default', ['http:7778']),
  ...service('apex.default', ['http:80']),
  ...service('apex-v2.default', ['http:80']),
  ...service('bare.default', ['http:7777'], { clusterIP: 'None' }),
  ...service('bare80.default', ['http:80'], { clusterIP: 'None' }),
  ...service('plain.default', [':8080']),
  ...service('twin.shop', ['http:80']),
  ...service('twin.default', ['http:80']),
  {
    kind: 'Service',
    metadata: { name: 'ext', namespace: 'default' },
    spec: { type: 'ExternalName', externalName: 'hello.default.svc.cluster.local' },
  },
  {
    kind: 'Service',
    metadata: { name: 'away', namespace: 'default' },
    spec: { type: 'ExternalName', externalName: 'db.example.com' },
  },
  {
    kind: 'Service',
    metadata: { name: 'loop', namespace: 'default' },
    spec: { type: 'ExternalName', externalName: 'loop.default.svc.cluster.local' },
  },
  { kind: 'Namespace', metadata: { name: 'shop' } },
];
export const cluster = readClusterObjects(objects);

export const usual = `
  /ph => /$/io.buoyant.rinet ;
  /svc => /ph/80 ;
  /svc => /$/io.buoyant.porthostPfx/ph ;
  /k8s => /#/io.l5d.k8s ;
  /portNsSvc => /#/portNsSvcToK8s ;
  /host => /portNsSvc/http/default ;
  /host => /portNsSvc/http ;
  /svc => /$/io.buoyant.http.domainToPathPfx/host ;`;
export const document = (router: string): string => `
namers:
- kind: io.l5d.k8s
- {kind: io.l5d.rewrite, prefix: /portNsSvcToK8s, pattern: "/{port}/{ns}/{svc}", name: "/k8s/{ns}/{port}/{svc}"}
- {kind: io.l5d.consul}
routers:
- protocol: http
  servers: [{port: 4140}]
${router}`;

export function parts(dtab: string, router = ''): WorldParts {
  const config = readLinkerdConfig(document(router)).config!;
  return { config, router: config.routers[0]!, dtab: usual + dtab, cluster, l5dNamespace: 'linkerd' };
}
export function call(namespace: string, text: string): Call {
  const read = readCall(namespace, text);
  if ('error' in read) throw new Error(read.error);
  return read;
}
export const judge = (from: string, name: string, dtab = '', router = ''): NameVerdict =>
  judgeCall(namingWorld(parts(dtab, router)), call(from, name));
export const short = (verdict: NameVerdict): string => `${verdict.verdict} ${verdict.reason} ${verdict.today}`;
export const plan = (verdicts: NameVerdict[], servicePorts: 'Add' | 'Report' = 'Add'): NamePlan =>
  planNames(verdicts, {
    cluster,
    dtabs: [usual],
    servicePorts,
    stamp: (manifest) => ({ ...manifest, metadata: { ...manifest.metadata, labels: { by: 'test' } } }),
  });
