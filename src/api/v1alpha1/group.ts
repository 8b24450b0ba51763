// The API group and every key that the product writes on other people's objects. Imports nothing.

/** API group of both kinds. */
export const GROUP = 'meshmigration.io';
/** Served and stored version. */
export const VERSION = 'v1alpha1';
export const API_VERSION = `${GROUP}/${VERSION}`;

/** Field manager of every server-side apply of ours. It must not start with `kubectl`: Flux strips such managers. */
export const FIELD_MANAGER = 'meshmigration';

/** Finalizer on a MeshMigration; set only with `deletionPolicy: Rollback`. */
export const FINALIZER = `${GROUP}/rollback`;

/** Keys on pod templates (annotations), on pods (inherited) and, where noted, on namespaces. */
export const keys = {
  /** Template annotation and namespace label: the mesh to join, API name in lower case. */
  to: `${GROUP}/to`,
  /** Template annotation and namespace label: the mesh to leave, API name in lower case. */
  from: `${GROUP}/from`,
  /** Template annotation: first 8 characters of the MeshMigration's uid, a dash, the workload's attempt. */
  cutover: `${GROUP}/cutover`,
  /** Template annotation that restarts a workload which had joined by its namespace alone. */
  restored: `${GROUP}/restored`,
  /** Namespace label while workloads of the namespace move: keyed pods without a proxy are refused. */
  moving: `${GROUP}/moving`,
  /** Annotation by people on a namespace, a workload or a pod template: leave it alone; the value is the reason. */
  hold: `${GROUP}/hold`,
  /** Annotation by people on a workload: an exception they accept; the value is the reason. */
  accept: `${GROUP}/accept`,
  /** Annotation by people on a workload: its only pod may be replaced without a second one beside it. */
  allowDowntime: `${GROUP}/allow-downtime`,
  /** Annotation by people on a MeshMigration or NamespaceMigration: a new value tries again. */
  retryAt: `${GROUP}/retry-at`,
  /** Template annotation and namespace annotation: Linkerd 1 proxy ports that differ from 4140. */
  linkerd1Ports: `${GROUP}/linkerd1-ports`,
  /** Template annotation: names of variables whose value comes from a ConfigMap or Secret and is Linkerd 1's. */
  linkerd1Variables: `${GROUP}/linkerd1-variables`,
} as const;

/** A mesh as spelt in the API. */
export type MeshName = 'Linkerd1' | 'Linkerd2' | 'None';

/** Where MeshMigrations are found at the API server. */
export const MESH_MIGRATION = {
  group: GROUP,
  version: VERSION,
  plural: 'meshmigrations',
  kind: 'MeshMigration',
  namespaced: false,
} as const;

/** Where NamespaceMigrations are found at the API server. */
export const NAMESPACE_MIGRATION = {
  group: GROUP,
  version: VERSION,
  plural: 'namespacemigrations',
  kind: 'NamespaceMigration',
  namespaced: false,
} as const;
