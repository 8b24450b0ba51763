// Deciders that are broken on purpose, at least one for each invariant.

import { keys } from '../../src/api/v1alpha1/group.ts';
import type { Action } from '../../src/core/action.ts';
import { pass } from '../../src/core/verdict.ts';
import { allBack, blind, eager, forgetful, healthy, stepOf, target, withNewOriginals, without, withSpec } from './broken.ts';
import type { Broken } from './broken.ts';
import { real } from './check.ts';

let ticks = 0;

const all: readonly Broken[] = [
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
  {
    what: 'takes a field of somebody else for nobody’s',
    by: {
      namespace: blind((o) => ({
        workloads: o.workloads.map((w) => ({ ...w, rollout: { ...w.rollout, minReadyOwner: 'nobody' as const } })),
      })),
    },
    scenario: 'minReadySeconds that somebody else',
    caughtBy: 'I6',
  },
  {
    what: 'takes what somebody set meanwhile for what was there before',
    by: { namespace: blind(withNewOriginals) },
    scenario: 'a namespace key that somebody sets',
    caughtBy: 'I6',
  },
  {
    what: 'leaves alone for ever what has halted',
    by: {
      migration: (o, now) => without(real.migration(o, now), (a) => a.kind === 'startRecord' && stepOf(o, a.name) === 'Halted'),
    },
    scenario: 'nothing is undone',
    caughtBy: 'I8',
    how: { rollBack: true },
  },
  {
    what: 'writes keys before the namespace refuses pods without the proxy',
    by: {
      namespace: (o, now) => without(real.namespace(o, now), (a) => a.kind === 'changeNamespace' && a.why === 'Moving'),
    },
    scenario: 'a Deployment and',
    caughtBy: 'I10',
  },
  {
    what: 'lets a deleted migration go before everything is back',
    by: {
      migration: (o, now) => {
        const decision = real.migration(o, now);
        return o.migration.metadata.deletionTimestamp === undefined
          ? decision
          : { ...decision, outcome: { kind: 'act', actions: [{ kind: 'setFinalizer', present: false }] } };
      },
    },
    scenario: 'deleted with Rollback after the end',
    caughtBy: 'I13',
  },
  {
    what: 'writes by which version of its record it happens to see',
    by: {
      namespace: eager((o, d) => {
        const old = o.pods.filter((p) => p.workload === 'Deployment/web' && p.keys[keys.to] === undefined && !p.deleting);
        const hurries =
          d.status.step === 'Cutover' && d.outcome.kind === 'wait' && Number(o.record.metadata.resourceVersion) % 3 === 0;
        return hurries ? old.slice(0, 1).map((p) => ({ kind: 'evictPod', namespace: 'shop', name: p.name, uid: p.uid })) : [];
      }),
    },
    scenario: 'a Deployment and',
    caughtBy: 'I14',
    how: { replicas: 2, lag: true, compared: true },
  },
  {
    what: 'moves callers before the names that they call are there',
    by: { namespace: blind(() => ({ names: { verdict: pass } })) },
    scenario: 'names that callers need',
    caughtBy: 'S3',
  },
  {
    what: 'takes names away before their callers are back',
    by: {
      namespace: eager((o, d) =>
        d.status.step === 'Restore' && (o.names.held ?? []).length > 0
          ? [{ kind: 'removeNames', namespace: 'shop', releases: o.names.held ?? [] }]
          : [],
      ),
    },
    scenario: 'names that callers need',
    caughtBy: 'S4',
  },
];

/** All of them. */
export function brokenDeciders(): readonly Broken[] {
  return all;
}
