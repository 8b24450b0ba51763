// The application of the e2e tier: services of three namespaces that call each other through Linkerd 1 on their node, by
// names with and without a port and by one that only the dtab knows; and callers that never stop. Plain manifests.
import { PROGRAM_IMAGE } from '../images/program.ts';
import { CONTROL, CONTROL_CALLERS, CONTROL_SERVICE, CONTROL_TARGETS } from './control.ts';

/** Namespaces that move. */
export const NAMESPACES = ['billing', 'catalog', 'shop'] as const;
/** Namespace of the callers, which does not move. */
export const LOAD = 'load';
/** How long a service goes on serving after it was asked to end. */
export const GRACE = '5s';
/** The name that no Service has: the dtab leads it to `ledger-v1` in `billing`. */
export const DENTRIES = ['/svc/ledger=>/#/io.l5d.k8s/billing/http/ledger-v1'];

/** The callers by their mesh, and what they call. */
export const CALLERS: Readonly<Record<string, { readonly inject: string; readonly targets: readonly string[] }>> = {
  'through-linkerd1': {
    inject: 'disabled',
    targets: ['http://web.shop/chain', 'http://ledger/', 'http://stock.catalog/', 'http://agent.billing/'],
  },
  'without-mesh': {
    inject: 'disabled',
    targets: ['http://web.shop/chain', 'http://ledger-v1.billing:7777/', 'tcp:cache.billing:6379', 'http://prices.catalog/'],
  },
  'through-linkerd2': {
    inject: 'enabled',
    targets: ['http://web.shop/chain', 'http://stock.catalog/', 'tcp:cache.billing:6379', 'http://ledger-v1.billing:7777/'],
  },
};

const linkerd1Env = [
  { name: 'NODE_NAME', valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } },
  { name: 'http_proxy', value: '$(NODE_NAME):4140' },
];

/** What differs from one service to the next. */
export interface Options {
  readonly calls?: readonly string[];
  /** Of the pods. */
  readonly annotations?: Readonly<Record<string, string>>;
  /** What each application asks for, such as `{cpu: '50m'}`. */
  readonly requests?: Readonly<Record<string, string>>;
  /** Arguments instead of those of a service that answers. */
  readonly args?: readonly string[];
  readonly kind?: 'Deployment' | 'StatefulSet' | 'DaemonSet';
  readonly port?: { readonly name: string; readonly port: number; readonly targetPort: number };
}

/** A workload of two replicas that calls through Linkerd 1, and its Service. */
export function service(namespace: string, name: string, options: Options = {}): readonly object[] {
  const labels = { app: name };
  const kind = options.kind ?? 'Deployment';
  const template = {
    metadata: { labels, annotations: options.annotations ?? {} },
    spec: {
      terminationGracePeriodSeconds: 20,
      containers: [{ ...container(name, options.calls ?? []), ...asked(options) }],
    },
  };
  const spec = {
    selector: { matchLabels: labels },
    template,
    ...(kind === 'DaemonSet' ? {} : { replicas: 2 }),
    ...(kind === 'StatefulSet' ? { serviceName: name } : {}),
    ...(kind === 'Deployment' ? { strategy: { rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } } } : {}),
  };
  const ports = [options.port ?? { name: 'http', port: 80, targetPort: 8080 }];
  return [
    { apiVersion: 'apps/v1', kind, metadata: { name, namespace }, spec },
    { apiVersion: 'v1', kind: 'Service', metadata: { name, namespace }, spec: { selector: labels, ports } },
  ];
}

function asked({ args, requests }: Options): object {
  return { ...(args === undefined ? {} : { args }), ...(requests === undefined ? {} : { resources: { requests } }) };
}

function container(name: string, calls: readonly string[]): object {
  return {
    name: 'app',
    image: PROGRAM_IMAGE,
    imagePullPolicy: 'Never',
    args: ['app', `--name=${name}`, `--calls=${calls.join(',')}`, '--echo=:6379', `--grace=${GRACE}`],
    env: linkerd1Env,
    ports: [{ containerPort: 8080 }],
    readinessProbe: { httpGet: { path: '/ready', port: 8080 }, periodSeconds: 1 },
  };
}

/** A caller that goes through Linkerd 1, beside the usual ones. */
export function extraCaller(name: string, targets: readonly string[]): object {
  return caller(name, { inject: 'disabled', targets, linkerd1: true });
}

interface Calling {
  readonly inject: string;
  readonly targets: readonly string[];
  readonly linkerd1: boolean;
}

function caller(name: string, { inject, targets, linkerd1 }: Calling): object {
  const labels = { app: name };
  const env = linkerd1 ? linkerd1Env : [];
  const load = {
    ...container(name, []),
    args: ['load', '--rate=4', ...targets],
    env,
  };
  const template = { metadata: { labels, annotations: { 'linkerd.io/inject': inject } }, spec: { containers: [load] } };
  const spec = { replicas: 1, selector: { matchLabels: labels }, template };
  return { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name, namespace: LOAD }, spec };
}

function nightly(): object {
  const once = {
    ...container('nightly', []),
    args: ['once', 'http://web.shop/chain'],
    readinessProbe: undefined,
    ports: undefined,
  };
  const template = { spec: { restartPolicy: 'Never', containers: [once] } };
  const jobTemplate = { spec: { backoffLimit: 0, template } };
  return {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: { name: 'nightly', namespace: 'shop' },
    spec: { schedule: '* * * * *', jobTemplate },
  };
}

/** Namespaces and services, without the callers. */
export function application(): readonly object[] {
  return [
    ...[...NAMESPACES, CONTROL, LOAD].map((name) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } })),
    ...service('billing', 'ledger-v1', { port: { name: 'http', port: 7777, targetPort: 8080 } }),
    ...service('billing', 'cache', { port: { name: 'redis', port: 6379, targetPort: 6379 } }),
    ...service('billing', 'agent', { kind: 'DaemonSet' }),
    ...service('catalog', 'prices', { calls: ['http://ledger/'] }),
    ...service('catalog', 'stock', { kind: 'StatefulSet' }),
    ...service('shop', 'web', { calls: ['http://prices.catalog/chain', 'http://stock.catalog/', 'http://ledger/'] }),
    nightly(),
    ...service(CONTROL, CONTROL_SERVICE, { annotations: { 'linkerd.io/inject': 'enabled' } }),
  ];
}

/** The callers, to be started when the services are ready. */
export function callers(): readonly object[] {
  return [
    ...Object.entries(CALLERS).map(([name, calling]) => caller(name, { ...calling, linkerd1: name === 'through-linkerd1' })),
    ...Object.entries(CONTROL_CALLERS).map(([name, inject]) =>
      caller(name, { inject, targets: CONTROL_TARGETS, linkerd1: inject === 'disabled' }),
    ),
  ];
}

/** The migration of all three namespaces, with times that suit a test. */
export function migration(name: string): object {
  return {
    apiVersion: 'meshmigration.io/v1alpha1',
    kind: 'MeshMigration',
    metadata: { name },
    spec: {
      source: { mesh: 'Linkerd1' },
      target: { mesh: 'Linkerd2' },
      waves: [{ name: 'all', namespaces: [...NAMESPACES] }],
      pace: { maxConcurrentNamespaces: 3, maxConcurrentWorkloads: 2 },
      restart: { progressDeadlineSeconds: 180 },
      health: { soakSeconds: 3, minimumRequests: 5, onInconclusive: 'Proceed', inconclusiveDeadlineSeconds: 15 },
    },
  };
}
