/**
 * Stand-in for Linkerd 2: the containers and volumes that injection adds, as the injector writes them (before the API server
 * fills in defaults). Facts from test/recordings/linkerd2/injection; it does not decide where they go.
 */
import type { Container, Pod, Probe, Volume, VolumeMount } from '../pod.ts';
import type { EnvInput } from './proxy-env.ts';
import { proxyEnv } from './proxy-env.ts';
import type { Annotations, InjectorValues } from './values.ts';
import { isNativeSidecar, proxyPorts, proxyResources, setting } from './values.ts';

const accountMount = '/var/run/secrets/kubernetes.io/serviceaccount';
const xtables = 'linkerd-proxy-init-xtables-lock';

/** Volumes in the order in which they are appended; `linkerd-init`'s comes before the container that mounts it. */
export const volumes: { readonly init: Volume; readonly identity: readonly Volume[] } = {
  init: { emptyDir: {}, name: xtables },
  identity: [
    { name: 'linkerd-identity-end-entity', emptyDir: { medium: 'Memory' } },
    {
      name: 'linkerd-identity-token',
      projected: {
        sources: [
          { serviceAccountToken: { audience: 'identity.l5d.io', expirationSeconds: 86400, path: 'linkerd-identity-token' } },
        ],
      },
    },
  ],
};

/** The init container that redirects traffic (`linkerd-init`). */
export function initContainer({ pod, annotations, values }: EnvInput): Container {
  const ports = proxyPorts(annotations);
  const skip = (name: string): string => setting(annotations, name, values.skipPorts);
  return {
    args: [
      ...['--firewall-bin-path', 'iptables-nft', '--firewall-save-bin-path', 'iptables-nft-save', '--ipv6=false'],
      ...['--incoming-proxy-port', String(ports.inbound), '--outgoing-proxy-port', String(ports.outbound)],
      ...['--proxy-uid', setting(annotations, 'proxy-uid', '2102')],
      ...['--inbound-ports-to-ignore', `${ports.control},${ports.admin},${skip('skip-inbound-ports')}`],
      ...['--outbound-ports-to-ignore', skip('skip-outbound-ports')],
    ],
    command: ['/usr/lib/linkerd/linkerd2-proxy-init'],
    ...image(annotations, values),
    name: 'linkerd-init',
    resources: proxyResources(annotations),
    securityContext: {
      allowPrivilegeEscalation: false,
      capabilities: { add: ['NET_ADMIN', 'NET_RAW'], ...droppedByApp(pod) },
      privileged: false,
      readOnlyRootFilesystem: true,
      ...nobody,
    },
    terminationMessagePolicy: 'FallbackToLogsOnError',
    volumeMounts: [{ mountPath: '/run', name: xtables }, ...accountMounts(pod)],
  };
}

/** With the CNI plug-in nothing is redirected here; this init container checks that the plug-in did it. */
export function networkValidator({ annotations, values }: EnvInput): Container {
  const ports = proxyPorts(annotations);
  return {
    args: [
      ...['--log-format', 'plain', '--log-level', 'debug', '--connect-addr', '1.1.1.1:20001'],
      ...['--listen-addr', `0.0.0.0:${ports.outbound}`, '--timeout', '10s'],
    ],
    command: ['/usr/lib/linkerd/linkerd2-network-validator'],
    ...image(annotations, values),
    name: 'linkerd-network-validator',
    resources: proxyResources(annotations),
    securityContext: {
      allowPrivilegeEscalation: false,
      capabilities: { drop: ['ALL'] },
      readOnlyRootFilesystem: true,
      ...nobody,
    },
  };
}

/** The debug container (`config.linkerd.io/enable-debug-sidecar: "true"`). */
export function debugContainer({ annotations, values }: EnvInput): Container {
  const probe = { exec: { command: ['true'] } };
  const name = setting(annotations, 'debug-image', values.debugImage);
  return {
    image: `${name}:${setting(annotations, 'debug-image-version', values.version)}`,
    imagePullPolicy: setting(annotations, 'debug-image-pull-policy', values.imagePullPolicy),
    livenessProbe: probe,
    name: 'linkerd-debug',
    readinessProbe: probe,
    terminationMessagePolicy: 'FallbackToLogsOnError',
  };
}

/** The proxy: a native sidecar with a startup probe, or a container with a postStart hook that waits for it. */
export function proxyContainer(input: EnvInput): Container {
  const { pod, annotations, values } = input;
  const ports = proxyPorts(annotations);
  const probe = (path: string, initialDelaySeconds: number): Probe => ({
    httpGet: { path, port: ports.admin },
    initialDelaySeconds,
    timeoutSeconds: 1,
  });
  return {
    env: proxyEnv(input),
    ...image(annotations, values),
    ...awaiting(annotations, values),
    livenessProbe: probe('/live', 10),
    name: 'linkerd-proxy',
    ports: [
      { containerPort: ports.inbound, name: 'linkerd-proxy' },
      { containerPort: ports.admin, name: 'linkerd-admin' },
    ],
    readinessProbe: probe('/ready', 2),
    resources: proxyResources(annotations),
    securityContext: {
      allowPrivilegeEscalation: false,
      ...(pod.spec.containers[0]?.securityContext?.capabilities === undefined
        ? {}
        : { capabilities: pod.spec.containers[0].securityContext.capabilities }),
      readOnlyRootFilesystem: true,
      runAsNonRoot: true,
      runAsUser: Number(setting(annotations, 'proxy-uid', '2102')),
      seccompProfile: { type: 'RuntimeDefault' },
    },
    terminationMessagePolicy: 'FallbackToLogsOnError',
    volumeMounts: [
      { mountPath: '/var/run/linkerd/identity/end-entity', name: 'linkerd-identity-end-entity' },
      { mountPath: '/var/run/secrets/tokens', name: 'linkerd-identity-token' },
      ...accountMounts(pod),
    ],
  };
}

/** Whether the app's containers wait for the proxy (`config.linkerd.io/proxy-await`, on by default). */
export function awaitsProxy(annotations: Annotations): boolean {
  return setting(annotations, 'proxy-await', 'enabled') === 'enabled';
}

function awaiting(annotations: Annotations, values: InjectorValues): Partial<Container> {
  const admin = proxyPorts(annotations).admin;
  if (isNativeSidecar(annotations, values)) {
    const startupProbe = {
      failureThreshold: 120,
      httpGet: { path: '/ready', port: admin },
      initialDelaySeconds: 0,
      periodSeconds: 1,
    };
    return { restartPolicy: 'Always', ...(awaitsProxy(annotations) ? { startupProbe } : {}) };
  }
  if (!awaitsProxy(annotations)) return {};
  const command = ['/usr/lib/linkerd/linkerd-await', '--timeout=2m', `--port=${admin}`];
  return { lifecycle: { postStart: { exec: { command } } } };
}

const nobody = {
  runAsGroup: 65534,
  runAsNonRoot: true,
  runAsUser: 65534,
  seccompProfile: { type: 'RuntimeDefault' },
};

function image(annotations: Annotations, values: InjectorValues): { image: string; imagePullPolicy: string } {
  const name = setting(annotations, 'proxy-image', values.proxyImage);
  return {
    image: `${name}:${setting(annotations, 'proxy-version', values.version)}`,
    imagePullPolicy: setting(annotations, 'image-pull-policy', values.imagePullPolicy),
  };
}

function droppedByApp(pod: Pod): { drop?: string[] } {
  const drop = pod.spec.containers[0]?.securityContext?.capabilities?.drop;
  return drop === undefined ? {} : { drop };
}

/** The service account's mount, copied from the pod's first container, where there is one. */
function accountMounts(pod: Pod): VolumeMount[] {
  return (pod.spec.containers[0]?.volumeMounts ?? []).filter((mount) => mount.mountPath === accountMount);
}
