// The kinds that the controller reads and writes beside those of the core API. Data only.

import { GROUP, VERSION } from '../api/v1alpha1/group.ts';
import type { TemplateKind } from '../core/observation.ts';
import { CRON_JOB, DAEMON_SET, DEPLOYMENT, STATEFUL_SET } from '../kube/resource-kind.ts';
import type { ResourceKind } from '../kube/resource-kind.ts';

export const MESH_MIGRATION: ResourceKind = {
  group: GROUP,
  version: VERSION,
  plural: 'meshmigrations',
  kind: 'MeshMigration',
  namespaced: false,
};
export const NAMESPACE_MIGRATION: ResourceKind = {
  group: GROUP,
  version: VERSION,
  plural: 'namespacemigrations',
  kind: 'NamespaceMigration',
  namespaced: false,
};

/** Kinds with a pod template that is moved by writing to it. */
export const TEMPLATE_KINDS: Readonly<Record<TemplateKind, ResourceKind>> = {
  Deployment: DEPLOYMENT,
  StatefulSet: STATEFUL_SET,
  DaemonSet: DAEMON_SET,
  CronJob: CRON_JOB,
};

/** Path of the pod template's annotations in an object of the kind, as segments. */
export function templatePath(kind: TemplateKind): readonly string[] {
  return kind === 'CronJob' ? ['spec', 'jobTemplate', 'spec', 'template'] : ['spec', 'template'];
}
