// Names and plans, measured without a cluster: many names against many dentries, and the plan of many workloads, each beside the least that
// any program would have to do for it in the same run. Judges nothing.

import { parseAllDocuments, stringify } from 'yaml';
import type { MeshMigration } from '../../src/api/v1alpha1/mesh-migration.ts';
import { fileSource } from '../../src/cli/plan/file-source.ts';
import { makePlan } from '../../src/cli/plan/make-plan.ts';
import { readLinkerdConfig } from '../../src/mesh/linkerd1/config/read.ts';
import { readClusterObjects } from '../../src/mesh/linkerd1/dtab/read-objects.ts';
import { readCall } from '../../src/mesh/linkerd1/translate/call.ts';
import { judgeCall } from '../../src/mesh/linkerd1/translate/judge.ts';
import { namingWorld } from '../../src/mesh/linkerd1/translate/world.ts';
import type { Result } from './results.ts';

const NAMES = 10_000;
const DENTRIES = 200;
const WORKLOADS = 1_000;
const SERVICES = 500;
const NAMESPACES = 20;
const ROUNDS = 3;

/** Measures both. */
export async function measureNames(): Promise<Result[]> {
  return [...names(), ...(await plan())];
}

const place = (i: number): { name: string; namespace: string } => ({ name: `svc-${i}`, namespace: `team-${i % NAMESPACES}` });

const dentries: readonly string[] = [
  '/ph => /$/io.buoyant.rinet',
  '/svc => /ph/80',
  '/svc => /$/io.buoyant.porthostPfx/ph',
  '/k8s => /#/io.l5d.k8s',
  '/portNsSvc => /#/portNsSvcToK8s',
  '/host => /portNsSvc/http/team-0',
  '/host => /portNsSvc/http',
  '/svc => /$/io.buoyant.http.domainToPathPfx/host',
  ...Array.from({ length: DENTRIES - 8 }, (_, i) => {
    const [one, two] = [place(i), place(i + NAMESPACES)];
    const to = ({ name, namespace }: typeof one): string => `/portNsSvc/http/${namespace}/${name}`;
    return i % 4 === 0 ? `/host/own-${i} => 7*${to(one)} & 3*${to(two)}` : `/host/own-${i} => ${to(one)} | ${to(two)}`;
  }),
];

const config = {
  namers: [
    { kind: 'io.l5d.k8s' },
    { kind: 'io.l5d.rewrite', prefix: '/portNsSvcToK8s', pattern: '/{port}/{ns}/{svc}', name: '/k8s/{ns}/{port}/{svc}' },
  ],
  routers: [{ protocol: 'http', label: 'outgoing', servers: [{ port: 4140, ip: '0.0.0.0' }], dtab: dentries.join(';') }],
};

/** Portless, dtab-only, with a namespace, with a port, outside: in turn. */
function host(i: number): string {
  const { name, namespace } = place(i % SERVICES);
  const forms = [name, `own-${i % (DENTRIES - 8)}`, `${name}.${namespace}`, `${name}.${namespace}:7777`, `host-${i}.example.com`];
  return forms[i % forms.length] ?? name;
}

function services(): object[] {
  return Array.from({ length: SERVICES }, (_, i) => place(i)).flatMap((metadata, i) => {
    const ip = `10.${1 + (i >> 8)}.${i & 255}.9`;
    const ports = [{ name: 'http', port: 7777, targetPort: 8080 }];
    return [
      { apiVersion: 'v1', kind: 'Service', metadata, spec: { selector: { app: metadata.name }, ports } },
      {
        apiVersion: 'discovery.k8s.io/v1',
        kind: 'EndpointSlice',
        addressType: 'IPv4',
        metadata: { ...metadata, labels: { 'kubernetes.io/service-name': metadata.name } },
        ports: [{ name: 'http', port: 8080 }],
        endpoints: [{ addresses: [ip], conditions: { ready: true } }],
      },
    ];
  });
}

const namespaces = (): object[] =>
  Array.from({ length: NAMESPACES }, (_, i) => ({
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: `team-${i}`, labels: { bench: 'yes' } },
  }));

/** The shortest of some rounds, in seconds. */
async function shortest(round: () => unknown): Promise<number> {
  const all: number[] = [];
  for (let i = 0; i < ROUNDS; i += 1) {
    const began = performance.now();
    await round();
    all.push((performance.now() - began) / 1_000);
  }
  return Math.min(...all);
}

function shortestNow(round: () => unknown): number {
  const all = Array.from({ length: ROUNDS }, () => {
    const began = performance.now();
    round();
    return (performance.now() - began) / 1_000;
  });
  return Math.min(...all);
}

function names(): Result[] {
  const cluster = readClusterObjects([...namespaces(), ...services()] as never);
  const hosts = Array.from({ length: NAMES }, (_, i) => host(i));
  let judged = 0;
  const own = shortestNow(() => {
    const reading = readLinkerdConfig(JSON.stringify(config));
    const [router] = reading.config?.routers ?? [];
    if (reading.config === undefined || router === undefined) throw new Error('the configuration can not be read');
    const world = namingWorld({ config: reading.config, router, dtab: router.dtab, cluster, l5dNamespace: 'linkerd' });
    judged = 0;
    for (const [i, name] of hosts.entries()) {
      const call = readCall(`team-${i % NAMESPACES}`, name);
      if ('error' in call) throw new Error(call.error);
      if (judgeCall(world, call).verdict !== 'blocked') judged += 1;
    }
  });
  // Whoever leads names has to look at least at the beginning of each dentry once.
  const prefixes = dentries.map((dentry) => (dentry.split(' ')[0] ?? '').replace(/^\/(svc|host)/, ''));
  let found = 0;
  const least = shortestNow(() => {
    for (const name of hosts) for (const prefix of prefixes) if (`/${name}`.startsWith(prefix)) found += 1;
  });
  if (judged === 0 || found === 0) throw new Error('nothing was measured');
  return [
    { name: `${NAMES} names against ${DENTRIES} dentries`, value: own, unit: 's', target: 2 },
    { name: 'names, verdicts / one look at each dentry', value: own / least, unit: 'ratio' },
  ];
}

function workloads(): object[] {
  return Array.from({ length: WORKLOADS }, (_, i) => {
    const env = [
      { name: 'NODE_NAME', valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } },
      { name: 'http_proxy', value: '$(NODE_NAME):4140' },
      ...[0, 1, 2].map((n) => ({ name: `URL_${n}`, value: `http://${host(i * 3 + n)}/` })),
    ];
    const labels = { app: `app-${i}` };
    return {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: `app-${i}`, namespace: `team-${i % NAMESPACES}` },
      spec: {
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: { containers: [{ name: 'app', image: 'app:1', env }] } },
      },
    };
  });
}

function linkerd1(): object[] {
  const metadata = { name: 'l5d', namespace: 'linkerd' };
  const files = { 'config.yaml': stringify(config) };
  const container = { name: 'l5d', image: 'buoyantio/linkerd:1.7.5', args: ['/io.buoyant/linkerd/config/config.yaml'] };
  const volumes = [{ name: 'config', configMap: { name: 'l5d-config' } }];
  return [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'linkerd' } },
    { apiVersion: 'v1', kind: 'ConfigMap', metadata: { ...metadata, name: 'l5d-config' }, data: files },
    {
      apiVersion: 'apps/v1',
      kind: 'DaemonSet',
      metadata: { ...metadata, uid: 'l5d' },
      spec: { template: { spec: { containers: [container], volumes } } },
      status: { desiredNumberScheduled: 3, numberReady: 3 },
    },
  ];
}

async function plan(): Promise<Result[]> {
  const documents = [...namespaces(), ...services(), ...workloads(), ...linkerd1()];
  const text = documents.map((document) => stringify(document)).join('---\n');
  const migration = {
    metadata: { name: 'bench', uid: 'bench' },
    spec: {
      source: { mesh: 'Linkerd1' },
      target: { mesh: 'Linkerd2' },
      waves: [{ name: 'all', namespaceSelector: { matchLabels: { bench: 'yes' } } }],
    },
  } as unknown as MeshMigration;
  let [planned, judged] = [0, 0];
  const own = await shortest(async () => {
    const { waves } = await makePlan(migration, fileSource(new Map([['all.yaml', text]])), { now: 0 });
    const all = waves.flatMap((wave) => wave.namespaces);
    planned = all.flatMap((one) => one.workloads).length;
    judged = all.flatMap((one) => one.names).length;
  });
  if (planned !== WORKLOADS || judged < WORKLOADS)
    throw new Error(`the plan has ${planned} workloads and ${judged} names, not ${WORKLOADS} and more`);
  const least = shortestNow(() => parseAllDocuments(text).map((document) => document.toJS() as unknown));
  return [
    { name: `plan of ${WORKLOADS} workloads from files`, value: own, unit: 's', target: 5 },
    { name: 'plan / reading its YAML alone', value: own / least, unit: 'ratio', target: 4 },
  ];
}

if (import.meta.main) process.stdout.write(`${JSON.stringify(await measureNames(), null, 2)}\n`);
