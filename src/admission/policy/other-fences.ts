// Policy room: fences around everything but workloads: where the operator may write at all, pods, namespaces, Services,
// routes, and the people's part of its own objects.

import { GROUP, keys } from '../../api/v1alpha1/group.ts';
import { ownLabel, ownPortPrefix } from '../../core/names.ts';
import type { MeshAdapter } from '../../mesh/adapter.ts';
import { any, label, text, texts } from './cel.ts';
import { fencePolicy, keyIn, mapAt, sameButFor, sameFields, untouchedMetadata } from './fence.ts';
import { operatorNamespace } from './manifest.ts';
import type { PolicyManifest, ResourceRule, Validation } from './manifest.ts';
import { templateKeys } from './workload-fences.ts';

/** No write at all into system namespaces, the operator's own but for its lease and events, and those of control planes. */
export function placeFence(adapters: readonly MeshAdapter[]): PolicyManifest[] {
  const marked = adapters.flatMap(({ controlPlaneNamespaceLabels }) =>
    Object.entries(controlPlaneNamespaceLabels).map(([key, value]) => `${label('namespaceObject', key)} == ${text(value)}`),
  );
  return fencePolicy({
    name: 'places',
    description: 'The operator may write nothing into system namespaces and those of mesh control planes.',
    resourceRules: [
      { apiGroups: ['*'], apiVersions: ['*'], operations: ['CREATE', 'UPDATE', 'DELETE', 'CONNECT'], resources: ['*/*'] },
    ],
    variables: [{ name: 'place', expression: 'request.?namespace.orValue("")' }],
    validations: [
      { expression: '!variables.place.startsWith("kube-")', message: 'the operator may not write into system namespaces' },
      {
        expression: `variables.place != ${text(operatorNamespace)} || request.resource.resource in ["leases", "events"]`,
        message: 'in its own namespace the operator may write only its lease and events',
      },
      {
        expression: `variables.place == "" || namespaceObject == null || !(${any(marked)})`,
        message: 'the operator may not write into the namespace of a mesh control plane',
      },
    ],
  });
}

/** Pods are created only to see what would come of them. */
export function podFence(): PolicyManifest[] {
  return fencePolicy({
    name: 'pods',
    description: 'The operator may create pods only with dry-run, and neither change nor delete any.',
    resourceRules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE', 'UPDATE', 'DELETE'], resources: ['pods'] }],
    validations: [
      {
        expression: 'request.operation == "CREATE" && request.?dryRun.orValue(false)',
        message: 'the operator may create pods only with dry-run; stuck ones it evicts',
      },
    ],
  });
}

/** Keys of a namespace that the operator writes: its own, and those that make a mesh its default. */
export function namespaceFence(adapters: readonly MeshAdapter[]): PolicyManifest[] {
  const defaults = adapters.map(({ namespaceDefault }) => namespaceDefault);
  const labels = [keys.to, keys.from, keys.moving, ...defaults.flatMap((keysOf) => Object.keys(keysOf.labels))];
  const annotations = [
    ...templateKeys(adapters).filter((key) => !labels.includes(key) && key !== keys.cutover && key !== keys.restored),
    ...defaults.flatMap((keysOf) => Object.keys(keysOf.annotations)),
  ];
  const same = (map: string, free: readonly string[]): string =>
    sameButFor(mapAt('oldObject', ['metadata', map]), mapAt('object', ['metadata', map]), keyIn([...new Set(free)]));
  return fencePolicy({
    name: 'namespaces',
    description: 'The operator may change only its own keys and the default of a mesh on namespaces, never Pod Security labels.',
    resourceRules: [
      { apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE', 'UPDATE', 'DELETE'], resources: ['namespaces'] },
    ],
    validations: [
      { expression: 'request.operation == "UPDATE"', message: 'the operator neither creates nor deletes namespaces' },
      updated(same('labels', labels), 'only the listed labels may change, Pod Security labels never'),
      updated(same('annotations', annotations), 'only the listed annotations may change'),
      updated(`${sameFields(['metadata'], untouchedMetadata)} &&\n${sameFields([], ['spec'])}`, 'nothing else may change'),
    ],
  });
}

/** Services of others keep everything but added ports, names for unnamed ones, and annotations for a mesh. */
export function serviceFence(adapters: readonly MeshAdapter[]): PolicyManifest[] {
  return fencePolicy({
    name: 'services',
    description:
      'The operator may create, change and delete only its own Services; on others it may add ports and listed annotations.',
    resourceRules: [
      { apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE', 'UPDATE', 'DELETE'], resources: ['services'] },
    ],
    variables: [...ownership],
    validations: [ownOnly('CREATE', 'Service'), ownOnly('DELETE', 'Service'), ...foreignServiceRules(adapters)],
  });
}

function foreignServiceRules(adapters: readonly MeshAdapter[]): Validation[] {
  const prefixes = adapters.flatMap(({ serviceAnnotations }) => serviceAnnotations);
  const freeKey = prefixes.length === 0 ? 'false' : `${texts(prefixes)}.exists(p, k.startsWith(p))`;
  const mine = `startsWith(${text(ownPortPrefix)})`;
  const same = ['port', 'protocol', 'targetPort', 'nodePort', 'appProtocol'].map((f) => `o.?${f} == n.?${f}`).join(' && ');
  const named = `(!has(o.name) && has(n.name) && n.name.${mine})`;
  const unnamed = `(has(o.name) && o.name.${mine} && !has(n.name))`;
  const kept = `${same} && (o.?name == n.?name || ${named} || ${unnamed})`;
  const annotations = ['metadata', 'annotations'];
  return [
    foreign(
      `object.spec.?ports.orValue([]).all(n,
  oldObject.spec.?ports.orValue([]).exists(o, ${kept}) || (has(n.name) && n.name.${mine}))`,
      `ports may only be added, with a name that begins with ${ownPortPrefix}`,
    ),
    foreign(
      `oldObject.spec.?ports.orValue([]).all(o,
  (has(o.name) && o.name.${mine}) || object.spec.?ports.orValue([]).exists(n, ${kept}))`,
      'ports of others may not be changed or removed',
    ),
    foreign(sameFields(['spec'], serviceFields), 'only ports may change in the spec'),
    foreign(
      sameButFor(mapAt('oldObject', annotations), mapAt('object', annotations), freeKey),
      'only annotations that tell a mesh how to treat the Service may change',
    ),
    foreign(sameFields(['metadata'], ['labels', ...untouchedMetadata]), 'labels may not change'),
  ];
}

function foreign(expression: string, message: string): Validation {
  return { expression: `request.operation != "UPDATE" || variables.own || (\n${expression}\n)`, message };
}

const serviceFields: readonly string[] = [
  'selector',
  'type',
  'clusterIP',
  'clusterIPs',
  'externalName',
  'externalIPs',
  'sessionAffinity',
  'sessionAffinityConfig',
  'externalTrafficPolicy',
  'internalTrafficPolicy',
  'trafficDistribution',
  'ipFamilies',
  'ipFamilyPolicy',
  'publishNotReadyAddresses',
  'loadBalancerIP',
  'loadBalancerClass',
  'loadBalancerSourceRanges',
  'allocateLoadBalancerNodePorts',
  'healthCheckNodePort',
];

/** Routes are written only where they are the operator's own. */
export function routeFence(adapters: readonly MeshAdapter[]): PolicyManifest[] {
  const resources = [...new Set(adapters.flatMap(({ routeResources }) => routeResources))];
  const resourceRules = resources.map((resource): ResourceRule => {
    const [group = '', plural = ''] = resource.split('/');
    return { apiGroups: [group], apiVersions: ['*'], operations: ['CREATE', 'UPDATE', 'DELETE'], resources: [plural] };
  });
  if (resourceRules.length === 0) return [];
  return fencePolicy({
    name: 'routes',
    description: 'The operator may create, change and delete only its own routes.',
    resourceRules,
    variables: [...ownership],
    validations: [ownOnly('CREATE', 'route'), ownOnly('UPDATE', 'route'), ownOnly('DELETE', 'route')],
  });
}

/** What people want of a migration is theirs to write. */
export function specFence(): PolicyManifest[] {
  return fencePolicy({
    name: 'specs',
    description: 'The operator may neither change the spec of a MeshMigration nor create or delete one.',
    resourceRules: [
      { apiGroups: [GROUP], apiVersions: ['*'], operations: ['CREATE', 'UPDATE', 'DELETE'], resources: ['meshmigrations'] },
    ],
    validations: [
      { expression: 'request.operation == "UPDATE"', message: 'MeshMigrations are created and deleted by people' },
      updated(sameFields([], ['spec']), 'the spec of a MeshMigration is written by people'),
    ],
  });
}

const ownership = [
  { name: 'was', expression: `oldObject != null && ${label('oldObject', ownLabel.key)} == ${text(ownLabel.value)}` },
  { name: 'is', expression: `object != null && ${label('object', ownLabel.key)} == ${text(ownLabel.value)}` },
  { name: 'own', expression: 'variables.was && variables.is' },
] as const;

function ownOnly(operation: 'CREATE' | 'UPDATE' | 'DELETE', what: string) {
  const own = { CREATE: 'variables.is', UPDATE: 'variables.own', DELETE: 'variables.was' }[operation];
  const done = { CREATE: 'created', UPDATE: 'changed', DELETE: 'deleted' }[operation];
  return {
    expression: `request.operation != "${operation}" || ${own}`,
    message: `a ${what} without the label ${ownLabel.key}: ${ownLabel.value} may not be ${done} by the operator`,
  };
}

function updated(expression: string, message: string) {
  return { expression: `request.operation != "UPDATE" || (\n${expression}\n)`, message };
}
