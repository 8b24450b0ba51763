// Migrated, PartiallyMigrated, RolledBack and Halted: what leaves them, and what does not.

import { expect } from 'chai';
import { keys } from '../../../src/api/v1alpha1/group.ts';
import type { NamespaceMigrationStatus } from '../../../src/api/v1alpha1/namespace-migration.ts';
import {
  aCommittedNamespace,
  aKeyedWorkload,
  aMigration,
  aMovedPod,
  aNamespace,
  aPod,
  aRecord,
  aRow,
  aWorkload,
  keyed,
  pods,
  uidOf,
} from '../../model/builders.ts';
import { decide, decideFrom, inShort } from './deciding.ts';

const bare = uidOf('web').slice(0, 8);
const committed = { workloads: [aKeyedWorkload()], pods: pods(2, aMovedPod), namespace: aCommittedNamespace() };
const migrated: NamespaceMigrationStatus = { step: 'Migrated', committed: true, keyed: [`${bare}-template-1`] };
const night = { kind: 'CronJob' as const, name: 'night', rollout: { desired: 0, strategy: 'NextRun' as const } };
const run = aMovedPod({ name: 'night-1', workload: 'CronJob/night', job: true });
const armedRow = aRow({
  kind: 'CronJob',
  name: 'night',
  uid: uidOf('night'),
  state: 'Armed',
  reason: 'NoPods',
  message: 'it waits',
});
const failedRow = aRow({ state: 'Restored', reason: 'Restarted', message: 'it restarted' });

describe('a Migrated namespace', () => {
  it('is left alone, whatever its rollouts do', () => {
    const busy = {
      ...committed,
      workloads: [aKeyedWorkload({ rollout: { complete: false } })],
      pods: pods(1, (p) => aMovedPod({ ...p, restarts: 9 })),
    };
    const decision = decideFrom(migrated, busy, 10_000);

    expect(decision.outcome.kind).to.equal('done');
    expect(decision.status).to.deep.include({ step: 'Migrated', reason: 'Migrated' });
    expect(decision.status.counts).to.deep.include({ verified: 1 });
  });

  it('does not count what is born into it', () => {
    const { status } = decideFrom(migrated, { ...committed, workloads: [...committed.workloads, aWorkload({ name: 'young' })] });

    expect(status.counts?.total).to.equal(1);
  });

  it('says so when somebody takes its default away, and does not fight', () => {
    const decision = decideFrom(migrated, { ...committed, namespace: aNamespace() });

    expect(decision.status).to.deep.include({ step: 'Migrated', reason: 'Drifted' });
    expect(inShort(decision)).to.deep.equal([]);
  });

  it('judges the first pod of an armed workload until it is verified', () => {
    const status = { ...migrated, workloads: [armedRow], keyed: [uidOf('night').slice(0, 8)] };
    const observation = { ...committed, workloads: [aKeyedWorkload(night)] };
    const waiting = decideFrom(status, { ...observation, pods: [] }).status;
    const running = decideFrom(waiting, { ...observation, pods: [run] }).status;
    const succeeded = decideFrom(running, {
      ...observation,
      pods: [{ ...run, ended: true, phase: 'Succeeded', ready: false }],
    }).status;

    expect([waiting, running, succeeded].map((s) => s.counts?.armed)).to.deep.equal([1, 1, 0]);
    expect(succeeded.counts).to.deep.include({ verified: 1 });
  });

  it('takes an armed workload back alone when its first pod fails, after un-commit', () => {
    const status = { ...migrated, workloads: [armedRow] };
    const observation = { ...committed, workloads: [aKeyedWorkload(), aKeyedWorkload(night)] };
    const failing = [...committed.pods, { ...run, source: { state: 'present', reason: 'env' } } as const];
    const first = decideFrom(status, { ...observation, pods: failing });
    const then = decideFrom(first.status, { ...observation, pods: failing, namespace: aNamespace() });
    const end = decideFrom(then.status, {
      workloads: [aKeyedWorkload(), aWorkload(night)],
      pods: committed.pods,
      namespace: aNamespace(),
    });

    expect(first.status).to.deep.include({ step: 'PartiallyMigrated', failed: true });
    expect(inShort(first)).to.deep.equal(['changeNamespace Uncommit']);
    expect(inShort(then)).to.deep.equal(['restoreTemplate CronJob/night']);
    expect(end.status.workloads?.[0]).to.deep.include({ name: 'night', state: 'Restored', reason: 'SourceRemains' });
    expect(end.status.counts).to.deep.include({ verified: 1, restored: 1 });
  });
});

describe('a PartiallyMigrated namespace', () => {
  const single = aWorkload({ name: 'one', rollout: { desired: 1, surge: 0 } });
  const listed = aRow({ name: 'one', state: 'Listed', reason: 'NoSurge', message: 'its only pod' });
  const partly: NamespaceMigrationStatus = { step: 'PartiallyMigrated', keyed: [`${bare}-template-1`], workloads: [listed] };
  const world = (other: ReturnType<typeof aWorkload>) => ({ workloads: [aKeyedWorkload(), other], pods: pods(2, aMovedPod) });

  it('stays so while the cause of its exception is there', () => {
    const decision = decideFrom(partly, world(single));

    expect(decision.outcome.kind).to.equal('done');
    expect(decision.status.step).to.equal('PartiallyMigrated');
  });

  it('moves that workload alone when the cause is gone, and then commits', () => {
    const freed = aWorkload({ name: 'one', rollout: { desired: 1, surge: 1 } });
    const again = decideFrom(partly, world(freed));
    const moving = decideFrom({ ...again.status, step: 'Preflight' }, world(freed));

    expect(again.status).to.deep.include({ step: 'Pending', attempt: 2, keyed: [`${bare}-template-1`] });
    expect(inShort(moving)).to.deep.equal(['changeNamespace Moving', 'cutOver Deployment/one']);
  });

  it('commits when a person accepts the exception', () => {
    const accepted = { ...single, annotations: { [keys.accept]: 'retired in May' } };
    const again = decideFrom(partly, world(accepted));
    const commit = decideFrom({ ...again.status, step: 'Preflight' }, world(accepted));

    expect(inShort(commit)).to.deep.equal(['changeNamespace Commit']);
    expect(commit.status.workloads?.[0]).to.deep.include({ state: 'Listed', accepted: 'retired in May' });
  });

  it('can not be accepted where a person holds the workload', () => {
    const held = { ...single, annotations: { [keys.accept]: 'yes', [keys.hold]: 'audit' } };

    expect(decideFrom(partly, world(held)).status.step).to.equal('PartiallyMigrated');
  });

  it('does not try what failed or drifted again because another exception is gone', () => {
    const failed = aRow({ name: 'bad', state: 'Restored', reason: 'Restarted', message: 'it restarted' });
    const drifted = aRow({ name: 'odd', state: 'Drifted', reason: 'Drifted', message: 'keys vanished' });
    const freed = aWorkload({ name: 'one', rollout: { desired: 1, surge: 1 } });
    const observation = world(freed);
    const workloads = [...observation.workloads, aWorkload({ name: 'bad' }), aWorkload({ name: 'odd' })];
    const again = decideFrom({ ...partly, failed: true, workloads: [failed, drifted, listed] }, { ...observation, workloads });
    const moving = decideFrom({ ...again.status, step: 'Preflight' }, { ...observation, workloads });

    expect(again.status).to.deep.include({ step: 'Pending', failed: true });
    expect(inShort(moving)).to.deep.equal(['changeNamespace Moving', 'cutOver Deployment/one']);
    expect(moving.status.counts).to.deep.include({ restored: 1, drifted: 1 });
  });
});

describe('a namespace that went back after a failure', () => {
  const failed: NamespaceMigrationStatus = { step: 'RolledBack', restoreCause: 'Failure', failed: true, workloads: [failedRow] };

  it('stays back until a person acts', () => {
    expect(decideFrom(failed).outcome.kind).to.equal('done');
  });

  it('is tried again when the template of the failed workload is changed', () => {
    const { status } = decideFrom(failed, { workloads: [aWorkload({ template: 'template-2' })] });

    expect(status).to.deep.include({ step: 'Pending', attempt: 2 });
    expect(status).to.not.have.any.keys('failed', 'restoreCause');
  });

  it('is tried again when the failed workload is another one by now', () => {
    expect(decideFrom(failed, { workloads: [aWorkload({ uid: 'ffffffff-1' })] }).status.step).to.equal('Pending');
  });

  it('is not tried again because another workload is changed', () => {
    const others = { workloads: [aWorkload(), aWorkload({ name: 'x', template: 'template-9' })] };

    expect(decideFrom(failed, others).status.step).to.equal('RolledBack');
  });

  for (const where of ['migration', 'record'] as const) {
    it(`is tried again at a new value of retry-at on its ${where}, once`, () => {
      const annotations = { [keys.retryAt]: 'now' };
      const migration = where === 'migration' ? aMigration({}, { annotations }) : aMigration();
      const record = aRecord({ attempt: 1, ...failed }, where === 'record' ? { annotations } : {});
      const first = decide({ migration, record });
      const then = decide({ migration, record: { ...record, status: { ...failed, lastHandledRetryAt: 'now' } } });

      expect(first.status).to.deep.include({ step: 'Pending', attempt: 2, lastHandledRetryAt: 'now' });
      expect(then.status.step).to.equal('RolledBack');
    });
  }

  it('is not tried again by a value that was there before it failed', () => {
    const migration = aMigration({}, { annotations: { [keys.retryAt]: 'long ago' } });
    const before = decideFrom({ step: 'Cutover' }, { migration });

    expect(before.status.lastHandledRetryAt).to.equal('long ago');
  });
});

describe('a namespace that went back by request', () => {
  const back: NamespaceMigrationStatus = { step: 'RolledBack', restoreCause: 'Request' };

  it('stays back while somebody asks for it, and moves again when nobody does', () => {
    expect(decideFrom(back, { migration: aMigration({ desiredState: 'RolledBack' }) }).status.step).to.equal('RolledBack');
    expect(decideFrom(back).status).to.deep.include({ step: 'Pending', attempt: 2 });
  });

  it('reports keys that come back without us as drift', () => {
    const { status } = decideFrom(back, {
      migration: aMigration({ desiredState: 'RolledBack' }),
      workloads: [aWorkload({ keys: keyed() })],
    });

    expect(status.workloads?.[0]).to.deep.include({ state: 'Drifted' });
  });
});

describe('a Halted namespace', () => {
  const counts = { total: 1, pending: 0, moving: 1, verified: 0, armed: 0, failed: 0, restored: 0, drifted: 0, listed: 0 };
  const halted: NamespaceMigrationStatus = {
    counts,
    reason: 'DeployInFlight',
    message: 'x',
    remedy: 'y',

    step: 'Halted',
    failed: true,
    workloads: [aRow({ reason: 'RollingOut', message: 'x' })],
  };
  const world = { workloads: [aKeyedWorkload()], pods: pods(2, aPod) };

  it('takes its fence away and nothing else', () => {
    const decision = decideFrom(halted, { ...world, namespace: aNamespace({ labels: { [keys.moving]: 'true' } }) });

    expect(inShort(decision)).to.deep.equal(['changeNamespace End']);
  });

  it('stays until a person acts, whatever its pods do', () => {
    expect(decideFrom(halted, { ...world, pods: pods(2, aMovedPod) }, 99_999).status.step).to.equal('Halted');
  });

  it('tries again at a new value of retry-at; what carries keys is verified and not written again', () => {
    const record = aRecord({ attempt: 1, ...halted }, { annotations: { [keys.retryAt]: 'now' } });
    const again = decide({ ...world, record });
    const verified = decideFrom({ ...again.status, step: 'Preflight' }, { ...world, pods: pods(2, aMovedPod) });

    expect(again.status).to.deep.include({ step: 'Pending', attempt: 2 });
    expect(inShort(verified)).to.deep.equal(['changeNamespace Commit']);
  });
});

describe('a namespace whose migration is gone', () => {
  it('keeps everything as it is but the fence', () => {
    const { migration, ...nothing } = { migration: undefined };
    const fenced = aNamespace({ labels: { [keys.moving]: 'true' } });
    const record = aRecord({ step: 'Cutover', attempt: 1 });
    const first = decide({ ...nothing, migration: undefined as never, record, namespace: fenced });
    const then = decide({ ...nothing, migration: undefined as never, record });

    expect(migration).to.equal(undefined);
    expect(inShort(first)).to.deep.equal(['changeNamespace End']);
    expect(then.status).to.deep.include({ step: 'Cutover', reason: 'MigrationGone' });
    expect(then.outcome.kind).to.equal('done');
  });
});
