// decide is total: whatever a record says and whatever is seen, even what no operator would have left behind, it answers without
// an error, the same each time, comes to rest, and never makes a write that is not safe.

import { expect } from 'chai';
import fc from 'fast-check';
import { isDeepStrictEqual } from 'node:util';
import { keys } from '../../../src/api/v1alpha1/group.ts';
import type {
  NamespaceMigrationStatus,
  Step,
  WorkloadRow,
  WorkloadState,
} from '../../../src/api/v1alpha1/namespace-migration.ts';
import { decideNamespace } from '../../../src/core/namespace/decide.ts';
import type { NamespaceObservation, Pod, Workload } from '../../../src/core/observation.ts';
import { fail, pass, unknown } from '../../../src/core/verdict.ts';
import {
  aCommittedNamespace,
  aKeyedWorkload,
  aMigration,
  aMovedPod,
  aNamespace,
  anObservation,
  aPod,
  aReading,
  aRecord,
  aRow,
  at,
  aWorkload,
  start,
  uidOf,
} from '../../model/builders.ts';
import { unsafeOf } from '../../model/monitor.ts';

const steps: readonly Step[] = [
  ...(['Pending', 'Preflight', 'Prepare', 'Cutover', 'Commit', 'Soak', 'Migrated'] as const),
  ...(['PartiallyMigrated', 'Restore', 'RolledBack', 'Halted'] as const),
];
const states: readonly WorkloadState[] = ['Moving', 'Armed', 'Failed', 'Restored', 'Drifted', 'Listed'];
const why = fc.constantFrom('RollingOut', 'Restoring', 'RolledBack', 'TooLittleTraffic', 'WriteRefused', 'Held', 'NoPods', 'X');
const maybe = <T>(of: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(of, { nil: undefined });
const verdict = fc.constantFrom(pass, pass, fail('X', 'it fails'), unknown('X', 'it is unknown'));
const names = ['web', 'db', 'night'];

const row: fc.Arbitrary<WorkloadRow> = fc
  .record({
    name: fc.constantFrom(...names, 'gone'),
    state: fc.constantFrom(...states),
    reason: why,
    since: fc.integer({ min: -4000, max: 0 }),
  })
  .chain(({ name, state, reason, since }) =>
    fc
      .record({ attempt: fc.integer({ min: 1, max: 3 }), generation: maybe(fc.integer({ min: 1, max: 4 })) })
      .map(({ attempt, generation }) => ({
        ...aRow({ name, uid: uidOf(name), state, reason, message: 'm', remedy: 'r', since: at(since), attempt }),
        ...(generation !== undefined && { generation }),
      })),
  );

const status: fc.Arbitrary<NamespaceMigrationStatus> = fc
  .record({
    step: fc.constantFrom(...steps),
    attempt: fc.integer({ min: 1, max: 3 }),
    stepTime: fc.integer({ min: -4000, max: 0 }),
    workloads: fc.uniqueArray(row, { selector: (r) => r.uid, maxLength: 4 }),
    keyed: fc.uniqueArray(fc.constantFrom(...names), { maxLength: 3 }),
    proven: fc.boolean(),
    failed: fc.boolean(),
    committed: fc.boolean(),
    blocked: fc.boolean(),
    restoreCause: maybe(fc.constantFrom('Request' as const, 'Failure' as const)),
  })
  .map(({ stepTime, keyed, proven, failed, committed, blocked, restoreCause, ...rest }) => ({
    ...rest,
    stepTime: at(stepTime),
    keyed: keyed.map((name) => uidOf(name).slice(0, 8) + (proven ? '-template-1' : '')),
    ...(failed && { failed }),
    ...(committed && { committed }),
    ...(blocked && { blocked }),
    ...((restoreCause !== undefined || rest.step === 'Restore') && { restoreCause: restoreCause ?? ('Failure' as const) }),
  }));

const workload = (name: string): fc.Arbitrary<Workload> =>
  fc
    .record({
      isKeyed: fc.boolean(),
      template: fc.constantFrom('template-1', 'template-2'),
      held: fc.integer({ min: 0, max: 5 }),
      paused: fc.integer({ min: 0, max: 5 }),
      complete: fc.boolean(),
      desired: fc.constantFrom(0, 1, 2),
      generation: fc.integer({ min: 1, max: 4 }),
      strategy: fc.constantFrom('RollingUpdate' as const, 'RollingUpdate' as const, 'OnDelete' as const),
    })
    .map(({ isKeyed, held, paused, template, generation, ...rollout }) =>
      (isKeyed ? aKeyedWorkload : aWorkload)({
        name,
        generation,
        template,
        ...(name === 'db' && { kind: 'StatefulSet' as const }),
        ...(name === 'night' && { kind: 'CronJob' as const }),
        annotations: held === 0 ? { [keys.hold]: 'audit' } : {},
        rollout: { ...rollout, paused: paused === 0, ...(name === 'night' && { desired: 0, strategy: 'NextRun' as const }) },
      }),
    );

const pod = (name: string, kind: string): fc.Arbitrary<Pod> =>
  fc
    .record({
      isMoved: fc.boolean(),
      ready: fc.boolean(),
      ended: fc.integer({ min: 0, max: 5 }),
      restarts: fc.constantFrom(0, 0, 1),
      reading: maybe(
        fc.constantFrom(
          aReading(),
          aReading({ success: 1 }),
          aReading({ failure: 90 }),
          aReading({ ready: false }),
          aReading({ undefinedPortResets: 2 }),
          aReading({ refusedCalls: 2 }),
        ),
      ),
      index: fc.integer({ min: 0, max: 3 }),
    })
    .map(({ isMoved, index, reading, ended, ...rest }) => {
      const made = (isMoved ? aMovedPod : aPod)({
        ...rest,
        ended: ended === 0,
        name: `${name}-${index}`,
        workload: `${kind}/${name}`,
      });
      const { reading: _known, ...bare } = made;
      return reading === undefined ? bare : { ...bare, reading };
    });

const pods = fc.uniqueArray(fc.oneof(pod('web', 'Deployment'), pod('db', 'StatefulSet'), pod('night', 'CronJob')), {
  selector: (p) => p.name,
  maxLength: 6,
});

const spec = fc.record({
  desiredState: fc.constantFrom('Migrated' as const, 'Migrated' as const, 'RolledBack' as const),
  paused: fc.constantFrom(false, false, true),
  rollback: fc.record({ onFailure: fc.constantFrom('Namespace' as const, 'Workload' as const, 'None' as const) }),
  gitOps: fc.record({ onManagedField: fc.constantFrom('Block' as const, 'PodOnly' as const, 'Takeover' as const) }),
  health: fc.record({
    minimumRequests: fc.constantFrom(0, 20),
    onInconclusive: fc.constantFrom('Wait' as const, 'Proceed' as const, 'Rollback' as const),
  }),
});

const observation: fc.Arbitrary<NamespaceObservation> = fc
  .record({
    status,
    spec,
    namespace: fc.constantFrom(
      ...[aNamespace(), aCommittedNamespace(), aNamespace({ labels: { [keys.moving]: 'true' } })],
      ...[aNamespace({ annotations: { [keys.hold]: 'audit' } }), aNamespace({ annotations: { 'linkerd.io/inject': 'ingress' } })],
    ),
    workloads: fc.tuple(workload('web'), workload('db'), workload('night')),
    left: fc.subarray(names),
    pods,
    source: verdict,
    target: verdict,
    uncommitted: verdict,
    verdict,
    retryAt: maybe(fc.constantFrom('1', '2')),
  })
  .map((o) =>
    anObservation({
      migration: aMigration(o.spec),
      record: aRecord(o.status, o.retryAt === undefined ? {} : { annotations: { [keys.retryAt]: o.retryAt } }),
      namespace: o.namespace,
      workloads: o.workloads.filter(({ name }) => o.left.includes(name)),
      pods: o.pods,
      cluster: { source: o.source, target: o.target, admission: pass, findings: [] },
      uncommitted: o.uncommitted,
      names: { verdict: o.verdict },
    }),
  );

describe('decide, given any record and any world,', () => {
  it('answers, answers the same again, and writes nothing that is not safe', () => {
    fc.assert(
      fc.property(observation, (o) => {
        const decision = decideNamespace(o, start);

        expect(decideNamespace(o, start)).to.deep.equal(decision);
        expect(unsafeOf(o, decision)).to.deep.equal([]);
      }),
      { numRuns: 10_000 },
    );
  });

  it('comes to rest on a world that stands still, or writes', () => {
    fc.assert(
      fc.property(observation, (o) => {
        const seen: NamespaceMigrationStatus[] = [o.record.status ?? {}];
        for (let pass = 0; pass < 4; pass += 1) {
          const { outcome, status: next } = decideNamespace({ ...o, record: { ...o.record, status: seen.at(-1)! } }, start);
          if (outcome.kind === 'act' || isDeepStrictEqual(next, seen.at(-1))) return;
          seen.push(next);
        }
        expect.fail(`it goes on for ever: ${seen.map((s) => `${s.step ?? ''} ${s.reason ?? ''}`).join(', ')}`);
      }),
      { numRuns: 10_000 },
    );
  });
});
