// Jobs under a proxy that does not end by itself: those that keep their namespace from being committed, and runs of CronJobs.

import { expect } from 'chai';
import { keys } from '../../../src/api/v1alpha1/group.ts';
import {
  aKeyedWorkload,
  aMigration,
  aMovedPod,
  aNamespace,
  aPod,
  aRow,
  aWorkload,
  keyed,
  pods,
  uidOf,
} from '../../model/builders.ts';
import { decideFrom } from './deciding.ts';

const moving = aNamespace({ labels: { [keys.moving]: 'true' } });
const exception = { reason: 'NotNativeSidecar', message: 'its next pod would never end', remedy: 'Wait.' };

describe('a Job that no CronJob made', () => {
  const job = { name: 'import-x', workload: 'Job/import', job: true, exception };
  const at = (step: 'Cutover' | 'PartiallyMigrated', pod: Parameters<typeof aPod>[0], migration = aMigration()) => {
    const workloads = [aKeyedWorkload()];
    const keyedPods = pods(2, aMovedPod);
    const namespace = step === 'Cutover' ? moving : aNamespace();
    return decideFrom({ step }, { migration, namespace, workloads, pods: [...keyedPods, aPod({ ...job, ...pod })] });
  };

  it('is listed where its next pods would never end, and does not keep its namespace from being committed: it ends by itself', () => {
    const { status } = at('Cutover', {});

    expect(status.step).to.equal('Commit');
    expect(status.counts).to.deep.include({ listed: 1, total: 2 });
    expect(status.workloads?.[0]).to.deep.include({ kind: 'Job', name: 'import', state: 'Listed', ...exception });
  });

  it('is not listed where it has ended, where it is in the target, and where the namespace is never committed', () => {
    const inTarget = { source: { state: 'absent', reason: '' }, target: { state: 'present', reason: '' } } as const;
    const podOnly = aMigration({ gitOps: { onManagedField: 'PodOnly' } });

    expect(at('Cutover', { ended: true }).status.workloads).to.deep.equal([]);
    expect(at('Cutover', inTarget).status.workloads).to.deep.equal([]);
    expect(at('Cutover', {}, podOnly).status.workloads).to.deep.equal([]);
  });

  it('does not count where a CronJob made it, which is judged itself', () => {
    const night = aKeyedWorkload({ kind: 'CronJob', name: 'night', rollout: { desired: 0, strategy: 'NextRun' } });
    const run = aPod({ ...job, workload: 'CronJob/night' });
    const { status } = decideFrom({ step: 'Cutover' }, { namespace: moving, workloads: [night], pods: [run] });

    expect(status.workloads?.map(({ kind, state }) => `${kind} ${state}`)).to.deep.equal(['CronJob Armed']);
  });
});

describe('the first run of a moved CronJob', () => {
  const night = { kind: 'CronJob', name: 'night', rollout: { desired: 0, strategy: 'NextRun' } } as const;
  const endless = { why: 'linkerd-proxy is an ordinary container', over: false };
  const run = aMovedPod({ name: 'night-1', workload: 'CronJob/night', job: true, endless });
  const row = aRow({ kind: 'CronJob', name: 'night', uid: uidOf('night'), state: 'Armed' });
  const judged = (found: Parameters<typeof decideFrom>[1], status: Parameters<typeof decideFrom>[0] = {}) =>
    decideFrom(
      { step: 'Cutover', workloads: [row], ...status },
      { namespace: moving, workloads: [aKeyedWorkload(night)], ...found },
    ).status;

  it('fails it where its proxy would never let it end', () => {
    expect(judged({ pods: [run] })).to.deep.include({ step: 'Restore', reason: 'NotNativeSidecar' });
    expect(judged({ pods: [run] }).message).to.include('pod night-1 never ends: linkerd-proxy is an ordinary container');
  });

  it('proves that runs end where one has, whatever its proxy is', () => {
    const ended = { ...run, name: 'night-0', ended: true, phase: 'Succeeded' };
    const verified = { keyed: [`${uidOf('night').slice(0, 8)}-template-1`], workloads: [] };

    expect(judged({ pods: [ended, run] }).step).to.equal('Commit');
    expect(judged({ pods: [run] }, verified).step).to.equal('Commit');
  });

  it('holds up the way back while it works, and not where nothing but the proxy is left of it', () => {
    const migration = aMigration({ desiredState: 'RolledBack' });
    const restoring = aRow({ kind: 'CronJob', name: 'night', uid: uidOf('night'), state: 'Moving', reason: 'Restoring' });
    const step = (over: boolean) =>
      decideFrom(
        { step: 'Restore', restoreCause: 'Request', workloads: [restoring] },
        { migration, workloads: [aWorkload(night)], pods: [{ ...run, keys: keyed(), endless: { ...endless, over } }] },
      ).status.step;

    expect(step(false)).to.equal('Restore');
    expect(step(true)).to.equal('RolledBack');
  });
});

describe('warnings', () => {
  const finding = { severity: 'warn', reason: 'CallsLostAtTheEnd', message: 'calls may be lost', remedy: '' } as const;
  const warnings = (...names: readonly string[]) => {
    const workloads = names.map((name) => aWorkload({ name, findings: [finding] }));
    return decideFrom({ step: 'Preflight' }, { workloads, pods: [] }).status.warnings;
  };

  it('say what is the same of several workloads once, with their number and a few names', () => {
    expect(warnings('web')).to.deep.equal([
      { workload: 'Deployment/web', reason: 'CallsLostAtTheEnd', message: 'calls may be lost' },
    ]);
    expect(warnings('a', 'b', 'c', 'd', 'e')).to.deep.equal([
      {
        reason: 'CallsLostAtTheEnd',
        message: '5 workloads (Deployment/a, Deployment/b, Deployment/c and 2 more): calls may be lost',
      },
    ]);
  });
});
