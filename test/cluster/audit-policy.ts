// What the API server of a test cluster writes to its audit log. It reads no log.
import type { Json } from './admin-calls.ts';

const WRITES = ['create', 'update', 'patch', 'delete', 'deletecollection'];

/**
 * Every request once, when its answer is complete, and with its body where it writes what a migration can touch: our kinds,
 * workloads and their pods, namespaces, Services, disruption budgets, autoscalers and admission.
 */
export const AUDIT_POLICY: Json = {
  apiVersion: 'audit.k8s.io/v1',
  kind: 'Policy',
  omitStages: ['RequestReceived', 'ResponseStarted'],
  rules: [
    {
      level: 'Request',
      verbs: WRITES,
      resources: [
        { group: 'meshmigration.io' },
        { group: 'apps' },
        { group: 'batch' },
        { group: 'policy' },
        { group: 'autoscaling' },
        { group: 'networking.k8s.io' },
        { group: 'admissionregistration.k8s.io' },
        { group: 'apiextensions.k8s.io' },
        {
          group: '',
          resources: [
            ...['namespaces', 'namespaces/*', 'pods', 'pods/status', 'pods/eviction', 'pods/binding'],
            ...['services', 'services/*', 'configmaps', 'replicationcontrollers'],
          ],
        },
      ],
    },
    { level: 'Metadata' },
  ],
};
