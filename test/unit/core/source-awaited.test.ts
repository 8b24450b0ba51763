// A source that is not seen to work while something shall go back into it: waited for, without a write, and not for ever.

import { expect } from 'chai';
import { keys } from '../../../src/api/v1alpha1/group.ts';
import type { MeshMigrationSpec } from '../../../src/api/v1alpha1/mesh-migration.ts';
import type { NamespaceMigration, NamespaceMigrationStatus } from '../../../src/api/v1alpha1/namespace-migration.ts';
import type { NamespaceDecision } from '../../../src/core/decision.ts';
import { restsOnSource } from '../../../src/core/namespace/closeness.ts';
import type { NamespaceObservation } from '../../../src/core/observation.ts';
import { fail, unknown } from '../../../src/core/verdict.ts';
import {
  aCluster,
  aKeyedWorkload,
  aMigration,
  aMigrationObservation,
  aMovedPod,
  aNamespace,
  aRecord,
  aRow,
  at,
  aWorkload,
  pods,
  uidOf,
} from '../../model/builders.ts';
import { decideAll, decideFrom, inShort } from './deciding.ts';

const away = aCluster({ source: fail('SourceNotHealthy', 'DaemonSet l5d: 2 of 3 pods are Ready') });
const unsure = aCluster({ source: unknown('SourceNotHealthy', 'daemonsets could not be listed: 503') });
const rolledBack = aMigration({ desiredState: 'RolledBack' });
const going: NamespaceMigrationStatus = { step: 'Restore', restoreCause: 'Request', reason: 'Restoring' };
const failed = aRow({ state: 'Failed', reason: 'Restarted', message: 'a container has restarted', remedy: 'Look.' });
const moved = { workloads: [aKeyedWorkload()], pods: pods(2, aMovedPod) };

type World = Partial<NamespaceObservation>;
type Pass = readonly [seconds: number, world: World];

/** Decides again and again, each time from what was stored. */
function through(status: NamespaceMigrationStatus, world: World, passes: readonly Pass[]): NamespaceDecision {
  const decisions: NamespaceDecision[] = [];
  for (const [seconds, now] of passes)
    decisions.push(decideFrom(decisions.at(-1)?.status ?? status, { ...world, ...now }, seconds));
  const last = decisions.at(-1);
  if (last === undefined) throw new Error('no pass');
  return last;
}

describe('a way back whose source is not seen to work', () => {
  const world = { migration: rolledBack, ...moved };

  for (const [what, cluster] of [
    ['a pod of it is not Ready', away],
    ['it could not be read', unsure],
  ] as const) {
    it(`waits and says so when ${what}, writes nothing, and goes on by itself`, () => {
      const waiting = through(going, world, [[10, { cluster }]]);
      const after = through(going, world, [
        [10, { cluster }],
        [69, { cluster }],
        [69.5, {}],
      ]);

      expect(waiting.status).to.deep.include({ step: 'Restore', reason: 'SourceNotHealthy', clockStoppedTime: at(10) });
      expect(waiting.status.message)
        .to.contain('nothing goes back')
        .and.to.contain(cluster.source.kind === 'pass' ? '' : cluster.source.message);
      expect(waiting.outcome).to.deep.equal({ kind: 'wait', reason: 'SourceNotHealthy', afterSeconds: 2 });
      expect(inShort(after)).to.deep.equal(['restoreTemplate Deployment/web']);
      expect(after.status).to.deep.include({ step: 'Restore', reason: 'Restoring' });
      expect(after.status).to.not.have.property('clockStoppedTime');
    });
  }

  it('halts when that lasts for a minute, or as long as a workload may take where that is less', () => {
    const hasty = aMigration({ desiredState: 'RolledBack', restart: { progressDeadlineSeconds: 8 } });
    const minute = through(going, world, [
      [0, { cluster: away }],
      [60, { cluster: unsure }],
    ]);
    const eight = through(going, { ...world, migration: hasty }, [
      [0, { cluster: away }],
      [8, { cluster: away }],
    ]);

    for (const { status, outcome } of [minute, eight]) {
      expect(status).to.deep.include({ step: 'Halted', reason: 'SourceNotHealthy', failed: true });
      expect(status.message).to.contain('not rolled back: ');
      expect(outcome.kind).to.equal('done');
    }
  });

  it('has a minute again once the source was seen to work in between', () => {
    const decision = through(going, { ...world, pods: [] }, [
      [0, { cluster: away }],
      [50, {}],
      [55, { cluster: away }],
      [114, { cluster: away }],
    ]);

    expect(decision.status).to.deep.include({ step: 'Restore', reason: 'SourceNotHealthy', clockStoppedTime: at(55) });
  });

  it('lets no deadline of the way back run meanwhile', () => {
    const row = aRow({ reason: 'Restoring', message: 'its keys are taken away', since: at(0) });
    const stuck = { ...world, workloads: [aWorkload({ rollout: { complete: false } })] };
    const decision = through({ ...going, workloads: [row] }, stuck, [
      [500, {}],
      [560, { cluster: away }],
      [610, {}],
    ]);

    expect(decision.status).to.deep.include({ step: 'Restore', reason: 'Restoring' });
  });
});

describe('a failure while the source is not seen to work', () => {
  const broken = {
    workloads: [aKeyedWorkload(), aWorkload({ name: 'x' })],
    pods: pods(2, (p) => aMovedPod({ ...p, restarts: 3 })),
    namespace: aNamespace({ labels: { [keys.moving]: 'true' } }),
  };
  const cutover: NamespaceMigrationStatus = { step: 'Cutover', workloads: [aRow()] };
  const byWorkload = aMigration({ rollback: { onFailure: 'Workload' } });

  for (const [policy, step, then] of [
    ['Namespace', 'Restore', ['restoreTemplate Deployment/web']],
    ['Workload', 'Cutover', ['restoreTemplate Deployment/web', 'cutOver Deployment/x']],
  ] as const) {
    it(`waits for it before anything goes back, and halts when it lasts (${policy})`, () => {
      const world = { ...broken, migration: aMigration({ rollback: { onFailure: policy } }) };
      const waiting = through(cutover, world, [
        [5, { cluster: away }],
        [64, { cluster: away }],
      ]);
      const after = decideFrom(waiting.status, world, 64);
      const late = decideFrom(waiting.status, { ...world, cluster: away }, 65);

      expect(waiting.status).to.deep.include({ step, reason: 'SourceNotHealthy', failed: true, clockStoppedTime: at(5) });
      expect(waiting.outcome.kind).to.equal('wait');
      expect(inShort(after)).to.deep.equal(then);
      expect(late.status).to.deep.include({ step: 'Halted', reason: 'SourceNotHealthy' });
      expect(inShort(late)).to.deep.equal(['changeNamespace End']);
    });
  }

  it('begins its minute then, though deadlines stood still for the target before', () => {
    const world = { ...broken, migration: byWorkload };
    const cluster = aCluster({ target: unknown('TargetNotReady', 'no answer'), source: away.source });
    const status = {
      ...cutover,
      reason: 'TargetNotReady',
      clockStoppedTime: at(0),
      workloads: [failed],
    };
    const decision = decideFrom({ ...status, keyed: [uidOf('web').slice(0, 8)] }, { ...world, cluster }, 300);

    expect(decision.status).to.deep.include({ step: 'Cutover', reason: 'SourceNotHealthy', clockStoppedTime: at(300) });
  });

  it('of an armed workload keeps the end of its namespace as it was said', () => {
    const status: NamespaceMigrationStatus = {
      step: 'PartiallyMigrated',
      failed: true,
      reason: 'ExceptionsLeft',
      workloads: [failed],
      keyed: [uidOf('web').slice(0, 8)],
    };
    const world = { ...moved, migration: byWorkload };
    const waiting = through(status, world, [[5, { cluster: away }]]);
    const after = decideFrom(waiting.status, world, 20);

    expect(waiting.status).to.deep.include({ step: 'PartiallyMigrated', reason: 'SourceNotHealthy' });
    expect(inShort(after)).to.deep.equal(['restoreTemplate Deployment/web']);
    expect(after.status).to.deep.include({ step: 'PartiallyMigrated', reason: 'ExceptionsLeft' });
  });
});

describe('the source', () => {
  it('is asked anew before a namespace turns back or halts', () => {
    const back = decideFrom(
      { ...going, reason: 'SourceNotHealthy', clockStoppedTime: at(0) },
      { ...moved, migration: rolledBack, cluster: away },
      60,
    );
    const waits = decideFrom(going, { ...moved, migration: rolledBack, cluster: away }, 0);

    expect(restsOnSource(going, back)).to.equal(true);
    expect(restsOnSource({ step: 'Cutover' }, waits)).to.equal(true);
    expect(restsOnSource(going, waits)).to.equal(false);
  });
});

describe('places on the way back', () => {
  const names = ['a', 'b', 'c'];
  const migrated: NamespaceMigrationStatus = { step: 'Migrated', attempt: 1 };
  const namespaces = names.map((name) => aNamespace({ name }));
  const waves = [{ name: 'first', namespaces: names }];
  const none = { total: 0, pending: 0, inFlight: 0, migrated: 0, partiallyMigrated: 0, rolledBack: 0, failed: 0, blocked: 0 };
  const observed = (spec: Partial<MeshMigrationSpec>, records: readonly NamespaceMigration[], cluster = away) =>
    aMigrationObservation({
      migration: {
        ...aMigration({ waves, ...spec }),
        status: { waves: [{ name: 'first', startTime: at(0), namespaces: none }] },
      },
      namespaces,
      records,
      cluster,
    });
  const back = { desiredState: 'RolledBack' as const };

  it('are given to nobody while the source is not seen to work, which is said, and looked at again soon', () => {
    const records = names.map((name) => aRecord(migrated, { name }));
    const waiting = decideAll(observed(back, records, unsure));
    const ready = waiting.status.conditions?.find(({ type }) => type === 'Ready');

    expect(waiting.outcome).to.deep.equal({ kind: 'wait', reason: 'moving', afterSeconds: 5 });
    expect(ready).to.deep.include({ status: 'False', reason: 'SourceNotHealthy' });
    expect(ready?.message).to.contain('could not be listed: 503');
    expect(inShort(decideAll(observed(back, records, aCluster())))).to.deep.equal(['startRecord c Restore']);
  });

  it('that are held are kept: what moves forward turns round all the same', () => {
    const [a, b, c] = names.map((name) => aRecord(name === 'b' ? { step: 'Cutover', attempt: 1 } : migrated, { name }));
    const decision = decideAll(
      observed(
        back,
        [a, b, c].flatMap((one) => one ?? []),
      ),
    );

    expect(inShort(decision)).to.deep.equal(['startRecord b Restore']);
  });

  it('do not go to the next one when one has halted for it', () => {
    const halted: NamespaceMigrationStatus = {
      step: 'Halted',
      attempt: 1,
      restoreCause: 'Request',
      reason: 'SourceNotHealthy',
      failed: true,
    };
    const records = names.map((name) => aRecord(name === 'c' ? halted : migrated, { name }));

    expect(inShort(decideAll(observed(back, records)))).to.deep.equal([]);
  });

  it('wait for another try that a person asked for, too', () => {
    const status: NamespaceMigrationStatus = {
      step: 'Halted',
      attempt: 1,
      restoreCause: 'Request',
      reason: 'SourceNotHealthy',
      failed: true,
    };
    const records = names.map((name) => aRecord(status, { name }));
    const asked = records.map((one) => ({ ...one, metadata: { ...one.metadata, annotations: { [keys.retryAt]: 'now' } } }));

    expect(decideAll(observed(back, asked)).outcome).to.deep.include({ kind: 'wait', afterSeconds: 5 });
    expect(inShort(decideAll(observed(back, asked, aCluster())))).to.deep.equal(['startRecord c Restore']);
  });

  it('are not given to a single namespace either, and the failures name it', () => {
    const records = names.map((name) => {
      const record = aRecord(migrated, { name });
      return name === 'b' ? { ...record, spec: { ...record.spec, ...back } } : record;
    });
    const decision = decideAll(observed({}, records));
    const failure = decision.status.failures?.find(({ namespace }) => namespace === 'b');

    expect(decision.outcome).to.deep.include({ kind: 'wait', afterSeconds: 5 });
    expect(failure).to.deep.include({ reason: 'SourceNotHealthy' });
    expect(failure?.message).to.contain('2 of 3 pods are Ready');
    expect(inShort(decideAll(observed({}, records, aCluster())))).to.deep.equal(['startRecord b Restore']);
  });
});
