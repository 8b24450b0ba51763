// Webhook room: how the API server is told about the webhook. Its name sorts before those of the meshes' injectors,
// because webhooks are called in the order of their configurations' names; reinvocation covers what comes after.

import { keys } from '../../api/v1alpha1/group.ts';
import { exceptNamespaces, metadata, operatorNamespace, podCreation, systemNamespaces } from '../policy/manifest.ts';
import type { PolicyManifest } from '../policy/manifest.ts';

/** Service of the webhook in the operator's namespace. */
export const webhookService = 'meshmigration-admission';

/** Path that the webhook answers on. */
export const webhookPath = '/pods';

/**
 * Two webhooks, so that pods of other namespaces cost nothing: one for pods with keys of their own, one for those of
 * committed namespaces. `caBundle` is filled in by cert-manager or the chart.
 */
export function webhookConfiguration(): PolicyManifest {
  const keyed = `object.metadata.?annotations[?"${keys.to}"].hasValue()`;
  const namespaces = exceptNamespaces(systemNamespaces) as { matchExpressions: readonly unknown[] };
  const committed = { matchExpressions: [...namespaces.matchExpressions, { key: keys.to, operator: 'Exists' }] };
  const described = metadata(
    '00-meshmigration',
    'Does what the MutatingAdmissionPolicies do, on servers that have none (before 1.36).',
  );
  const injected = { 'cert-manager.io/inject-ca-from': `${operatorNamespace}/${webhookService}` };
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'MutatingWebhookConfiguration',
    metadata: { ...described, annotations: { ...described.annotations, ...injected } },
    webhooks: [
      webhook('keyed-pods.meshmigration.io', keyed, namespaces),
      webhook('committed-namespaces.meshmigration.io', `!(${keyed})`, committed),
    ],
  };
}

function webhook(name: string, condition: string, namespaceSelector: unknown) {
  return {
    name,
    admissionReviewVersions: ['v1'],
    clientConfig: { service: { namespace: operatorNamespace, name: webhookService, path: webhookPath, port: 443 } },
    rules: [{ ...podCreation, scope: 'Namespaced' }],
    namespaceSelector,
    matchConditions: [{ name: 'asked-for', expression: condition }],
    failurePolicy: 'Ignore',
    reinvocationPolicy: 'IfNeeded',
    sideEffects: 'None',
    timeoutSeconds: 5,
    matchPolicy: 'Equivalent',
  };
}
