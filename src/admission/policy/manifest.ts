// Policy room: the manifests that policies are wrapped in. Shapes only; what a policy says comes from the others.

/** A Kubernetes manifest. */
export interface PolicyManifest {
  apiVersion: string;
  kind: string;
  metadata: { name: string; labels?: Record<string, string>; annotations?: Record<string, string> };
  spec?: unknown;
  webhooks?: unknown;
}

/** Namespace of the operator. */
export const operatorNamespace = 'meshmigration-system';

/** ServiceAccount of the operator in that namespace. */
export const operatorAccount = 'meshmigration';

/** User name under which the operator writes. */
export const operatorUser = `system:serviceaccount:${operatorNamespace}:${operatorAccount}`;

/** Namespaces that no policy for pods looks at: nothing is ever moved there. */
export const systemNamespaces: readonly string[] = ['kube-system', 'kube-public', 'kube-node-lease', operatorNamespace];

const version = 'admissionregistration.k8s.io/v1';
const labels = { 'app.kubernetes.io/name': 'meshmigration', 'app.kubernetes.io/component': 'admission' };

/** A named expression that others may use. */
export interface Variable {
  name: string;
  expression: string;
}

/** What a request must match. */
export interface ResourceRule {
  apiGroups: readonly string[];
  apiVersions: readonly string[];
  operations: readonly ('CREATE' | 'UPDATE' | 'DELETE' | 'CONNECT')[];
  resources: readonly string[];
}

/** Creation of pods. */
export const podCreation: ResourceRule = { apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] };

/** Metadata that every object of admission carries. */
export function metadata(name: string, description?: string): PolicyManifest['metadata'] {
  return {
    name,
    labels: { ...labels },
    ...(description !== undefined && { annotations: { 'kubernetes.io/description': description } }),
  };
}

/** What a mutating policy says. */
export interface Mutation {
  name: string;
  description: string;
  reinvocationPolicy: 'Never' | 'IfNeeded';
  variables: readonly Variable[];
  /** Gives a list of JSONPatch. */
  expression: string;
}

/** A policy that changes pods when they are created, with its binding. An error in it lets the pod pass unchanged. */
export function mutatingPolicy(mutation: Mutation): PolicyManifest[] {
  return [
    {
      apiVersion: version,
      kind: 'MutatingAdmissionPolicy',
      metadata: metadata(mutation.name, mutation.description),
      spec: {
        failurePolicy: 'Ignore',
        reinvocationPolicy: mutation.reinvocationPolicy,
        matchConstraints: { namespaceSelector: exceptNamespaces(systemNamespaces), resourceRules: [podCreation] },
        variables: mutation.variables,
        mutations: [{ patchType: 'JSONPatch', jsonPatch: { expression: mutation.expression } }],
      },
    },
    {
      apiVersion: version,
      kind: 'MutatingAdmissionPolicyBinding',
      metadata: metadata(mutation.name),
      spec: { policyName: mutation.name },
    },
  ];
}

/** One rule of a validating policy; `message` is what the refused caller reads. */
export interface Validation {
  expression: string;
  message: string;
  messageExpression?: string;
}

/** What a validating policy says. */
export interface Validating {
  name: string;
  description: string;
  failurePolicy: 'Fail' | 'Ignore';
  action: 'Deny' | 'Audit';
  resourceRules: readonly ResourceRule[];
  matchConditions: readonly { name: string; expression: string }[];
  variables?: readonly Variable[];
  validations: readonly Validation[];
  /** Namespaces whose objects are looked at; all when absent. */
  namespaceSelector?: unknown;
}

/** A policy that refuses or records, with its binding. */
export function validatingPolicy(policy: Validating): PolicyManifest[] {
  const { name, namespaceSelector } = policy;
  return [
    {
      apiVersion: version,
      kind: 'ValidatingAdmissionPolicy',
      metadata: metadata(name, policy.description),
      spec: {
        failurePolicy: policy.failurePolicy,
        matchConstraints: { resourceRules: policy.resourceRules },
        matchConditions: policy.matchConditions,
        ...(policy.variables !== undefined && { variables: policy.variables }),
        validations: policy.validations.map((validation) => ({ ...validation, reason: 'Forbidden' })),
      },
    },
    {
      apiVersion: version,
      kind: 'ValidatingAdmissionPolicyBinding',
      metadata: metadata(name),
      spec: {
        policyName: name,
        validationActions: [policy.action],
        ...(namespaceSelector !== undefined && { matchResources: { namespaceSelector } }),
      },
    },
  ];
}

/** Selects all namespaces but these. */
export function exceptNamespaces(names: readonly string[]): unknown {
  return { matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'NotIn', values: names }] };
}
