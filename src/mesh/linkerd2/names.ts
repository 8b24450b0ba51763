// Linkerd 2 room: names and ports that Linkerd 2 fixes. Facts only; no logic.

import type { FirstVersion } from './version.ts';

/** Annotation of a pod template or a namespace that asks for the proxy or refuses it. */
export const injectAnnotation = 'linkerd.io/inject';

/** Values of the annotation that ask for the proxy; any other value refuses it. */
export const injectValues: readonly string[] = ['enabled', 'ingress'];

/** Container of the proxy, in containers or, as a native sidecar, in initContainers. */
export const proxyContainer = 'linkerd-proxy';

/** Label that every part of the control plane carries. */
export const componentLabel = 'linkerd.io/control-plane-component';

/** Label that the installation sets on the control plane's namespace. */
export const controlPlaneLabel = 'linkerd.io/is-control-plane';

/** Deployments without which pods can't join or calls hang, by the value of the component label. */
export const neededComponents: readonly string[] = ['identity', 'destination', 'proxy-injector'];

/** ConfigMap that holds the installed configuration, in the namespace of the control plane. */
export const configMap = 'linkerd-config';

/** Ports of the proxy: where it takes calls, its controls, its admin interface, and where it takes the application's calls on loopback. */
export const proxyPorts = { inbound: 4143, control: 4190, admin: 4191, outbound: 4140 } as const;

/** Name of the port of the admin interface in the pod. */
export const adminPortName = 'linkerd-admin';

/** Name of the port in the pod where the proxy takes calls. */
export const inboundPortName = 'linkerd-proxy';

/** Ports of the control plane that a proxy calls: identity, destination, policy; their names by version of Linkerd 2. */
export const controlPlanePorts: readonly { port: number; names: readonly string[] }[] = [
  { port: 8080, names: ['ident-grpc', 'grpc'] },
  { port: 8086, names: ['dest-grpc', 'grpc'] },
  { port: 8090, names: ['policy-grpc', 'grpc'] },
];

/** Spellings of the annotation that switches native sidecars, the winning one first, and the versions that began to heed them. */
export const nativeSidecarAnnotations: readonly { readonly key: string; readonly since: FirstVersion }[] = [
  { key: 'config.linkerd.io/proxy-enable-native-sidecar', since: { release: [2, 20], edge: [26, 6, 3] } },
  { key: 'config.beta.linkerd.io/proxy-enable-native-sidecar', since: { release: [2, 19], edge: [25, 10, 7] } },
  { key: 'config.alpha.linkerd.io/proxy-enable-native-sidecar', since: { release: [2, 15], edge: [24, 2, 4] } },
];

/** The first versions that have native sidecars at all. */
export const nativeSidecarsSince: FirstVersion = { release: [2, 15], edge: [24, 2, 4] };

/** Annotation of a pod or a namespace: so long an ordinary proxy goes on once its pod is told to end. */
export const waitBeforeExitAnnotation = 'config.alpha.linkerd.io/proxy-wait-before-exit-seconds';
