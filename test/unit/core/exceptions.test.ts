// Which workloads are left alone and why, what is armed instead of judged, and how closely the world must be looked at.

import { expect } from 'chai';
import { keys } from '../../../src/api/v1alpha1/group.ts';
import type { Pod } from '../../../src/core/observation.ts';
import { closenessOf, isCloseEnough } from '../../../src/core/namespace/closeness.ts';
import {
  aKeyedWorkload,
  aMigration,
  aMovedPod,
  aNamespace,
  aPod,
  aRow,
  aWorkload,
  at,
  keyed,
  pods,
  uidOf,
} from '../../model/builders.ts';
import { decideFrom, inShort } from './deciding.ts';

const moving = aNamespace({ labels: { [keys.moving]: 'true' } });
const finding = {
  severity: 'list',
  reason: 'HostNetwork',
  message: 'it shares the network of its node',
  remedy: 'Accept it.',
} as const;

describe('a workload that is left alone', () => {
  const cases: Record<string, [Parameters<typeof aWorkload>[0], string]> = {
    'a person holds it': [{ annotations: { [keys.hold]: 'audit' } }, 'Held'],
    'a person holds its template': [{ keys: { [keys.hold]: '' } }, 'Held'],
    'its template has keys of another move': [{ keys: { ...keyed(), [keys.to]: 'istio' } }, 'ForeignKeys'],
    'another controller owns it': [{ owner: 'Rollout/web' }, 'OwnedByController'],
    'its rollout is paused': [{ rollout: { paused: true } }, 'WorkloadPaused'],
    'it updates from a partition on': [{ kind: 'StatefulSet', rollout: { partition: 1 } }, 'Partitioned'],
    'all its pods would stop first': [{ rollout: { strategy: 'Recreate' } }, 'NoSurge'],
    'its only pod would stop first': [{ kind: 'StatefulSet', rollout: { desired: 1, surge: 0 } }, 'NoSurge'],
    'its only pod may stop although there is a surge': [{ rollout: { desired: 1, surge: 1, unavailable: 1 } }, 'NoSurge'],
    'all its pods may stop at once': [{ rollout: { desired: 3, unavailable: 3 } }, 'NoSurge'],
    'the pods of all its nodes may stop at once': [
      { kind: 'DaemonSet', rollout: { desired: 2, surge: 0, unavailable: 2 } },
      'NoSurge',
    ],
    'preflight found something': [{ findings: [finding] }, 'HostNetwork'],
  };
  for (const [why, [workload, reason]] of Object.entries(cases)) {
    it(`is listed because ${why}, with the remedy`, () => {
      const decision = decideFrom({ step: 'Cutover' }, { namespace: moving, workloads: [aWorkload(workload)] });

      expect(inShort(decision)).to.deep.equal([]);
      expect(decision.status.workloads?.[0]).to.deep.include({ state: 'Listed', reason });
      expect(decision.status.workloads?.[0]?.remedy).to.not.equal('');
    });
  }

  it('says of which move the keys on its template are', () => {
    const workload = aWorkload({ keys: { ...keyed(), [keys.to]: 'none', [keys.from]: 'linkerd2' } });
    const decision = decideFrom({ step: 'Cutover' }, { namespace: moving, workloads: [workload] });

    expect(decision.status.workloads?.[0]?.message).to.include('linkerd2 to none');
  });

  it('is moved where a person allows the downtime, where it has no pod, or where it is a DaemonSet', () => {
    const free = [
      aWorkload({ name: 'a', annotations: { [keys.allowDowntime]: 'true' }, rollout: { strategy: 'Recreate' } }),
      aWorkload({ name: 'b', rollout: { desired: 0, surge: 0 } }),
      aWorkload({ name: 'c', kind: 'DaemonSet', rollout: { desired: 1, surge: 0, unavailable: 1 } }),
      aWorkload({ name: 'd', kind: 'DaemonSet', rollout: { desired: 2, surge: 0, unavailable: 1 } }),
    ];

    const decision = decideFrom({ step: 'Cutover' }, { namespace: moving, workloads: free, pods: [] });
    expect(inShort(decision)).to.have.length(3);
    expect(decision.status.workloads?.filter(({ state }) => state === 'Listed')).to.deep.equal([]);
  });

  it('is listed when minReadySeconds is not below its own deadline', () => {
    const migration = aMigration({ restart: { minReadySeconds: 600 } });
    const { status } = decideFrom({ step: 'Cutover' }, { migration, namespace: moving });

    expect(status.workloads?.[0]).to.deep.include({ state: 'Listed', reason: 'MinReadyTooLong' });
  });
});

describe('pods that no workload of ours has', () => {
  const status = (pod: Parameters<typeof aPod>[0]) =>
    decideFrom({ step: 'Soak' }, { workloads: [], pods: [aPod({ name: 'x', ...pod })] }).status;
  const { workload, ...bare } = aPod({ name: 'bare' });

  it('are listed: bare ones, and those of controllers that we do not write to', () => {
    expect(workload).to.equal('Deployment/web');
    expect(decideFrom({ step: 'Soak' }, { workloads: [], pods: [bare] }).status.workloads?.[0]).to.deep.include({
      reason: 'BarePod',
    });
    expect(status({ workload: 'Rollout/x' }).workloads?.[0]).to.deep.include({ kind: 'Rollout', reason: 'OwnedByController' });
  });

  it('are given a minute to end where their workload was just deleted, and are an exception after that', () => {
    const left = aPod({ name: 'x', workload: 'Deployment/gone' });
    const row = aRow({ name: 'gone', uid: 'Deployment/gone', state: 'Listed', since: at(0) });
    const soaked = (seconds: number) =>
      decideFrom({ step: 'Soak', stepTime: at(-600), workloads: [row] }, { workloads: [], pods: [left] }, seconds);
    expect(soaked(59).status.workloads?.[0]).to.deep.include({ state: 'Listed', reason: 'WorkloadGone' });
    expect(soaked(59).outcome).to.deep.include({ kind: 'wait', afterSeconds: 2 });
    expect(soaked(60).status.step).to.equal('PartiallyMigrated');
  });

  it('are accepted by the annotation on all of them, and looked at again after the end, when nobody watches them', () => {
    const rollout = (name: string, annotations = {}) => aPod({ name, workload: 'Rollout/x', keys: annotations });
    const accepted = { [keys.accept]: 'moved by hand' };
    const rows = (pods: Pod[]) => decideFrom({ step: 'Soak' }, { workloads: [], pods }).status.workloads;
    const partly = decideFrom({ step: 'PartiallyMigrated' }, { workloads: [], pods: [bare] });
    const again = decideFrom({ step: 'PartiallyMigrated' }, { workloads: [], pods: [{ ...bare, keys: accepted }] });

    expect(rows([rollout('a', accepted), rollout('b', accepted)])?.[0]).to.deep.include({ accepted: 'moved by hand' });
    expect(rows([rollout('a', accepted), rollout('b')])?.[0]).to.not.have.property('accepted');
    expect(rows([rollout('a', { ...accepted, [keys.hold]: 'audit' })])?.[0]).to.not.have.property('accepted');
    expect(partly.outcome).to.deep.include({ kind: 'wait', afterSeconds: 60 });
    expect(again.status.step).to.equal('Pending');
  });

  it('are no exception when they are in the target already, have ended, or belong to a Job', () => {
    const inTarget = { source: { state: 'absent', reason: '' }, target: { state: 'present', reason: '' } } as const;

    for (const pod of [
      { workload: 'Rollout/x', ...inTarget },
      { workload: 'Job/x', job: true },
      { workload: 'Rollout/x', ended: true },
    ])
      expect(status(pod).workloads).to.deep.equal([]);
  });
});

describe('an armed workload', () => {
  const armed = (w: Parameters<typeof aWorkload>[0], found: Parameters<typeof decideFrom>[1]) =>
    decideFrom({ step: 'Cutover', workloads: [aRow()] }, { namespace: moving, workloads: [aKeyedWorkload(w)], ...found });

  it('has no replicas, waits for its next run, or waits for somebody to delete its pods', () => {
    const night = { kind: 'CronJob', rollout: { desired: 0, strategy: 'NextRun' } } as const;
    for (const [workload, found] of [
      [{ rollout: { desired: 0 } }, { pods: [] }],
      [night, { pods: [] }],
      [{ rollout: { strategy: 'OnDelete' } }, { pods: pods(2, aPod) }],
      [{ rollout: { strategy: 'OnDelete', complete: false } }, { pods: [aPod({ name: 'web-0' }), aMovedPod({ name: 'web-1' })] }],
    ] as const) {
      const decision = armed(workload, found);

      expect(decision.status.counts).to.deep.include({ armed: 1 });
      expect(decision.status.step, 'Armed holds up no commit').to.equal('Commit');
    }
  });

  it('is judged as soon as one of its pods is moved', () => {
    const { status } = armed(
      { rollout: { strategy: 'OnDelete', complete: false } },
      { pods: [aPod({ name: 'web-0' }), aMovedPod({ name: 'web-1', restarts: 2 })] },
    );

    expect(status).to.deep.include({ step: 'Restore', reason: 'Restarted' });
  });
});

describe('what must be read live before a decision counts', () => {
  const verified = { step: 'Cutover' as const, keyed: [`${uidOf('web').slice(0, 8)}-template-1`], workloads: [aRow()] };
  const needed = (status: Parameters<typeof decideFrom>[0], observation: Parameters<typeof decideFrom>[1]) =>
    closenessOf(status, decideFrom(status, observation));

  it('is nothing while it only waits', () => {
    const waiting = { namespace: moving, workloads: [aKeyedWorkload({ rollout: { complete: false } })], pods: [] };
    const { status } = decideFrom(verified, waiting);

    expect(closenessOf(status, decideFrom(status, waiting))).to.deep.equal({ pods: false, workloads: false });
  });

  it('is everything before the namespace turns, ends or commits', () => {
    expect(needed(verified, { namespace: moving, workloads: [aKeyedWorkload()], pods: pods(2, aMovedPod) })).to.deep.equal({
      pods: true,
      workloads: true,
    });
  });

  it('is everything where a workload seems to have drifted: the watch may lag behind the record', () => {
    const { workloads, ...status } = verified;

    expect(workloads).to.have.length(1);
    expect(needed(status, { namespace: moving })).to.deep.include({ workloads: true });
  });

  it('is enough when it was read', () => {
    const all = { pods: true, workloads: true };

    expect(isCloseEnough(all, all)).to.equal(true);
    expect(isCloseEnough({ pods: true, workloads: false }, all)).to.equal(false);
    expect(isCloseEnough({ pods: false, workloads: false }, { pods: false, workloads: false })).to.equal(true);
  });
});
