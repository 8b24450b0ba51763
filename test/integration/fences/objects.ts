// What stands in the cluster before the operator tries anything. Manifests only.

import type { Manifest } from '../../../src/kube/object.ts';
import type { ResourceKind } from '../../../src/kube/resource-kind.ts';
import * as build from '../../support/workloads.ts';

export const MESH_MIGRATION: ResourceKind = {
  group: 'meshmigration.io',
  version: 'v1alpha1',
  plural: 'meshmigrations',
  kind: 'MeshMigration',
  namespaced: false,
};
export const CLUSTER_ROLE_BINDING: ResourceKind = {
  group: 'rbac.authorization.k8s.io',
  version: 'v1',
  plural: 'clusterrolebindings',
  kind: 'ClusterRoleBinding',
  namespaced: false,
};
export const own = { 'app.kubernetes.io/managed-by': 'meshmigration' };
export const serviceProfileDefinition: Manifest = {
  metadata: { name: 'serviceprofiles.linkerd.io' },
  spec: {
    group: 'linkerd.io',
    scope: 'Namespaced',
    names: { plural: 'serviceprofiles', singular: 'serviceprofile', kind: 'ServiceProfile' },
    versions: [
      {
        name: 'v1alpha2',
        served: true,
        storage: true,
        schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
      },
    ],
  },
};

const named = (name: string) => ({ name, namespace: 'shop', annotations: { team: 'blue' } });
export const objects: readonly Manifest[] = [
  build.namespace('shop', { labels: { team: 'blue' } }),
  build.namespace('mesh', { labels: { 'linkerd.io/is-control-plane': 'true' } }),
  build.deployment({ ...named('web'), replicas: 1 }),
  build.statefulSet({ ...named('statefulsets'), replicas: 1 }),
  build.daemonSet(named('daemonsets')),
  build.cronJob(named('cronjobs')),
  build.barePod(named('bare')),
  build.service(named('web')),
  {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'unnamed', namespace: 'shop' },
    spec: { selector: { app: 'web' }, ports: [{ port: 80, targetPort: 8080 }] },
  },
];

export const ownService = {
  metadata: { name: 'alias', namespace: 'shop', labels: own },
  spec: { selector: { app: 'web' }, ports: [{ port: 80, targetPort: 8080 }] },
};

export const migration: Manifest = {
  metadata: { name: 'move' },
  spec: { source: { mesh: 'Linkerd1' }, target: { mesh: 'Linkerd2' }, waves: [{ name: 'all', namespaces: ['shop'] }] },
};
