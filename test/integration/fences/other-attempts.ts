// What the operator may and may not do to everything but workloads, with the words in which it is refused. Data only.

import type { Manifest } from '../../../src/kube/object.ts';
import * as kinds from '../../../src/kube/resource-kind.ts';
import { SERVICE_PROFILE } from '../../support/linkerd2/service-profiles.ts';
import * as build from '../../support/workloads.ts';
import { create, dryRun, namespace, service } from './attempt.ts';
import type { Allowed, Forbidden } from './attempt.ts';
import { MESH_MIGRATION, own, ownService } from './objects.ts';

const profile = (labels: object): Manifest => ({
  metadata: { name: 'p', namespace: 'shop', labels: labels as Record<string, string> },
  spec: {},
});
const port80 = { name: 'http', port: 80, targetPort: 8080 };

const forbidden: readonly Forbidden[] = [
  [
    'create a pod for real',
    (client) => client.create(kinds.POD, build.barePod({ name: 'new', namespace: 'shop' })),
    'the operator may create pods only with dry-run',
  ],
  [
    'delete a pod',
    (client) => client.delete(kinds.POD, { namespace: 'shop', name: 'bare' }, dryRun),
    'the operator may create pods only with dry-run',
  ],
  [
    'set a Pod Security label',
    namespace({ labels: { 'pod-security.kubernetes.io/enforce': 'privileged' } }),
    'Pod Security labels never',
  ],
  ['take a label of others from a namespace', namespace({ labels: { team: null } }), 'only the listed labels may change'],
  [
    'set an annotation of others on a namespace',
    namespace({ annotations: { 'config.linkerd.io/skip-outbound-ports': '1' } }),
    'only the listed annotations may change',
  ],
  ['create a namespace', create(kinds.NAMESPACE, build.namespace('new')), 'the operator neither creates nor deletes namespaces'],
  [
    'delete a namespace',
    (client) => client.delete(kinds.NAMESPACE, { name: 'shop' }, dryRun),
    'the operator neither creates nor deletes namespaces',
  ],
  [
    'write into kube-system',
    create(kinds.CONFIG_MAP, { metadata: { name: 'new', namespace: 'kube-system' } }),
    'the operator may not write into system namespaces',
  ],
  [
    'label kube-system',
    (client) =>
      client.mergePatch(
        kinds.NAMESPACE,
        { name: 'kube-system' },
        { metadata: { labels: { 'meshmigration.io/moving': 'true' } } },
        dryRun,
      ),
    'the operator may not write into system namespaces',
  ],
  [
    'evict pods of a control plane',
    (client) => client.evict({ namespace: 'mesh', name: 'any' }, dryRun),
    'the operator may not write into the namespace of a mesh control plane',
  ],
  [
    'write into the namespace of a control plane',
    create(kinds.CONFIG_MAP, { metadata: { name: 'new', namespace: 'mesh' } }),
    'the operator may not write into the namespace of a mesh control plane',
  ],
  [
    'write a ConfigMap into its own namespace',
    create(kinds.CONFIG_MAP, { metadata: { name: 'new', namespace: 'meshmigration-system' } }),
    'in its own namespace the operator may write only its lease and events',
  ],
  [
    'create a Service without its label',
    create(kinds.SERVICE, build.service({ name: 'new', namespace: 'shop' })),
    'a Service without the label app.kubernetes.io/managed-by: meshmigration may not be created',
  ],
  [
    "delete somebody's Service",
    (client) => client.delete(kinds.SERVICE, { namespace: 'shop', name: 'web' }, dryRun),
    'may not be deleted by the operator',
  ],
  [
    "change the selector of somebody's Service",
    service({ spec: { selector: { app: 'other' } } }),
    'only ports may change in the spec',
  ],
  [
    "add a port of any name to somebody's Service",
    service({ spec: { ports: [port80, { name: 'more', port: 81 }] } }),
    'ports may only be added, with a name that begins with mm-',
  ],
  [
    "remove a port of somebody's Service",
    service({ spec: { ports: [{ name: 'mm-80', port: 81 }] } }),
    'ports of others may not be changed or removed',
  ],
  [
    "redirect a port of somebody's Service",
    service({ spec: { ports: [{ ...port80, targetPort: 9090 }] } }),
    'ports may only be added',
  ],
  ["take over somebody's Service by its label", service({ metadata: { labels: own } }), 'labels may not change'],
  [
    "annotate somebody's Service at will",
    service({ metadata: { annotations: { team: 'red' } } }),
    'only annotations that tell a mesh how to treat the Service may change',
  ],
  [
    'let go of its own Service',
    service({ metadata: { labels: { 'app.kubernetes.io/managed-by': null } }, spec: { selector: { app: 'other' } } }, 'alias'),
    'only ports may change in the spec',
  ],
  [
    'create a route without its label',
    create(SERVICE_PROFILE, profile({})),
    'a route without the label app.kubernetes.io/managed-by: meshmigration may not be created',
  ],
  [
    'change the spec of a MeshMigration',
    (client) => client.mergePatch(MESH_MIGRATION, { name: 'move' }, { spec: { paused: true } }, dryRun),
    'the spec of a MeshMigration is written by people',
  ],
  [
    'delete a MeshMigration',
    (client) => client.delete(MESH_MIGRATION, { name: 'move' }, dryRun),
    'MeshMigrations are created and deleted by people',
  ],
];

const allowed: readonly Allowed[] = [
  ['create a pod as a dry run', create(kinds.POD, build.barePod({ name: 'tried', namespace: 'shop' }))],
  ['evict a pod', (client) => client.evict({ namespace: 'shop', name: 'bare' }, dryRun)],
  [
    'label a namespace as moving and commit it',
    namespace({
      labels: { 'meshmigration.io/moving': 'true', 'meshmigration.io/to': 'linkerd2', 'meshmigration.io/from': 'linkerd1' },
      annotations: { 'linkerd.io/inject': 'enabled', 'meshmigration.io/linkerd1-ports': '4240' },
    }),
  ],
  [
    'create and delete its own Service',
    create(kinds.SERVICE, { ...ownService, metadata: { ...ownService.metadata, name: 'second' } }),
  ],
  ['delete its own Service', (client) => client.delete(kinds.SERVICE, { namespace: 'shop', name: 'alias' }, dryRun)],
  ["add a port of its own to somebody's Service", service({ spec: { ports: [port80, { name: 'mm-8080', port: 8080 }] } })],
  [
    "name the only port of somebody's Service",
    service(
      {
        spec: {
          ports: [
            { name: 'mm-only', port: 80, targetPort: 8080 },
            { name: 'mm-81', port: 81, targetPort: 8080 },
          ],
        },
      },
      'unnamed',
    ),
  ],
  ["tell a mesh how to treat somebody's Service", service({ metadata: { annotations: { 'retry.linkerd.io/http': '5xx' } } })],
  ['create a route of its own', create(SERVICE_PROFILE, profile(own))],
  [
    'set the finalizer of a MeshMigration',
    (client) =>
      client.mergePatch(MESH_MIGRATION, { name: 'move' }, { metadata: { finalizers: ['meshmigration.io/rollback'] } }, dryRun),
  ],
  ['keep its lease', create(kinds.LEASE, { metadata: { name: 'meshmigration', namespace: 'meshmigration-system' }, spec: {} })],
];

/** What is refused. */
export function forbiddenElsewhere(): readonly Forbidden[] {
  return forbidden;
}

/** What must pass. */
export function allowedElsewhere(): readonly Allowed[] {
  return allowed;
}
