// Policy room: fences around workloads. On a workload only the operator's own template keys and minReadySeconds may
// change; every other field is compared by name, since CEL can't take a field out of an object.

import { keys } from '../../api/v1alpha1/group.ts';
import type { MeshAdapter } from '../../mesh/adapter.ts';
import { fencePolicy, keyIn, mapAt, sameButFor, sameFields, untouchedMetadata } from './fence.ts';
import type { PolicyManifest } from './manifest.ts';

interface WorkloadKind {
  plural: string;
  group: string;
  /** Where the pod template stands. */
  template: readonly string[];
  /** Fields that must stay equal, by the path of the object that holds them. */
  fields: readonly (readonly [path: readonly string[], fields: readonly string[]])[];
  /** Annotations of the object that the API server itself changes when the template changes. */
  serverAnnotations: readonly string[];
}

const jobFields: readonly string[] = [
  'parallelism',
  'completions',
  'activeDeadlineSeconds',
  'podFailurePolicy',
  'successPolicy',
  'backoffLimit',
  'backoffLimitPerIndex',
  'maxFailedIndexes',
  'selector',
  'manualSelector',
  'ttlSecondsAfterFinished',
  'completionMode',
  'suspend',
  'podReplacementPolicy',
  'managedBy',
];

const kinds: readonly WorkloadKind[] = [
  {
    plural: 'deployments',
    serverAnnotations: [],
    group: 'apps',
    template: ['spec', 'template'],
    fields: [[['spec'], ['replicas', 'selector', 'strategy', 'revisionHistoryLimit', 'paused', 'progressDeadlineSeconds']]],
  },
  {
    plural: 'statefulsets',
    serverAnnotations: [],
    group: 'apps',
    template: ['spec', 'template'],
    fields: [
      [
        ['spec'],
        [
          'replicas',
          'selector',
          'volumeClaimTemplates',
          'serviceName',
          'podManagementPolicy',
          'updateStrategy',
          'revisionHistoryLimit',
          'persistentVolumeClaimRetentionPolicy',
          'ordinals',
        ],
      ],
    ],
  },
  {
    plural: 'daemonsets',
    serverAnnotations: ['deprecated.daemonset.template.generation'],
    group: 'apps',
    template: ['spec', 'template'],
    fields: [[['spec'], ['selector', 'updateStrategy', 'revisionHistoryLimit']]],
  },
  {
    plural: 'cronjobs',
    serverAnnotations: [],
    group: 'batch',
    template: ['spec', 'jobTemplate', 'spec', 'template'],
    fields: [
      [
        ['spec'],
        [
          'schedule',
          'timeZone',
          'startingDeadlineSeconds',
          'concurrencyPolicy',
          'suspend',
          'successfulJobsHistoryLimit',
          'failedJobsHistoryLimit',
        ],
      ],
      [
        ['spec', 'jobTemplate', 'metadata'],
        ['labels', 'annotations'],
      ],
      [['spec', 'jobTemplate', 'spec'], jobFields],
    ],
  },
];

/** Keys that the operator writes on pod templates. */
export function templateKeys(adapters: readonly MeshAdapter[]): string[] {
  const settings = adapters.flatMap(({ leave }) => [
    ...leave.removeEnv.map((match) => match.portsKey),
    ...(leave.emptyOverrideKey === undefined ? [] : [leave.emptyOverrideKey]),
  ]);
  return [...new Set([keys.to, keys.from, keys.cutover, keys.restored, ...settings])];
}

/** One fence a kind. */
export function workloadFences(adapters: readonly MeshAdapter[]): PolicyManifest[] {
  return kinds.flatMap((kind) => workloadFence(kind, templateKeys(adapters)));
}

function workloadFence(
  { plural, group, template, fields, serverAnnotations }: WorkloadKind,
  ours: readonly string[],
): PolicyManifest[] {
  const ownAnnotations = ['metadata', 'annotations'];
  const annotations = [...template, 'metadata', 'annotations'];
  return fencePolicy({
    name: plural,
    description: `The operator may change nothing of ${plural} but its own template keys and minReadySeconds.`,
    resourceRules: [{ apiGroups: [group], apiVersions: ['*'], operations: ['CREATE', 'UPDATE', 'DELETE'], resources: [plural] }],
    variables: [
      { name: 'before', expression: mapAt('oldObject', annotations) },
      { name: 'after', expression: mapAt('object', annotations) },
    ],
    validations: [
      { expression: 'request.operation == "UPDATE"', message: `the operator neither creates nor deletes ${plural}` },
      whenUpdated(sameFields(template, ['spec']), 'the pod spec may not change'),
      whenUpdated(sameFields([...template, 'metadata'], ['labels']), "the template's labels may not change"),
      whenUpdated(
        sameButFor('variables.before', 'variables.after', keyIn(ours)),
        "only the operator's own template keys may change",
      ),
      whenUpdated(
        fields.map(([path, names]) => sameFields(path, names)).join(' &&\n'),
        'only template keys and minReadySeconds may change in the spec',
      ),
      whenUpdated(
        `${sameFields(['metadata'], ['labels', ...untouchedMetadata])} &&\n${sameButFor(mapAt('oldObject', ownAnnotations), mapAt('object', ownAnnotations), keyIn(serverAnnotations))}`,
        'the metadata may not change',
      ),
    ],
  });
}

function whenUpdated(expression: string, message: string) {
  return { expression: `request.operation != "UPDATE" || (\n${expression}\n)`, message };
}
