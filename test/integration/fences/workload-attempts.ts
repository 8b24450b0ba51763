// What the operator may and may not do to workloads, with the words in which it is refused. Data only.

import * as kinds from '../../../src/kube/resource-kind.ts';
import * as build from '../../support/workloads.ts';
import { create, dryRun, ourKeys, template, templateKinds, workload } from './attempt.ts';
import type { Allowed, Forbidden } from './attempt.ts';

const forbidden: readonly Forbidden[] = [
  ...templateKinds.flatMap((kind): Forbidden[] => [
    [
      `change the pod spec of ${kind.plural}`,
      workload(kind, template(kind, { spec: { priorityClassName: '', terminationGracePeriodSeconds: 7 } })),
      'the pod spec may not change',
    ],
    [
      `set other template annotations on ${kind.plural}`,
      workload(kind, template(kind, { metadata: { annotations: { 'linkerd.io/inject': 'enabled' } } })),
      "only the operator's own template keys may change",
    ],
    [
      `take other template annotations from ${kind.plural}`,
      workload(kind, template(kind, { metadata: { annotations: { team: null } } })),
      "only the operator's own template keys may change",
    ],
    [
      `change the annotations of ${kind.plural}`,
      workload(kind, { metadata: { annotations: { 'meshmigration.io/accept': 'x' } } }),
      'the metadata may not change',
    ],
    [
      `delete ${kind.plural}`,
      (client) => client.delete(kind, { namespace: 'shop', name: kind.plural === 'deployments' ? 'web' : kind.plural }, dryRun),
      `the operator neither creates nor deletes ${kind.plural}`,
    ],
  ]),
  [
    'scale a Deployment',
    workload(kinds.DEPLOYMENT, { spec: { replicas: 3 } }),
    'only template keys and minReadySeconds may change',
  ],
  [
    'pause a Deployment',
    workload(kinds.DEPLOYMENT, { spec: { paused: true } }),
    'only template keys and minReadySeconds may change',
  ],
  [
    'change the strategy of a StatefulSet',
    workload(kinds.STATEFUL_SET, { spec: { updateStrategy: { type: 'OnDelete', rollingUpdate: null } } }),
    'only template keys and minReadySeconds may change',
  ],
  [
    'change the schedule of a CronJob',
    workload(kinds.CRON_JOB, { spec: { schedule: '* * * * *' } }),
    'only template keys and minReadySeconds may change',
  ],
  [
    'change the Job of a CronJob',
    workload(kinds.CRON_JOB, { spec: { jobTemplate: { spec: { backoffLimit: 1 } } } }),
    'only template keys and minReadySeconds may change',
  ],
  [
    'create a Deployment',
    create(kinds.DEPLOYMENT, build.deployment({ name: 'new', namespace: 'shop' })),
    'the operator neither creates nor deletes deployments',
  ],
];

const allowed: readonly Allowed[] = [
  ...templateKinds.map((kind): Allowed => [
    `set and take its own keys on ${kind.plural}`,
    workload(kind, template(kind, { metadata: { annotations: { ...ourKeys, 'meshmigration.io/restored': null } } })),
  ]),
  ...templateKinds
    .slice(0, 3)
    .map((kind): Allowed => [`set minReadySeconds of ${kind.plural}`, workload(kind, { spec: { minReadySeconds: 5 } })]),
  [
    'apply its own keys by server-side apply',
    (client) =>
      client.applyServerSide(
        kinds.DEPLOYMENT,
        { namespace: 'shop', name: 'web' },
        { metadata: { name: 'web', namespace: 'shop' }, ...template(kinds.DEPLOYMENT, { metadata: { annotations: ourKeys } }) },
        { ...dryRun, fieldManager: 'meshmigration' },
      ),
  ],
];

/** What is refused. */
export function forbiddenOnWorkloads(): readonly Forbidden[] {
  return forbidden;
}

/** What must pass. */
export function allowedOnWorkloads(): readonly Allowed[] {
  return allowed;
}
