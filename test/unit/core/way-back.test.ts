// The way back of one namespace: un-commit first, keys away in reverse order, done only when pods are in the source.

import { expect } from 'chai';
import { keys } from '../../../src/api/v1alpha1/group.ts';
import type { NamespaceMigrationStatus } from '../../../src/api/v1alpha1/namespace-migration.ts';
import type { NamespaceObservation } from '../../../src/core/observation.ts';
import { fail, unknown } from '../../../src/core/verdict.ts';
import {
  aCommittedNamespace,
  aKeyedWorkload,
  aMigration,
  aMovedPod,
  aNamespace,
  aPod,
  aRow,
  at,
  aWorkload,
  keyed,
  migrationUid,
  pods,
  uidOf,
} from '../../model/builders.ts';
import { actionsOf, decideFrom, inShort } from './deciding.ts';

const rolledBack = aMigration({ desiredState: 'RolledBack' });
const goingBack = (more: Partial<NamespaceMigrationStatus> = {}): NamespaceMigrationStatus => ({
  step: 'Restore',
  restoreCause: 'Request',
  ...more,
});
const restoring = aRow({ reason: 'Restoring', message: 'its keys are taken away' });
const bare = uidOf('web').slice(0, 8);
const back = (observation: Partial<NamespaceObservation>, status: Partial<NamespaceMigrationStatus> = {}, seconds = 0) =>
  decideFrom(goingBack(status), { migration: rolledBack, ...observation }, seconds);

describe('a namespace that goes back', () => {
  it('un-commits before any workload, and waits until new pods come out without the target', () => {
    const committed = { namespace: aCommittedNamespace(), workloads: [aKeyedWorkload()], pods: pods(2, aMovedPod) };
    const first = back(committed, { committed: true });
    const still = back(
      { ...committed, namespace: aNamespace(), uncommitted: fail('StillCommitted', 'a pod still joins') },
      { committed: true },
    );
    const then = back({ ...committed, namespace: aNamespace() }, { committed: true });

    expect(inShort(first)).to.deep.equal(['changeNamespace Uncommit']);
    expect(still.outcome).to.deep.include({ kind: 'wait', reason: 'StillCommitted' });
    expect(inShort(then)).to.deep.equal(['restoreTemplate Deployment/web']);
    expect(then.status).to.not.have.property('committed');
  });

  it('halts when new pods still join at the deadline', () => {
    const { status } = back({ uncommitted: fail('StillCommitted', 'a pod still joins') }, { committed: true }, 600);

    expect(status).to.deep.include({ step: 'Halted', reason: 'StillCommitted' });
  });

  it('goes on at the deadline where nobody could tell whether new pods still join: its workloads are judged by their pods', () => {
    const untold = { uncommitted: unknown('StillCommitted', 'refused'), workloads: [aKeyedWorkload()], pods: pods(2, aMovedPod) };
    const before = back(untold, { committed: true }, 599);
    const then = back(untold, { committed: true }, 600);

    expect(before.outcome).to.deep.include({ kind: 'wait', reason: 'StillCommitted' });
    expect(inShort(then)).to.deep.equal(['restoreTemplate Deployment/web']);
    expect(then.status).to.not.have.property('committed');
  });

  it('restores what the namespace had, and never over a later edit of somebody else', () => {
    const owners = { 'linkerd.io/inject': 'argocd-controller' };
    const edited = aCommittedNamespace({ annotations: { 'linkerd.io/inject': 'ingress' }, owners });
    const { status } = back({ namespace: edited }, { committed: true });

    expect(status).to.deep.include({ step: 'Halted', reason: 'NamespaceKeyConflict' });
    expect(status.message).to.equal(
      'its key linkerd.io/inject is "ingress" (set by argocd-controller): neither what it was nor what the operator wrote',
    );
  });

  it('takes settings away that were others when they were written', () => {
    const annotations = { 'linkerd.io/inject': 'enabled', [keys.linkerd1Ports]: '4140,4240' };
    const [action] = actionsOf(back({ namespace: aCommittedNamespace({ annotations }) }, { committed: true }));

    expect(action)
      .to.have.property('annotations')
      .that.deep.includes({ key: keys.linkerd1Ports, from: '4140,4240', to: undefined });
  });

  it('takes keys away in reverse order, at the same pace, and minReadySeconds with them', () => {
    const names = ['a', 'b', 'c', 'd', 'e'];
    const workloads = names.map((name) => aKeyedWorkload({ name, rollout: { minReadyOwner: 'us', minReadySeconds: 5 } }));
    const decision = back({ workloads, pods: [] });

    expect(inShort(decision)).to.deep.equal(['e', 'd', 'c'].map((name) => `restoreTemplate Deployment/${name}`));
    expect(actionsOf(decision)[0]).to.have.property('dropMinReadySeconds', true);
  });

  it('tests the value of each key that it takes away', () => {
    const [action] = actionsOf(back({ workloads: [aKeyedWorkload()], pods: [] }));

    expect(action)
      .to.have.property('changes')
      .that.deep.includes({ key: keys.cutover, from: keyed()[keys.cutover], to: undefined });
  });

  it('takes away what somebody left of our keys', () => {
    const decision = back({ workloads: [aWorkload({ keys: { [keys.to]: 'linkerd2' } })], pods: [] });

    expect(inShort(decision)).to.deep.equal(['restoreTemplate Deployment/web']);
  });

  it('is RolledBack when keys are absent and every pod is in the source', () => {
    const decision = back({}, { workloads: [restoring], keyed: [bare] });

    expect(decision.status).to.deep.include({ step: 'RolledBack', keyed: [] });
    expect(decision.events.map((e) => e.reason)).to.deep.equal(['RollbackCompleted', 'WorkloadRestored']);
  });

  it('keeps why a workload failed to the end, and gives its way back a clock of its own', () => {
    const why = { reason: 'LowSuccessRate', message: '40 % succeeded', remedy: 'Look.' };
    const failed = aRow({ state: 'Failed', since: at(-4000), ...why });
    const keyed = { workloads: [aKeyedWorkload()], pods: pods(2, aMovedPod) };
    const before = { keyed: [bare], stepTime: at(0), restoreCause: 'Failure' as const };
    const first = back(keyed, { ...before, workloads: [failed] }, 1);
    const then = back({}, { ...before, workloads: [first.status.workloads![0]!] }, 2);

    expect(inShort(first)).to.deep.equal(['restoreTemplate Deployment/web']);
    expect(first.status.workloads).to.deep.include({ ...failed, since: at(1) });
    expect(then.status.step).to.equal('RolledBack');
    expect(then.status.workloads?.[0]).to.deep.include({ state: 'Restored', ...why });
  });

  it('by request is clean at the end: what had failed before is over, and counts no more', () => {
    const failed = aRow({ state: 'Restored', reason: 'ProgressDeadlineExceeded', message: 'too late', remedy: 'Repair it.' });
    const { status } = back({}, { workloads: [failed], failed: true });
    const rest = decideFrom(status, { migration: rolledBack }).status;

    expect(status).to.deep.include({ step: 'RolledBack', reason: 'RolledBack' }).and.not.have.property('failed');
    expect(status.workloads?.[0]).to.deep.include({ state: 'Restored', reason: 'RolledBack', remedy: '' });
    expect(rest.workloads).to.deep.equal(status.workloads);
  });

  it('goes by what is there: keys that are absent are only verified', () => {
    expect(back({}).status.step).to.equal('RolledBack');
  });

  it('waits for moved pods that are still there, and halts at the deadline', () => {
    const left = {
      pods: [...pods(1, aPod), aMovedPod({ name: 'web-old' })],
      workloads: [aWorkload({ rollout: { complete: false } })],
    };

    expect(back(left, { workloads: [restoring], keyed: [bare] }, 599).status.step).to.equal('Restore');
    expect(back(left, { workloads: [restoring], keyed: [bare] }, 600).status).to.deep.include({
      step: 'Halted',
      reason: 'RestoreStuck',
    });
  });

  it('evicts exactly the pods of a StatefulSet that are of the moved revision and not Ready', () => {
    const left = [
      aMovedPod({ name: 'db-1', workload: 'StatefulSet/db', ready: false }),
      aMovedPod({ name: 'db-0', workload: 'StatefulSet/db' }),
    ];
    const row = aRow({ ...restoring, kind: 'StatefulSet', name: 'db', uid: uidOf('db') });
    const workload = aWorkload({ kind: 'StatefulSet', name: 'db', rollout: { complete: false } });
    const decision = back({ workloads: [workload], pods: left }, { workloads: [row] });
    const refused = back(
      { workloads: [workload], pods: left, refusals: new Map([['db-1', { reason: 'EvictionRefused', message: 'budget db' }]]) },
      { workloads: [row] },
    );

    const early = aWorkload({ kind: 'StatefulSet', name: 'db', rollout: { complete: false, observed: false } });

    expect(actionsOf(decision)).to.deep.equal([{ kind: 'evictPod', namespace: 'shop', name: 'db-1', uid: 'pod-db-1' }]);
    expect(actionsOf(back({ workloads: [early], pods: left }, { workloads: [row] })), 'its controller comes first').to.deep.equal(
      [],
    );
    expect(refused.status).to.deep.include({ step: 'Halted', reason: 'EvictionRefused' });
  });

  it('evicts the pod that was left by an earlier attempt, though no row of this one knows it', () => {
    const left = [
      aMovedPod({ name: 'db-1', workload: 'StatefulSet/db', ready: false }),
      aPod({ name: 'db-0', workload: 'StatefulSet/db' }),
    ];
    const workload = aWorkload({ kind: 'StatefulSet', name: 'db', rollout: { complete: false } });
    const decision = back({ workloads: [workload], pods: left });

    expect(actionsOf(decision)).to.deep.equal([{ kind: 'evictPod', namespace: 'shop', name: 'db-1', uid: 'pod-db-1' }]);
    expect(decision.status.step).to.equal('Restore');
  });

  it('restarts what had joined by the namespace alone with one key, once in an attempt', () => {
    const joined = pods(2, (p) => aMovedPod({ ...p, keys: {} }));
    const first = back({ pods: joined });
    const restarted = aWorkload({ keys: { [keys.restored]: 'a1b2c3d4-1' }, rollout: { complete: false } });
    const then = back({ pods: joined, workloads: [restarted] }, { workloads: [restoring] });

    expect(actionsOf(first)[0]).to.deep.include({
      kind: 'restoreTemplate',
      changes: [{ key: keys.restored, from: undefined, to: 'a1b2c3d4-1' }],
    });
    expect(then.outcome.kind).to.equal('wait');
  });

  it('waits for what it restarted so even where its row is lost, as the keys are the truth', () => {
    const restarted = aWorkload({ keys: { [keys.restored]: `${migrationUid.slice(0, 8)}-1` }, rollout: { complete: false } });
    const joined = pods(1, (p) =>
      aPod({ ...p, source: { state: 'absent', reason: '' }, target: { state: 'present', reason: '' } }),
    );
    const { status } = back({ workloads: [restarted], pods: joined });

    expect(status.step).to.equal('Restore');
    expect(status.workloads?.[0]).to.deep.include({ state: 'Moving', reason: 'Restoring' });
  });

  it('lists pods of OnDelete workloads that somebody must delete, and forgets them when they are gone', () => {
    const workloads = [aWorkload({ rollout: { strategy: 'OnDelete' } })];
    const listed = back({ workloads, pods: pods(2, aMovedPod) }, { keyed: [bare] });
    const gone = decideFrom(listed.status, { migration: rolledBack, workloads, pods: pods(2, aPod) });

    expect(listed.status.step).to.equal('RolledBack');
    expect(listed.status.workloads?.[0]).to.deep.include({ state: 'Listed' });
    expect(listed.status.workloads?.[0]?.remedy).to.include('web-0, web-1');
    expect(gone.status.workloads).to.deep.equal([]);
  });

  it('restores what is armed when its keys are absent, and lets a running Job of a moved template end first', () => {
    const workloads = [aWorkload({ kind: 'CronJob', name: 'night', rollout: { desired: 0, strategy: 'NextRun' } })];
    const run = aMovedPod({ name: 'night-1', workload: 'CronJob/night', job: true });
    const row = aRow({ ...restoring, kind: 'CronJob', name: 'night', uid: uidOf('night') });
    const running = back({ workloads, pods: [run] }, { workloads: [row] }, 100_000);
    const ended = back({ workloads, pods: [{ ...run, ended: true }] }, { workloads: [row] });

    expect(running.outcome.kind).to.equal('wait');
    expect(ended.status.step).to.equal('RolledBack');
  });

  it('starts nothing while paused or held, and ends what is in flight', () => {
    const paused = aMigration({ desiredState: 'RolledBack', paused: true });
    const workloads = [aKeyedWorkload({ name: 'a' }), aKeyedWorkload({ name: 'b' })];
    const row = aRow({ ...restoring, name: 'b', uid: uidOf('b') });
    const decision = back({ migration: paused, workloads, pods: [] }, { workloads: [row] });
    const held = back({ namespace: aNamespace({ annotations: { [keys.hold]: 'audit' } }), workloads, pods: [] });
    const heldWorkload = back({ workloads: [aKeyedWorkload({ annotations: { [keys.hold]: 'audit' } })] });

    expect(inShort(decision)).to.deep.equal(['restoreTemplate Deployment/b']);
    expect(held.outcome).to.deep.include({ kind: 'wait', reason: 'Held' });
    expect(heldWorkload.outcome).to.deep.include({ kind: 'wait', reason: 'Held' });
  });

  it('turns forward again as a new attempt when desiredState is flipped, after what is in flight has ended', () => {
    const workloads = [aKeyedWorkload({ name: 'a' }), aWorkload({ name: 'b', rollout: { complete: false } })];
    const row = aRow({ ...restoring, name: 'b', uid: uidOf('b') });
    const moved = pods(1, aMovedPod, 'Deployment/b');
    const inFlight = decideFrom(goingBack({ workloads: [row] }), { workloads, pods: moved });
    const ended = decideFrom(inFlight.status, {
      workloads: [aKeyedWorkload({ name: 'a' }), aWorkload({ name: 'b' })],
      pods: pods(2, aPod, 'Deployment/b'),
    });

    expect(inFlight.outcome.kind).to.equal('wait');
    expect(ended.status).to.deep.include({ step: 'Pending', attempt: 2, keyed: [uidOf('a').slice(0, 8)] });
  });

  it('halts on a write that the API server refuses', () => {
    const refusals = new Map([['Deployment/web', { reason: 'PermissionDenied', message: 'patch deployments is forbidden' }]]);
    const { status } = back({ workloads: [aKeyedWorkload()], pods: [], refusals }, { workloads: [restoring] });

    expect(status).to.deep.include({ step: 'Halted', reason: 'PermissionDenied' });
    expect(status.message).to.include('Deployment/web');
  });

  it('remembers the clock of the way back, not that of the way forward', () => {
    const { status } = back({ workloads: [aKeyedWorkload()], pods: [] }, { workloads: [aRow()] }, 5000);

    expect(status.workloads?.[0]).to.deep.include({ state: 'Moving', reason: 'Restoring', since: at(5000) });
  });
});
