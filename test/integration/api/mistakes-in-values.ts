// Bad numbers, words and records, each with the field and the words of the answer.

import { oneOf, wave, type Mistake } from './mistake.ts';

/** Numbers. */
export const numbers: Mistake[] = [
  [
    'a negative pace',
    { pace: { maxConcurrentWorkloads: -1 } },
    'spec.pace.maxConcurrentWorkloads',
    /-1.*greater than or equal to 1/,
  ],
  [
    'a pace of 0, which is what paused is for',
    { pace: { maxConcurrentNamespaces: 0 } },
    'spec.pace.maxConcurrentNamespaces',
    /greater than or equal to 1/,
  ],
  [
    'a number beyond 32 bits',
    { pace: { maxConcurrentNamespaces: 99_999_999_999_999 } },
    'spec.pace.maxConcurrentNamespaces',
    /99999999999999.*less than or equal to 1000/,
  ],
  ['a fraction', { pace: { maxConcurrentWorkloads: 1.5 } }, 'spec.pace.maxConcurrentWorkloads', /must be of type int32/],
  [
    'a number as text',
    { pace: { maxConcurrentWorkloads: '3' } },
    'spec.pace.maxConcurrentWorkloads',
    /must be of type integer: "string"/,
  ],
  ['a duration as text', { health: { soakSeconds: '10m' } }, 'spec.health.soakSeconds', /must be of type integer: "string"/],
  [
    'more than all',
    { health: { minimumSuccessPercent: 101 } },
    'spec.health.minimumSuccessPercent',
    /101.*less than or equal to 100/,
  ],
  [
    'a negative share',
    { health: { maximumDropPercent: -1 } },
    'spec.health.maximumDropPercent',
    /-1.*greater than or equal to 0/,
  ],
  ['a soak longer than a week', { health: { soakSeconds: 604_801 } }, 'spec.health.soakSeconds', /less than or equal to 604800/],
  [
    'a soak of a wave longer than a week',
    wave({ soakSeconds: 604_801 }),
    'spec.waves[0].soakSeconds',
    /less than or equal to 604800/,
  ],
  [
    'a deadline of 0',
    { restart: { progressDeadlineSeconds: 0 } },
    'spec.restart.progressDeadlineSeconds',
    /greater than or equal to 1/,
  ],
  [
    'a deadline that nobody can meet',
    { restart: { progressDeadlineSeconds: 60, minReadySeconds: 60 } },
    'spec.restart.minReadySeconds',
    /make minReadySeconds lower than progressDeadlineSeconds/,
  ],
  [
    'the default deadline, made impossible',
    { restart: { minReadySeconds: 600 } },
    'spec.restart.minReadySeconds',
    /lower than progressDeadlineSeconds \(600 when absent\)/,
  ],
  [
    'a negative budget',
    { rollback: { maximumFailedNamespaces: -1 } },
    'spec.rollback.maximumFailedNamespaces',
    /-1.*greater than or equal to 0/,
  ],
];

/** Choices between words, and switches. */
export const choices: Mistake[] = [
  ['a state nobody knows', { desiredState: 'Rolledback' }, 'spec.desiredState', oneOf('Rolledback', 'Migrated', 'RolledBack')],
  [
    'another rollback',
    { rollback: { onFailure: 'All' } },
    'spec.rollback.onFailure',
    oneOf('All', 'Namespace', 'Workload', 'None'),
  ],
  [
    'another end of waiting',
    { health: { onInconclusive: 'Skip' } },
    'spec.health.onInconclusive',
    oneOf('Skip', 'Wait', 'Proceed', 'Rollback'),
  ],
  ['another deletion policy', { deletionPolicy: 'Orphan' }, 'spec.deletionPolicy', oneOf('Orphan', 'Retain', 'Rollback')],
  [
    'another way with Git',
    { gitOps: { onManagedField: 'Force' } },
    'spec.gitOps.onManagedField',
    oneOf('Force', 'Block', 'AwaitGit', 'PodOnly', 'Takeover'),
  ],
  ['another way with names', { routing: { aliases: 'Never' } }, 'spec.routing.aliases', oneOf('Never', 'Create', 'Report')],
  ['paused as a word', { paused: 'yes' }, 'spec.paused', /must be of type boolean: "string"/],
];

/** The record of one namespace. */
export const records: Mistake[] = [
  [
    'an original that is there but has no value',
    { originals: { labels: [{ key: 'team', present: true }] } },
    'spec.originals.labels[0]',
    /team is present and needs a value, perhaps an empty one/,
  ],
  [
    'an original that is absent but has a value',
    { originals: { annotations: [{ key: 'a', present: false, value: '' }] } },
    'spec.originals.annotations[0]',
    /a is absent and has no value; remove it/,
  ],
  [
    'one original twice',
    {
      originals: {
        labels: [
          { key: 'a', present: false },
          { key: 'a', present: false },
        ],
      },
    },
    'spec.originals.labels[1]',
    /Duplicate value/,
  ],
  ['no originals', { originals: undefined }, 'spec.originals', /Required value/],
  ['no namespace', { namespaceUID: '' }, 'spec.namespaceUID', /at least 1 chars long/],
  ['a state nobody knows', { desiredState: 'Back' }, 'spec.desiredState', oneOf('Back', 'Migrated', 'RolledBack')],
];
