// The way forward of one namespace: from Preflight to Migrated, and everything that can come in between.

import { expect } from 'chai';
import { keys } from '../../../src/api/v1alpha1/group.ts';
import { fail, unknown } from '../../../src/core/verdict.ts';
import {
  aCluster,
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
  pods,
  uidOf,
} from '../../model/builders.ts';
import { actionsOf, decideFrom, inShort } from './deciding.ts';

const moving = aNamespace({ labels: { [keys.moving]: 'true' } });
const workloads = ['a', 'b', 'c', 'd', 'e'].map((name) => aWorkload({ name }));
const movedWeb = { workloads: [aKeyedWorkload()], pods: pods(2, aMovedPod), namespace: moving };

describe('a namespace that moves forward', () => {
  it('waits in Pending until its migration gives it a place', () => {
    const { outcome, status } = decideFrom({ step: 'Pending' });

    expect(outcome).to.deep.equal({ kind: 'done' });
    expect(status.step).to.equal('Pending');
  });

  it('goes from Preflight to its first keys in one pass, the moving label first', () => {
    const decision = decideFrom({ step: 'Preflight' });

    expect(decision.status.step).to.equal('Cutover');
    expect(inShort(decision)).to.deep.equal(['changeNamespace Moving', 'cutOver Deployment/web']);
    expect(actionsOf(decision)[1]).to.deep.include({ keys: keyed(1) });
  });

  it('puts the moving label on again where it is gone while pods are still being made', () => {
    const rolling = { workloads: [aKeyedWorkload({ rollout: { complete: false } })], pods: pods(1, aMovedPod) };
    const adopted = decideFrom({ step: 'Cutover' }, rolling);
    const verified = decideFrom({ step: 'Cutover' }, { workloads: [aKeyedWorkload()], pods: pods(2, aMovedPod) });

    expect(inShort(adopted)).to.deep.equal(['changeNamespace Moving']);
    expect(inShort(verified)).to.deep.equal(['changeNamespace Commit']);
  });

  it('remembers in the status which workloads it is about to write', () => {
    const { status } = decideFrom({ step: 'Cutover' });

    expect(status.workloads).to.have.length(1);
    expect(status.workloads?.[0]).to.deep.include({
      name: 'web',
      state: 'Moving',
      generation: 1,
      template: 'template-1',
      since: at(0),
    });
    expect(status.keyed).to.deep.equal([uidOf('web').slice(0, 8)]);
  });

  it('moves no more workloads at once than pace.maxConcurrentWorkloads', () => {
    const decision = decideFrom({ step: 'Cutover' }, { workloads, pods: [], namespace: moving });

    expect(inShort(decision)).to.deep.equal(['cutOver Deployment/a', 'cutOver Deployment/b', 'cutOver Deployment/c']);
  });

  it('starts the next workload when one is verified, and only that one', () => {
    const migration = aMigration({ pace: { maxConcurrentWorkloads: 1 } });
    const decision = decideFrom(
      { step: 'Cutover', workloads: [aRow()] },
      {
        migration,
        namespace: moving,
        workloads: [aKeyedWorkload(), aWorkload({ name: 'x' }), aWorkload({ name: 'y' })],
        pods: pods(2, aMovedPod),
      },
    );

    expect(inShort(decision)).to.deep.equal(['cutOver Deployment/x']);
    expect(decision.status.counts).to.deep.include({ verified: 1, moving: 1, pending: 1 });
  });

  it('writes minReadySeconds with the keys only where nobody else owns it', () => {
    const migration = aMigration({ restart: { minReadySeconds: 5 } });
    const ours = actionsOf(decideFrom({ step: 'Cutover' }, { migration, namespace: moving }));
    const theirs = actionsOf(
      decideFrom(
        { step: 'Cutover' },
        { migration, namespace: moving, workloads: [aWorkload({ rollout: { minReadyOwner: 'other' } })] },
      ),
    );

    expect(ours[0]).to.have.property('minReadySeconds', 5);
    expect(theirs[0]).to.not.have.property('minReadySeconds');
  });

  it('waits while old pods still serve', () => {
    const rollout = { complete: false, updated: 1, total: 3 };
    const { outcome, status } = decideFrom(
      { step: 'Cutover', workloads: [aRow()] },
      { ...movedWeb, workloads: [aKeyedWorkload({ rollout })], pods: [aMovedPod({ name: 'web-new' }), ...pods(2, aPod)] },
    );

    expect(outcome.kind).to.equal('wait');
    expect(status.workloads?.[0]).to.deep.include({ state: 'Moving', reason: 'RollingOut', since: at(0) });
  });

  it('commits when every workload is verified, and says so before it writes', () => {
    const decision = decideFrom({ step: 'Cutover', workloads: [aRow()] }, movedWeb);
    const [commit] = actionsOf(decision);

    expect(decision.status).to.deep.include({ step: 'Commit', committed: true });
    expect(commit).to.deep.include({ kind: 'changeNamespace', why: 'Commit' });
    expect(commit).to.have.property('labels').that.deep.includes({ key: keys.moving, from: 'true', to: undefined });
  });

  it('soaks after the commit and is then Migrated', () => {
    const committed = { ...movedWeb, namespace: aCommittedNamespace() };
    const soak = decideFrom({ step: 'Commit', committed: true, keyed: [uidOf('web').slice(0, 8)] }, committed);
    const early = decideFrom(soak.status, committed, 59);
    const late = decideFrom(soak.status, committed, 60);

    expect(soak.status.step).to.equal('Soak');
    expect(early.status.step).to.equal('Soak');
    expect(late.status.step).to.equal('Migrated');
    expect(late.outcome.kind).to.equal('done');
    expect(late.events.map((e) => e.reason)).to.deep.equal(['NamespaceMigrated']);
  });

  it('never writes the namespace with onManagedField PodOnly, and needs no commit', () => {
    const migration = aMigration({ gitOps: { onManagedField: 'PodOnly' }, health: { minimumRequests: 0, soakSeconds: 0 } });
    const first = decideFrom({ step: 'Preflight' }, { migration });
    const last = decideFrom({ step: 'Cutover', workloads: [aRow()] }, { ...movedWeb, migration, namespace: aNamespace() });

    expect(inShort(first)).to.deep.equal(['cutOver Deployment/web']);
    expect(last.status.step).to.equal('Migrated');
  });

  it('moves workloads that appear in mid-cutover in the same attempt', () => {
    const decision = decideFrom({ step: 'Commit' }, { ...movedWeb, workloads: [aKeyedWorkload(), aWorkload({ name: 'young' })] });

    expect(decision.status).to.deep.include({ step: 'Cutover', attempt: 1 });
    expect(inShort(decision)).to.deep.equal(['cutOver Deployment/young']);
  });

  it('moves a straggler that the live list at the beginning of Soak shows', () => {
    const young = aWorkload({ name: 'young' });
    const youngPods = pods(2, aPod, 'Deployment/young');
    const decision = decideFrom(
      { step: 'Soak', committed: true },
      { workloads: [aKeyedWorkload(), young], pods: [...pods(2, aMovedPod), ...youngPods], namespace: aCommittedNamespace() },
    );

    expect(decision.status.step).to.equal('Cutover');
    expect(inShort(decision)).to.include('cutOver Deployment/young');
  });

  it('lets a workload that was born into the committed namespace be carried by it', () => {
    const young = aWorkload({ name: 'young', rollout: { complete: false } });
    const born = { source: { state: 'absent', reason: 'left' }, target: { state: 'present', reason: 'joined' } } as const;
    const youngPods = pods(1, (pod) => aPod({ ...pod, ...born, ready: false }), 'Deployment/young');
    const decision = decideFrom(
      { step: 'Soak', committed: true },
      { workloads: [aKeyedWorkload(), young], pods: [...pods(2, aMovedPod), ...youngPods], namespace: aCommittedNamespace() },
    );

    expect(decision.outcome.kind).to.equal('wait');
    expect(decision.status).to.deep.include({ step: 'Soak' });
    expect(decision.status.keyed).to.have.length(1);
  });
});

describe('a namespace key that somebody else set', () => {
  const owners = { 'linkerd.io/inject': 'argocd-controller' };
  const set = aNamespace({ annotations: { 'linkerd.io/inject': 'disabled' }, labels: { [keys.moving]: 'true' }, owners });
  const verified = { workloads: [aKeyedWorkload()], pods: pods(2, aMovedPod) };

  it('before the commit is not overwritten: halted, with who set it', () => {
    const { status } = decideFrom({ step: 'Commit' }, { ...verified, namespace: set });

    expect(status).to.deep.include({ step: 'Halted', reason: 'NamespaceKeyConflict' });
    expect(status.message).to.include('linkerd.io/inject is "disabled" (set by argocd-controller)');
  });

  it('after the commit is not overwritten either', () => {
    const { status } = decideFrom({ step: 'Soak', committed: true }, { ...verified, namespace: set });
    const gone = decideFrom({ step: 'Soak', committed: true }, { ...verified, namespace: aNamespace() }).status;

    expect(status).to.deep.include({ step: 'Halted', reason: 'NamespaceKeyConflict' });
    expect(status.message).to.include('linkerd.io/inject is "disabled" (set by argocd-controller)');
    expect(gone.message).to.match(/^its key \S+ is absent after the commit/);
  });

  it('before the move blocks it', () => {
    const { status } = decideFrom({ step: 'Preflight' }, { namespace: aNamespace({ labels: { [keys.to]: 'istio' }, owners }) });

    expect(status.message).to.match(/is "istio" now, and was something else/);
  });
});

describe('preflight', () => {
  const blockers = {
    'a hold on the namespace': [{ namespace: aNamespace({ annotations: { [keys.hold]: 'audit' } }) }, 'Held'],
    'a source that is not healthy': [
      { cluster: aCluster({ source: fail('SourceNotHealthy', 'l5d is down') }) },
      'SourceNotHealthy',
    ],
    'a target that is not able': [{ cluster: aCluster({ target: unknown('TargetNotReady', 'no answer') }) }, 'TargetNotReady'],
    'admission that does not act': [
      { cluster: aCluster({ admission: fail('AdmissionNotActive', 'unchanged') }) },
      'AdmissionNotActive',
    ],
    'the keys of an earlier move between other meshes': [
      { namespace: aNamespace({ labels: { [keys.to]: 'linkerd1', [keys.from]: 'none' } }) },
      'OtherPair',
    ],
    'a key of the namespace that somebody owns': [
      { namespace: aNamespace({ labels: { [keys.to]: 'istio' } }) },
      'FieldOwnedByGitOps',
    ],
  } as const;

  for (const [what, [observation, reason]] of Object.entries(blockers)) {
    it(`is blocked by ${what}, and gives its place back when that is gone`, () => {
      const blocked = decideFrom({ step: 'Preflight' }, observation);
      const free = decideFrom(blocked.status);

      expect(blocked.status).to.deep.include({ step: 'Preflight', reason, blocked: true });
      expect(blocked.events.map((e) => e.reason)).to.deep.equal(['PreflightFailed']);
      expect(free.status.step).to.equal('Pending');
      expect(free.status).to.not.have.property('blocked');
    });
  }

  it('puts exceptions into the status before anything is written', () => {
    const migration = aMigration({ paused: true });
    const { status } = decideFrom(
      { step: 'Preflight' },
      { migration, workloads: [aWorkload({ rollout: { desired: 1, surge: 0 } })] },
    );

    expect(status.workloads?.[0]).to.deep.include({ state: 'Listed', reason: 'NoSurge' });
  });

  it('waits with names that are held, paused or blocked before the first key', () => {
    const held = decideFrom({ step: 'Prepare' }, { namespace: aNamespace({ annotations: { [keys.hold]: '' } }) });
    const paused = decideFrom({ step: 'Prepare' }, { migration: aMigration({ paused: true }) });
    const blocked = decideFrom({ step: 'Prepare' }, { names: { verdict: fail('NamesBlocked', 'x.y'), remedy: 'Name it.' } });

    expect(held.status).to.deep.include({ step: 'Prepare', reason: 'Held', blocked: true });
    expect(paused.status).to.deep.include({ step: 'Prepare', reason: 'Paused' });
    expect(blocked.status).to.deep.include({ step: 'Prepare', reason: 'NamesBlocked', blocked: true, remedy: 'Name it.' });
  });
});
