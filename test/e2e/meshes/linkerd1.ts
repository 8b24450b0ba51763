// Linkerd 1 on real nodes: a DaemonSet that really proxies, with the objects of its usual installation. What flows through
// it is not its business.
import type { Manifest } from '../../../src/kube/object.ts';
import { recordedJson } from '../../support/recordings.ts';
import { images, linkerd1Manifests } from '../../support/linkerd1/manifests.ts';

/** Namespace of the proxies. */
export const LINKERD1_NAMESPACE = 'l5d-system';

interface RouterConfig {
  readonly label: string;
  readonly dtab: string;
  readonly servers: readonly { readonly port: number }[];
  readonly [field: string]: unknown;
}

/**
 * The configuration: as recorded, but node to node through the incoming router (`io.l5d.k8s.daemonset`, `io.l5d.k8s.localnode`),
 * and with names that only the dtab knows (dentries, appended, so that they come first).
 */
export function linkerd1Config(dentries: readonly string[]): object {
  const recorded = recordedJson('linkerd1/k8s/config.json') as { routers: readonly RouterConfig[] };
  const listening = (router: RouterConfig, transformer: object): object => ({
    ...router,
    dtab: [router.dtab, ...dentries].join(';'),
    servers: router.servers.map(({ port }) => ({ port, ip: '0.0.0.0' })),
    interpreter: { kind: 'default', transformers: [transformer] },
  });
  const toNode = { kind: 'io.l5d.k8s.daemonset', namespace: LINKERD1_NAMESPACE, port: 'http-incoming', service: 'l5d' };
  const routers = recorded.routers.flatMap((router) => {
    if (router.label === 'outgoing') return [listening(router, toNode)];
    return router.label === 'incoming'
      ? [listening({ ...router, dtab: outgoingDtab(recorded.routers) }, { kind: 'io.l5d.k8s.localnode' })]
      : [];
  });
  return { ...recorded, routers, admin: { ip: '0.0.0.0', port: 9990 } };
}

const outgoingDtab = (routers: readonly RouterConfig[]): string => routers.find(({ label }) => label === 'outgoing')?.dtab ?? '';

/** All objects, with the rights that reading Endpoints needs. */
export function linkerd1Objects(dentries: readonly string[]): readonly object[] {
  const subject = { kind: 'ServiceAccount', name: 'l5d', namespace: LINKERD1_NAMESPACE };
  const rules = [{ apiGroups: [''], resources: ['endpoints', 'services'], verbs: ['get', 'list', 'watch'] }];
  const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'l5d' };
  const rbac = 'rbac.authorization.k8s.io/v1';
  return [
    ...linkerd1Manifests(LINKERD1_NAMESPACE).map((manifest) => real(manifest, JSON.stringify(linkerd1Config(dentries)))),
    { apiVersion: rbac, kind: 'ClusterRole', metadata: { name: 'l5d' }, rules },
    { apiVersion: rbac, kind: 'ClusterRoleBinding', metadata: { name: 'l5d' }, roleRef, subjects: [subject] },
  ];
}

// JSON is YAML, so the same text serves a real Linkerd 1.
function real(manifest: Manifest, config: string): object {
  if (manifest.kind === 'ConfigMap') return { ...manifest, data: { 'config.yaml': config } };
  if (manifest.kind !== 'DaemonSet') return manifest;
  const copy = structuredClone(manifest) as unknown as DaemonSet;
  for (const container of copy.spec.template.spec.containers) {
    container.imagePullPolicy = 'IfNotPresent';
    if (container.image === images.linkerd)
      container.readinessProbe = { httpGet: { path: '/admin/ping', port: 9990 }, periodSeconds: 1 };
  }
  return copy;
}

interface DaemonSet {
  readonly spec: { readonly template: { readonly spec: { readonly containers: Container[] } } };
}

interface Container {
  readonly image: string;
  imagePullPolicy?: string;
  readinessProbe?: object;
}
