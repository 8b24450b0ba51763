// Reader room: the kinds of routes that the cluster has: the Gateway API, its version and its routes; ServiceProfiles. Asked only where
// one is needed.
// Linkerd 2.20 supports bundles 1.2.1 to 1.5.1 (its features/gateway-api page); 1.5.1 was tried.

import type { KubeObjectLike } from '../../adapter.ts';
import type { NamesIo } from '../../names.ts';

/** The routes, or what is wrong with the Gateway API here. */
export type GatewayReading =
  | { readonly ok: true; readonly routes: readonly KubeObjectLike[] }
  | { readonly ok: false; readonly why: string; readonly remedy: string };

const NEWEST = [1, 5] as const;
const OLDEST = [1, 1] as const;
const remedy =
  'Install the Gateway API, bundle 1.2.1 to 1.5.1 (CRD httproutes.gateway.networking.k8s.io), or set spec.target.linkerd2.routes: ServiceProfile where the CRD serviceprofiles.linkerd.io is installed (linkerd install --crds).';

/** Reads the definition of HTTPRoutes and the routes. */
export async function readGateway(list: NamesIo['list']): Promise<GatewayReading> {
  const question = { name: 'definitions', group: 'apiextensions.k8s.io', version: 'v1', plural: 'customresourcedefinitions' };
  const definitions = await list({ ...question, objectName: 'httproutes.gateway.networking.k8s.io' });
  if (definitions.kind === 'error')
    return { ok: false, why: definitions.message, remedy: 'Let the operator read this definition.' };
  const wrong = versionProblem(definitions.items[0]);
  if (wrong !== undefined) return { ok: false, why: wrong, remedy };
  const routes = await list({ name: 'routes', group: 'gateway.networking.k8s.io', version: 'v1', plural: 'httproutes' });
  if (routes.kind === 'error') return { ok: false, why: routes.message, remedy: 'Let the operator list HTTPRoutes.' };
  return { ok: true, routes: routes.items };
}

/** What is wrong with ServiceProfiles here, or nothing. Asked only where one is needed. */
export async function profilesProblem(
  list: NamesIo['list'],
): Promise<{ readonly why: string; readonly remedy: string } | undefined> {
  const answer = await list({ name: 'profiles', group: 'linkerd.io', version: 'v1alpha2', plural: 'serviceprofiles' });
  if (answer.kind === 'objects') return undefined;
  return {
    why: `callers need ServiceProfiles, and the CRD serviceprofiles.linkerd.io can't be used: ${answer.message}`,
    remedy:
      'Install Linkerd 2’s CRDs, serviceprofiles.linkerd.io among them (linkerd install --crds), or set spec.target.linkerd2.routes: GatewayAPI where the Gateway API is installed (CRD httproutes.gateway.networking.k8s.io).',
  };
}

function versionProblem(definition: KubeObjectLike | undefined): string | undefined {
  if (definition === undefined) return 'names need HTTPRoutes, and the Gateway API is not installed';
  const version = definition.metadata?.annotations?.['gateway.networking.k8s.io/bundle-version'] ?? '';
  const [, major = NaN, minor = NaN] = /^v?(\d+)\.(\d+)/.exec(version) ?? [];
  if (isSupported(Number(major), Number(minor))) return undefined;
  return `names need HTTPRoutes, and the Gateway API here is ${version === '' ? 'of no known version' : version}`;
}

function isSupported(major: number, minor: number): boolean {
  return major === NEWEST[0] && minor >= OLDEST[1] && minor <= NEWEST[1];
}
