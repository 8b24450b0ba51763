/**
 * Builders of namespaces and workloads for tests: plain manifests, with and without Linkerd 1 as its users have it (`http_proxy` to the node's
 * proxy). Nothing is created here, and no builder knows a migration.
 */
import type { Manifest } from '../../src/kube/object.ts';
import type { Container, EnvVar } from './pod.ts';
import type { Behaviour } from './linkerd2/proxy-behaviour.ts';
import { behaviourKey, rateKey } from './linkerd2/proxy-behaviour.ts';

/** What a workload is like; what is left out is ordinary. */
export interface WorkloadOptions {
  readonly name: string;
  readonly namespace: string;
  /** Pods of a Deployment or StatefulSet; 2 when absent. */
  readonly replicas?: number;
  /** Calls others through Linkerd 1 on its node; true when absent. */
  readonly linkerd1?: boolean;
  /** Port of the app; 8080 when absent. */
  readonly port?: number;
  /** More variables of the app's container. */
  readonly env?: readonly EnvVar[];
  /** Annotations and labels of the pod template, beside the builder's own. */
  readonly annotations?: Readonly<Record<string, string>>;
  readonly labels?: Readonly<Record<string, string>>;
  /** How the proxy behaves once the pod has one. `never-ready` also keeps the proxy's container from getting ready. */
  readonly proxy?: Behaviour;
  /** Calls per second that reach each pod. */
  readonly requestsPerSecond?: number;
  /** Merged into the pod's spec: `{ hostNetwork: true }`, more containers, … */
  readonly podSpec?: Readonly<Record<string, unknown>>;
  /** Merged into the workload's spec: `{ strategy: { type: 'Recreate' } }`, `{ suspend: true }`, … */
  readonly spec?: Readonly<Record<string, unknown>>;
}

/** The variables by which an app uses Linkerd 1 on its node. */
export const linkerd1Env: readonly EnvVar[] = [
  { name: 'NODE_NAME', valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } },
  { name: 'http_proxy', value: '$(NODE_NAME):4140' },
];

/** A namespace; `inject` is Linkerd 2's annotation. */
export function namespace(
  name: string,
  options: {
    readonly inject?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  } = {},
): Manifest {
  const annotations = {
    ...options.annotations,
    ...(options.inject === undefined ? {} : { 'linkerd.io/inject': options.inject }),
  };
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels: { ...options.labels }, annotations } };
}

/** A Deployment. */
export function deployment(options: WorkloadOptions): Manifest {
  return controlled('apps/v1', 'Deployment', options, { replicas: options.replicas ?? 2 });
}

/** A StatefulSet with its headless Service's name. */
export function statefulSet(options: WorkloadOptions): Manifest {
  return controlled('apps/v1', 'StatefulSet', options, { replicas: options.replicas ?? 2, serviceName: options.name });
}

/** A DaemonSet. */
export function daemonSet(options: WorkloadOptions): Manifest {
  return controlled('apps/v1', 'DaemonSet', options, {});
}

/** A Job; its pod ends by itself on fake nodes. */
export function job(options: WorkloadOptions): Manifest {
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: options.name, namespace: options.namespace },
    spec: { template: template(options, { restartPolicy: 'Never' }), ...options.spec },
  };
}

/** A CronJob that runs at midnight of New Year's Day unless `schedule` says otherwise, so that tests start its Jobs themselves. */
export function cronJob(options: WorkloadOptions & { readonly schedule?: string }): Manifest {
  return {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: { name: options.name, namespace: options.namespace },
    spec: {
      schedule: options.schedule ?? '0 0 1 1 *',
      jobTemplate: { spec: { template: template(options, { restartPolicy: 'Never' }) } },
      ...options.spec,
    },
  };
}

/** A pod that nothing controls. */
export function barePod(options: WorkloadOptions): Manifest {
  const { metadata, spec } = template(options, {});
  return { apiVersion: 'v1', kind: 'Pod', metadata: { ...metadata, name: options.name, namespace: options.namespace }, spec };
}

/** A ClusterIP Service for a workload of that name: port 80 named `http` to the app's port; `headless` for a StatefulSet. */
export function service(
  options: Pick<WorkloadOptions, 'name' | 'namespace' | 'port'> & { readonly headless?: boolean },
): Manifest {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: options.name, namespace: options.namespace },
    spec: {
      ...(options.headless === true ? { clusterIP: 'None' } : {}),
      selector: { app: options.name },
      ports: [{ name: 'http', port: 80, targetPort: options.port ?? 8080 }],
    },
  };
}

interface Template {
  readonly metadata: { readonly labels: Record<string, string>; readonly annotations: Record<string, string> };
  readonly spec: Readonly<Record<string, unknown>>;
}

function controlled(
  apiVersion: string,
  kind: string,
  options: WorkloadOptions,
  spec: Readonly<Record<string, unknown>>,
): Manifest {
  const selector = { matchLabels: { app: options.name } };
  return {
    apiVersion,
    kind,
    metadata: { name: options.name, namespace: options.namespace },
    spec: { ...spec, selector, template: template(options, {}), ...options.spec },
  };
}

function template(options: WorkloadOptions, podSpec: Readonly<Record<string, unknown>>): Template {
  return {
    metadata: {
      labels: { app: options.name, ...options.labels },
      annotations: { ...proxyAnnotations(options), ...options.annotations },
    },
    spec: { containers: [app(options)], ...podSpec, ...options.podSpec },
  };
}

function app(options: WorkloadOptions): Container {
  const env = [...((options.linkerd1 ?? true) ? linkerd1Env : []), ...(options.env ?? [])];
  return {
    name: 'app',
    image: 'app.example/app:1',
    ports: [{ containerPort: options.port ?? 8080 }],
    ...(env.length === 0 ? {} : { env }),
  };
}

function proxyAnnotations({ proxy, requestsPerSecond }: WorkloadOptions): Record<string, string> {
  return {
    ...(proxy === undefined ? {} : { [behaviourKey]: proxy }),
    ...(proxy === 'never-ready' ? { 'fake-node.test/broken-container': 'linkerd-proxy' } : {}),
    ...(requestsPerSecond === undefined ? {} : { [rateKey]: String(requestsPerSecond) }),
  };
}
