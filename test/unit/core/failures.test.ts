// What a failure leads to, and what is no failure of the move: a deploy, a drain, a quiet hour, an injector that is down.

import { expect } from 'chai';
import { keys } from '../../../src/api/v1alpha1/group.ts';
import { unknown } from '../../../src/core/verdict.ts';
import {
  aCluster,
  aCommittedNamespace,
  aKeyedWorkload,
  aMigration,
  aMovedPod,
  aNamespace,
  aPod,
  aReading,
  aRow,
  at,
  aWorkload,
  pods,
  uidOf,
} from '../../model/builders.ts';
import { actionsOf, decideFrom, inShort } from './deciding.ts';

const moving = aNamespace({ labels: { [keys.moving]: 'true' } });
const broken = { workloads: [aKeyedWorkload()], pods: pods(2, (p) => aMovedPod({ ...p, restarts: 3 })), namespace: moving };
const onFailure = (policy: 'Namespace' | 'Workload' | 'None') => aMigration({ rollback: { onFailure: policy } });
const targetDown = aCluster({ target: unknown('TargetNotReady', 'the injector does not answer') });
const proven = `${uidOf('web').slice(0, 8)}-template-1`;

describe('a workload that fails', () => {
  it('takes the whole namespace back with onFailure Namespace, in the same pass', () => {
    const decision = decideFrom({ step: 'Cutover', workloads: [aRow()] }, broken);

    expect(decision.status).to.deep.include({ step: 'Restore', restoreCause: 'Failure', failed: true, reason: 'Restarted' });
    expect(inShort(decision)).to.deep.equal(['restoreTemplate Deployment/web']);
  });

  it('goes back alone with onFailure Workload, while the next one starts', () => {
    const decision = decideFrom(
      { step: 'Cutover', workloads: [aRow()] },
      { ...broken, migration: onFailure('Workload'), workloads: [aKeyedWorkload(), aWorkload({ name: 'x' })] },
    );

    expect(decision.status).to.deep.include({ step: 'Cutover', failed: true });
    expect(inShort(decision)).to.deep.equal(['restoreTemplate Deployment/web', 'cutOver Deployment/x']);
  });

  it('halts the namespace with onFailure None, and undoes nothing', () => {
    const decision = decideFrom({ step: 'Cutover', workloads: [aRow()] }, { ...broken, migration: onFailure('None') });

    expect(decision.status).to.deep.include({ step: 'Halted', reason: 'WorkloadFailed' });
    expect(inShort(decision)).to.deep.equal(['changeNamespace End']);
  });

  it('ends PartiallyMigrated once it is back, with its reason and remedy', () => {
    const migration = aMigration({ rollback: { onFailure: 'Workload' }, health: { minimumRequests: 0, soakSeconds: 0 } });
    const failed = aRow({ state: 'Failed', reason: 'Restarted', message: 'a container has restarted', remedy: 'Look.' });
    const decision = decideFrom(
      { step: 'Cutover', failed: true, workloads: [failed], keyed: [uidOf('web').slice(0, 8)] },
      { migration, namespace: aNamespace() },
    );

    expect(decision.status).to.deep.include({ step: 'PartiallyMigrated', failed: true, reason: 'ExceptionsLeft' });
    expect(decision.status.workloads?.[0]).to.deep.include({ state: 'Restored', reason: 'Restarted', remedy: 'Look.' });
    expect(decision.status.keyed).to.deep.equal([]);
  });

  it('is moved again with a number of its own when its template was changed', () => {
    const restored = aRow({ state: 'Restored', reason: 'Restarted', message: 'it restarted', template: 'template-0' });
    const decision = decideFrom({ step: 'Cutover', workloads: [restored] }, { namespace: moving });

    expect(actionsOf(decision)[0]).to.have.deep.nested.property(`keys.${keys.cutover.replaceAll('.', '\\.')}`, 'a1b2c3d4-2');
  });
});

describe('a deploy in mid-move', () => {
  const deployed = { ...broken, workloads: [aKeyedWorkload({ template: 'template-2' })] };

  it('is judged again until the deadline, and nothing is undone', () => {
    const early = decideFrom({ step: 'Cutover', workloads: [aRow()] }, deployed, 599);
    const late = decideFrom({ step: 'Cutover', workloads: [aRow()] }, deployed, 600);

    expect(early.status.workloads?.[0]).to.deep.include({ state: 'Moving', reason: 'Restarted', template: 'template-1' });
    expect(late.status).to.deep.include({ step: 'Halted', reason: 'DeployInFlight' });
    expect(inShort(late)).to.deep.equal(['changeNamespace End']);
  });

  it('is verified like any other when it is healthy', () => {
    const decision = decideFrom({ step: 'Cutover', workloads: [aRow()] }, { ...deployed, pods: pods(2, aMovedPod) });

    expect(decision.status.step).to.equal('Commit');
  });

  it('into a workload that was verified is no failure of the move either', () => {
    const decision = decideFrom({ step: 'Soak', keyed: [proven] }, { ...deployed, namespace: aCommittedNamespace() });

    expect(decision.status.step).to.equal('Soak');
    expect(decision.status.workloads?.[0]).to.deep.include({ state: 'Moving', template: 'template-1' });
  });

  it('that halted the namespace is left by the next deploy', () => {
    const halted = decideFrom({ step: 'Cutover', workloads: [aRow()] }, deployed, 600).status;
    const same = decideFrom(halted, { ...deployed, namespace: aNamespace() }, 700);
    const next = decideFrom(
      halted,
      { ...deployed, namespace: aNamespace(), workloads: [aKeyedWorkload({ template: 'template-3' })] },
      700,
    );

    expect(same.status.step).to.equal('Halted');
    expect(next.status).to.deep.include({ step: 'Pending', attempt: 2 });
  });
});

describe('a workload that a person pauses in mid-move', () => {
  it('halts the namespace at the deadline, and nothing is undone', () => {
    const paused = {
      ...broken,
      workloads: [aKeyedWorkload({ rollout: { paused: true, complete: false } })],
      pods: pods(2, aPod),
    };
    const early = decideFrom({ step: 'Cutover', workloads: [aRow()] }, paused, 599);
    const late = decideFrom({ step: 'Cutover', workloads: [aRow()] }, paused, 600);

    expect(early.status.step).to.equal('Cutover');
    expect(late.status).to.deep.include({ step: 'Halted', reason: 'PausedInFlight' });
  });
});

describe('a target that is not able in mid-move', () => {
  const waiting = {
    ...broken,
    pods: pods(2, aPod),
    workloads: [aKeyedWorkload({ rollout: { complete: false } })],
    cluster: targetDown,
  };

  it('makes deadlines stand still and starts nothing new', () => {
    const decision = decideFrom(
      { step: 'Cutover', workloads: [aRow()] },
      { ...waiting, workloads: [...waiting.workloads, aWorkload({ name: 'x' })] },
      5000,
    );

    expect(decision.outcome.kind).to.equal('wait');
    expect(decision.status).to.deep.include({ step: 'Cutover', reason: 'TargetNotReady', clockStoppedTime: at(5000) });
  });

  it('lets them run on from where they stood when it is able again', () => {
    const stopped = decideFrom({ step: 'Cutover', workloads: [aRow()] }, waiting, 500).status;
    const again = decideFrom(stopped, { ...waiting, cluster: aCluster() }, 10_500).status;

    expect(again).to.not.have.property('clockStoppedTime');
    expect(again.workloads?.[0]).to.deep.include({ state: 'Moving', since: at(10_000) });
  });
});

describe('a verified workload that is judged again', () => {
  const soak = (
    workload: Parameters<typeof aKeyedWorkload>[0],
    found: Parameters<typeof aMovedPod>[0],
    seconds = 0,
    row = aRow(),
  ) =>
    decideFrom(
      { step: 'Soak', committed: true, keyed: [proven], ...(seconds > 0 && { workloads: [row] }) },
      {
        workloads: [aKeyedWorkload(workload)],
        pods: pods(2, (p) => aMovedPod({ ...p, ...found })),
        namespace: aCommittedNamespace(),
      },
      seconds,
    ).status;

  it('is given its deadline when a pod is not Ready', () => {
    expect(soak({}, { ready: false })).to.deep.include({ step: 'Soak' });
    expect(soak({}, { ready: false }, 599)).to.deep.include({ step: 'Soak' });
    expect(soak({}, { ready: false }, 600)).to.deep.include({ step: 'Restore', restoreCause: 'Failure' });
  });

  it('is given its deadline when a new pod comes out without the proxy', () => {
    expect(soak({}, { target: { state: 'absent', reason: 'skipped' } })).to.deep.include({ step: 'Soak' });
  });

  it('stays verified when it has restarted and is Ready again, is quiet, or is scaled to zero', () => {
    expect(soak({}, { restarts: 1 }).counts).to.deep.include({ verified: 1 });
    expect(soak({ rollout: { desired: 0 } }, { deleting: true }).counts).to.deep.include({ verified: 1 });
  });

  it('fails in Soak as in Cutover when responses fail, and the namespace is un-committed first', () => {
    const reading = {
      kind: 'answered',
      ready: true,
      success: 10,
      failure: 90,
      served: { requests: 100, success: 10 },
      hanging: 0,
      undefinedPortResets: 0,
      connectionErrors: 0,
      refusedCalls: 0,
    } as const;
    const decision = decideFrom(
      { step: 'Soak', committed: true, keyed: [proven] },
      { workloads: [aKeyedWorkload()], pods: pods(2, (p) => aMovedPod({ ...p, reading })), namespace: aCommittedNamespace() },
    );

    expect(decision.status).to.deep.include({ step: 'Restore', reason: 'LowSuccessRate' });
    expect(inShort(decision)).to.deep.equal(['changeNamespace Uncommit']);
  });

  it('goes back alone from Soak with onFailure Workload, after un-commit, and its neighbours stay moved', () => {
    const migration = aMigration({ rollback: { onFailure: 'Workload' }, health: { minimumRequests: 0, soakSeconds: 0 } });
    const other = aKeyedWorkload({ name: 'other' });
    const failing = pods(2, (p) => aMovedPod({ ...p, reading: aReading({ success: 10, failure: 90 }) }));
    const moved = {
      migration,
      workloads: [aKeyedWorkload(), other],
      pods: [...failing, ...pods(2, aMovedPod, 'Deployment/other')],
    };
    const keyed = [proven, `${other.uid.slice(0, 8)}-${other.template}`];
    const first = decideFrom({ step: 'Soak', committed: true, keyed }, { ...moved, namespace: aCommittedNamespace() });
    const then = decideFrom(first.status, { ...moved, namespace: aNamespace() });
    const back = decideFrom(then.status, {
      ...moved,
      workloads: [aWorkload(), other],
      pods: [...pods(2, aPod), ...pods(2, aMovedPod, 'Deployment/other')],
    });

    expect(inShort(first)).to.deep.equal(['changeNamespace Uncommit']);
    expect(inShort(then)).to.deep.equal(['restoreTemplate Deployment/web']);
    expect(back.status).to.deep.include({ step: 'PartiallyMigrated', failed: true });
    expect(back.status.counts).to.deep.include({ verified: 1, restored: 1 });
  });
});
