// The invariants bite: each decider that is broken on purpose is caught by the one that is meant for it.

import { expect } from 'chai';
import { keys } from '../../../src/api/v1alpha1/group.ts';
import type { Action } from '../../../src/core/action.ts';
import type { NamespaceDecision } from '../../../src/core/decision.ts';
import type { NamespaceObservation } from '../../../src/core/observation.ts';
import { pass } from '../../../src/core/verdict.ts';
import { aReading } from '../../model/builders.ts';
import { check, real } from '../../model/check.ts';
import type { Deciders } from '../../model/operator.ts';
import { allScenarios } from '../../model/scenarios.ts';

type Decide = (o: NamespaceObservation, now: number) => NamespaceDecision;

interface Broken {
  readonly what: string;
  readonly by: Partial<Deciders>;
  /** Beginning of the name of the scenario that shows it. */
  readonly scenario: string;
  /** The invariant that must catch it. */
  readonly caughtBy: string;
}

// Sees another world than there is.
const blind =
  (change: (o: NamespaceObservation) => Partial<NamespaceObservation>): Decide =>
  (o, now) =>
    real.namespace({ ...o, ...change(o) }, now);

// Does more than it should.
const eager =
  (more: (o: NamespaceObservation, d: NamespaceDecision) => readonly Action[]): Decide =>
  (o, now) => {
    const decision = real.namespace(o, now);
    const actions = decision.outcome.kind === 'act' ? decision.outcome.actions : [];
    const all = [...actions, ...more(o, decision)];
    return all.length === 0 ? decision : { ...decision, outcome: { kind: 'act', actions: all } };
  };

const withSpec = (o: NamespaceObservation, spec: object): Partial<NamespaceObservation> =>
  o.migration === undefined ? {} : { migration: { ...o.migration, spec: { ...o.migration.spec, ...spec } } };

const healthy = (o: NamespaceObservation): Partial<NamespaceObservation> => ({
  pods: o.pods.map((pod) => ({
    ...pod,
    keys: o.workloads.find((w) => `${w.kind}/${w.name}` === pod.workload)?.keys ?? pod.keys,
    ready: true,
    reading: aReading(),
    target: { state: 'present', reason: '' },
    source: { state: 'absent', reason: '' },
  })),
  workloads: o.workloads.map((w) => ({ ...w, rollout: { ...w.rollout, complete: true } })),
});

const allBack = (o: NamespaceObservation): Partial<NamespaceObservation> => ({
  pods: o.pods.map((pod) => ({
    ...pod,
    keys: {},
    target: { state: 'absent', reason: '' },
    source: { state: 'present', reason: '' },
  })),
  workloads: o.workloads.map((w) => ({ ...w, keys: {} })),
});

const forgetful = (o: NamespaceObservation): Partial<NamespaceObservation> => {
  const { keyed, workloads, ...status } = o.record.status ?? {};
  return { record: { ...o.record, status } };
};

const target = (o: NamespaceObservation, w: NamespaceObservation['workloads'][number]) => ({
  kind: w.kind,
  namespace: o.record.metadata.name,
  name: w.name,
  uid: w.uid,
  resourceVersion: w.resourceVersion,
});

let ticks = 0;

const brokenOnes: readonly Broken[] = [
  { what: 'skips verification', by: { namespace: blind(healthy) }, scenario: 'a proxy that never', caughtBy: 'I12' },
  {
    what: 'ignores how many workloads may move at once',
    by: { namespace: blind((o) => withSpec(o, { pace: { maxConcurrentWorkloads: 99 } })) },
    scenario: 'one workload at a time',
    caughtBy: 'I1 ',
  },
  {
    what: 'ignores how many namespaces may move at once',
    by: {
      migration: (o, now) =>
        real.migration(
          { ...o, migration: { ...o.migration, spec: { ...o.migration.spec, pace: { maxConcurrentNamespaces: 99 } } } },
          now,
        ),
    },
    scenario: 'two namespaces at once',
    caughtBy: 'I1 ',
  },
  {
    what: 'forgets what it wrote, and writes it again',
    by: { namespace: blind(forgetful) },
    scenario: 'keys that vanish in mid-move',
    caughtBy: 'I4',
  },
  {
    what: 'rolls back into a sick source',
    by: { namespace: blind((o) => ({ cluster: { ...o.cluster, source: pass } })) },
    scenario: 'the source is down',
    caughtBy: 'S1',
  },
  {
    what: 'starts workloads while the target is not able',
    by: { namespace: blind((o) => ({ cluster: { ...o.cluster, target: pass } })) },
    scenario: 'the injector is down for good',
    caughtBy: 'S2',
  },
  {
    what: 'never un-commits',
    by: {
      namespace: blind((o) => {
        const { committed, ...status } = o.record.status ?? {};
        const namespace = o.namespace && { ...o.namespace, labels: {}, annotations: {} };
        return status.step === 'Restore' && namespace !== undefined ? { record: { ...o.record, status }, namespace } : {};
      }),
    },
    scenario: 'back after the end',
    caughtBy: 'the end is',
  },
  {
    what: 'says RolledBack without a look at the workloads',
    by: { namespace: blind((o) => (o.record.status?.step === 'Restore' ? allBack(o) : {})) },
    scenario: 'back after the end',
    caughtBy: 'I3',
  },
  {
    what: 'moves system namespaces',
    by: { migration: (o, now) => real.migration({ ...o, isExcluded: () => false }, now) },
    scenario: 'every kind',
    caughtBy: 'I11',
  },
  {
    what: 'writes again after the end',
    by: {
      namespace: eager((o, d) =>
        d.status.step === 'Migrated'
          ? o.workloads
              .slice(0, 1)
              .map((w) => ({ kind: 'cutOver', workload: target(o, w), keys: { ...w.keys, [keys.cutover]: 'x-9' } }))
          : [],
      ),
    },
    scenario: 'a Deployment and',
    caughtBy: 'I15',
  },
  {
    what: 'writes keys of others',
    by: {
      namespace: (o, now) => {
        const decision = real.namespace(o, now);
        if (decision.outcome.kind !== 'act') return decision;
        const actions = decision.outcome.actions.map((a) =>
          a.kind === 'cutOver' ? { ...a, keys: { ...a.keys, 'app.example/version': '2' } } : a,
        );
        return { ...decision, outcome: { kind: 'act', actions } };
      },
    },
    scenario: 'a Deployment and',
    caughtBy: 'I5',
  },
  {
    what: 'evicts pods that are right',
    by: {
      namespace: eager((o, d) =>
        d.status.step === 'Restore'
          ? o.pods
              .filter((p) => p.keys[keys.to] === undefined && !p.deleting)
              .slice(0, 1)
              .map((p) => ({ kind: 'evictPod', namespace: 'shop', name: p.name, uid: p.uid }))
          : [],
      ),
    },
    scenario: 'back after the end',
    caughtBy: 'I9',
  },
  {
    what: 'changes its status for ever',
    by: {
      namespace: (o, now) => {
        const decision = real.namespace(o, now);
        ticks += 1;
        return { ...decision, status: { ...decision.status, message: `pass ${ticks}` } };
      },
    },
    scenario: 'a Deployment and',
    caughtBy: 'I7',
  },
  {
    what: 'says Ready too early',
    by: {
      migration: (o, now) => {
        const decision = real.migration(o, now);
        const conditions = (decision.status.conditions ?? []).map((c) =>
          c.type === 'Ready' ? { ...c, status: 'True' as const } : c,
        );
        return { ...decision, status: { ...decision.status, conditions } };
      },
    },
    scenario: 'a Deployment and',
    caughtBy: 'I12',
  },
  {
    what: 'writes a namespace before its record is there',
    by: {
      migration: (o, now) => {
        const decision = real.migration(o, now);
        if (decision.outcome.kind !== 'act') return decision;
        const early = decision.outcome.actions.flatMap((a): Action[] => {
          const uid = a.kind === 'createRecord' ? a.spec.namespaceUID : undefined;
          const labels = [{ key: keys.moving, from: undefined, to: 'true' }];
          return uid === undefined || !('name' in a)
            ? []
            : [{ kind: 'changeNamespace', namespace: a.name, uid, labels, annotations: [], why: 'Moving' }];
        });
        return { ...decision, outcome: { kind: 'act', actions: [...early, ...decision.outcome.actions] } };
      },
    },
    scenario: 'a Deployment and',
    caughtBy: 'I2',
  },
  {
    what: 'gives up a namespace that should come back',
    by: { namespace: blind((o) => (o.record.status?.step === 'Restore' ? withSpec(o, { paused: true }) : {})) },
    scenario: 'back after the end',
    caughtBy: 'the end is',
  },
];

describe('a decider that is broken on purpose', () => {
  for (const { what, by, scenario, caughtBy } of brokenOnes) {
    it(`is caught by ${caughtBy.trim()} when it ${what}`, () => {
      const found = allScenarios().find(({ name }) => name.startsWith(scenario));
      const wrong = [1, 2, 3, 4, 5, 6].flatMap((seed) =>
        found === undefined ? [] : check(found, { seed, replicas: 1, lag: false }, { by: { ...real, ...by } }).wrong,
      );

      expect(wrong.filter((line) => line.startsWith(caughtBy))).to.not.deep.equal([]);
    });
  }
});
