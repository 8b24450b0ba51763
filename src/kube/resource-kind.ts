// Kube room: names of the resources of the Kubernetes API. Data only; kinds of other projects are declared by their own rooms.

/** What it takes to address a kind in a URL and to fill `apiVersion` and `kind` of a body. */
export interface ResourceKind {
  /** '' for the core group. */
  readonly group: string;
  readonly version: string;
  /** Lower-case plural as it stands in the URL, e.g. 'deployments'. */
  readonly plural: string;
  readonly kind: string;
  readonly namespaced: boolean;
}

/** `group/version`, or the bare version for the core group. */
export function apiVersionOf(kind: ResourceKind): string {
  return kind.group === '' ? kind.version : `${kind.group}/${kind.version}`;
}

/** `plural.group`, as people write it on a command line; also a bounded metric label. */
export function resourceNameOf(kind: ResourceKind): string {
  return kind.group === '' ? kind.plural : `${kind.plural}.${kind.group}`;
}

const namespaced = (group: string, version: string, plural: string, kind: string): ResourceKind => ({
  group,
  version,
  plural,
  kind,
  namespaced: true,
});
const cluster = (group: string, version: string, plural: string, kind: string): ResourceKind => ({
  ...namespaced(group, version, plural, kind),
  namespaced: false,
});

export const NAMESPACE = cluster('', 'v1', 'namespaces', 'Namespace');
export const NODE = cluster('', 'v1', 'nodes', 'Node');
export const POD = namespaced('', 'v1', 'pods', 'Pod');
export const SERVICE = namespaced('', 'v1', 'services', 'Service');
export const CONFIG_MAP = namespaced('', 'v1', 'configmaps', 'ConfigMap');
export const SECRET = namespaced('', 'v1', 'secrets', 'Secret');
export const LIMIT_RANGE = namespaced('', 'v1', 'limitranges', 'LimitRange');
export const RESOURCE_QUOTA = namespaced('', 'v1', 'resourcequotas', 'ResourceQuota');
export const DEPLOYMENT = namespaced('apps', 'v1', 'deployments', 'Deployment');
export const REPLICA_SET = namespaced('apps', 'v1', 'replicasets', 'ReplicaSet');
export const STATEFUL_SET = namespaced('apps', 'v1', 'statefulsets', 'StatefulSet');
export const DAEMON_SET = namespaced('apps', 'v1', 'daemonsets', 'DaemonSet');
export const CONTROLLER_REVISION = namespaced('apps', 'v1', 'controllerrevisions', 'ControllerRevision');
export const JOB = namespaced('batch', 'v1', 'jobs', 'Job');
export const CRON_JOB = namespaced('batch', 'v1', 'cronjobs', 'CronJob');
export const POD_DISRUPTION_BUDGET = namespaced('policy', 'v1', 'poddisruptionbudgets', 'PodDisruptionBudget');
export const HORIZONTAL_POD_AUTOSCALER = namespaced('autoscaling', 'v2', 'horizontalpodautoscalers', 'HorizontalPodAutoscaler');
export const NETWORK_POLICY = namespaced('networking.k8s.io', 'v1', 'networkpolicies', 'NetworkPolicy');
export const ENDPOINT_SLICE = namespaced('discovery.k8s.io', 'v1', 'endpointslices', 'EndpointSlice');
export const LEASE = namespaced('coordination.k8s.io', 'v1', 'leases', 'Lease');
export const EVENT = namespaced('events.k8s.io', 'v1', 'events', 'Event');
export const CUSTOM_RESOURCE_DEFINITION = cluster(
  'apiextensions.k8s.io',
  'v1',
  'customresourcedefinitions',
  'CustomResourceDefinition',
);

const admission = (plural: string, kind: string): ResourceKind => cluster('admissionregistration.k8s.io', 'v1', plural, kind);

export const MUTATING_ADMISSION_POLICY = admission('mutatingadmissionpolicies', 'MutatingAdmissionPolicy');
export const MUTATING_ADMISSION_POLICY_BINDING = admission('mutatingadmissionpolicybindings', 'MutatingAdmissionPolicyBinding');
export const VALIDATING_ADMISSION_POLICY = admission('validatingadmissionpolicies', 'ValidatingAdmissionPolicy');
export const VALIDATING_ADMISSION_POLICY_BINDING = admission(
  'validatingadmissionpolicybindings',
  'ValidatingAdmissionPolicyBinding',
);
export const MUTATING_WEBHOOK_CONFIGURATION = admission('mutatingwebhookconfigurations', 'MutatingWebhookConfiguration');
export const VALIDATING_WEBHOOK_CONFIGURATION = admission('validatingwebhookconfigurations', 'ValidatingWebhookConfiguration');
