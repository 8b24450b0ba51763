// Linkerd 1 room: how a pod leaves Linkerd 1, as data. Joining it is not offered: its proxy is reached by what the
// application is told, and no admission can tell it where.

import { keys } from '../../api/v1alpha1/group.ts';
import type { EnvMatch, PodTransform } from '../../core/transform.ts';
import { noTransform } from '../../core/transform.ts';

/** Port of Linkerd 1's outgoing HTTP router in its published manifests. */
export const defaultProxyPort = 4140;

/** Ports of the routers in the published manifests: HTTP, HTTP/2 and gRPC, outgoing, incoming and external. */
export const wellKnownPorts: readonly number[] = [4140, 4141, 4142, 4240, 4241, 4340, 4341];

/** Variables by which HTTP clients are told a proxy. */
export const proxyVariables: readonly string[] = ['http', 'https', 'all', 'grpc'].flatMap((protocol) => [
  `${protocol}_proxy`,
  `${protocol.toUpperCase()}_PROXY`,
]);

/** The variable tells HTTP clients a proxy, in any spelling. */
export function isProxyName(name: string): boolean {
  return proxyVariables.includes(name.toLowerCase());
}

/** Fields of the pod that lead to the proxy on its own node. */
export const nodeFieldPaths: readonly string[] = ['spec.nodeName', 'status.hostIP'];

/** The published Service, alone, with its namespace, or with the cluster's domain. */
export const servicePattern = 'l5d([.][a-z0-9-]+([.]svc([.][a-z0-9-]+)*)?)?';

/** Name of the init container that the published injector adds to redirect all traffic. */
export const redirectingInitContainer = 'init-linkerd';

/** The variables that admission takes away. */
export const proxyMatch: EnvMatch = {
  names: proxyVariables,
  schemes: ['http://', 'https://'],
  hostFieldPaths: nodeFieldPaths,
  hostPattern: servicePattern,
  ports: [defaultProxyPort],
  portsKey: keys.linkerd1Ports,
};

/** Leaving Linkerd 1. */
export const leaveLinkerd1: PodTransform = {
  ...noTransform('linkerd1'),
  removeEnv: [proxyMatch],
  removeInitContainers: [redirectingInitContainer],
  emptyOverrideKey: keys.linkerd1Variables,
};
