// What a moved workload must show before it counts as verified, and what happens when it does not.

import { expect } from 'chai';
import type { Health } from '../../../src/api/v1alpha1/mesh-migration.ts';
import type { NamespaceMigrationStatus as Status } from '../../../src/api/v1alpha1/namespace-migration.ts';
import type { ProxyReading } from '../../../src/core/observation.ts';
import { keys } from '../../../src/api/v1alpha1/group.ts';
import { aKeyedWorkload, aMigration, aMovedPod, aNamespace, aReading, aRow, pods, start } from '../../model/builders.ts';
import { decideFrom } from './deciding.ts';

type Answered = Extract<ProxyReading, { kind: 'answered' }>;
const moving = aNamespace({ labels: { [keys.moving]: 'true' } });
const movedWeb = { workloads: [aKeyedWorkload()], pods: pods(2, aMovedPod), namespace: moving };

describe('verification', () => {
  const judged = (pod: Partial<Parameters<typeof aMovedPod>[0]>, seconds = 0) =>
    decideFrom(
      { step: 'Cutover', workloads: [aRow()] },
      {
        ...movedWeb,
        migration: aMigration({ rollback: { onFailure: 'None' } }),
        pods: pods(2, (p) => aMovedPod({ ...p, ...pod })),
      },
      seconds,
    ).status;

  const failures = {
    'a pod without the proxy': [{ target: { state: 'absent', reason: 'none' } }, 'ProxyMissing'],
    'a pod that still uses the source': [{ source: { state: 'present', reason: 'env' } }, 'SourceRemains'],
    'traces of both meshes': [{ target: { state: 'conflicting', reason: 'two' } }, 'MeshConflict'],
    'a container that restarted': [{ restarts: 1 }, 'Restarted'],
    'too many failed responses': [{ reading: aReading({ success: 50, failure: 50 }) }, 'LowSuccessRate'],
    'a call that a policy refused': [{ reading: aReading({ refusedCalls: 1 }) }, 'CallsRefused'],
  } as const;
  for (const [what, [pod, reason]] of Object.entries(failures)) {
    it(`fails at ${what}`, () => {
      const status = judged(pod);

      expect(status.step).to.equal('Halted');
      expect(status.workloads?.[0]).to.deep.include({ state: 'Failed', reason });
    });
  }

  const unknowns = {
    'a pod that is not Ready': [{ ready: false }, 'PodNotReady'],
    'a proxy that does not answer': [{ reading: { kind: 'unreachable', reason: 'refused' } }, 'ProxyUnreachable'],
    'a proxy that says it is not ready': [{ reading: aReading({ ready: false }) }, 'ProxyNotReady'],
    'resets on an undefined port': [{ reading: aReading({ undefinedPortResets: 3 }) }, 'UndefinedPort'],
    'requests that nobody answers': [{ reading: aReading({ success: 0, hanging: 4 }) }, 'RequestsHang'],
    'a source that can not be told': [{ source: { state: 'unknown', reason: 'a Secret' } }, 'SourceUnknown'],
  } as const;
  for (const [what, [pod, reason]] of Object.entries(unknowns)) {
    it(`waits at ${what}, and fails at the deadline`, () => {
      const early = judged(pod, 599);
      const late = judged(pod, 600);

      expect(early.workloads?.[0]).to.deep.include({ state: 'Moving', reason });
      expect(late.workloads?.[0]).to.deep.include({ state: 'Failed', reason: 'ProgressDeadlineExceeded' });
      expect(late.workloads?.[0]?.message).to.include(early.workloads?.[0]?.message);
    });
  }

  it('takes one failed response of three for nothing', () => {
    expect(judged({ reading: aReading({ success: 1, failure: 1 }) }).step).to.equal('Commit');
  });

  it('counts no restart from before this try', () => {
    const status = decideFrom(
      { step: 'Cutover', attempt: 2 },
      { ...movedWeb, pods: pods(2, (pod) => aMovedPod({ ...pod, restarts: 1 })) },
    ).status;

    expect(status.step).to.equal('Commit');
  });
});

describe('calls that policies of the target refused', () => {
  const second = new Date(start + 60_000).toISOString();
  const judged = (status: Partial<Status>, reading: Partial<Answered>) =>
    decideFrom(
      { step: 'Cutover', ...status },
      { ...movedWeb, pods: pods(2, (pod) => aMovedPod({ ...pod, reading: aReading({ refusedCalls: 3, ...reading }) })) },
      90,
    ).status;

  it('fail a workload also while it is rolled out, and after it was verified', () => {
    const rolling = decideFrom(
      { step: 'Cutover', workloads: [aRow()] },
      {
        ...movedWeb,
        workloads: [aKeyedWorkload({ rollout: { complete: false } })],
        pods: pods(1, (pod) => aMovedPod({ ...pod, reading: aReading({ refusedCalls: 1 }) })),
      },
    ).status;
    const proven = `${aKeyedWorkload().uid.slice(0, 8)}-${aKeyedWorkload().template}`;

    expect(rolling).to.deep.include({ step: 'Restore', reason: 'CallsRefused' });
    expect(rolling.message).to.include('1 call of callers that are not in it');
    expect(judged({ keyed: [proven] }, {})).to.deep.include({ step: 'Restore', reason: 'CallsRefused' });
  });

  it('from before a person asked for another try count only once there are more', () => {
    const again = { attempt: 2, stepTime: second };
    expect(judged(again, {}).step).to.equal('Commit');
    expect(judged(again, { fewerRefusedAt: start + 30_000 }).step).to.equal('Commit');
    expect(judged(again, { fewerRefusedAt: start + 70_000 })).to.deep.include({ step: 'Restore', reason: 'CallsRefused' });
  });
});

describe('too little traffic', () => {
  const quiet = pods(2, (pod) => aMovedPod({ ...pod, reading: aReading({ success: 3 }) }));
  const decideQuiet = (onInconclusive: 'Wait' | 'Proceed' | 'Rollback', seconds: number) =>
    decideFrom(
      { step: 'Cutover', workloads: [aRow()] },
      { ...movedWeb, pods: quiet, migration: aMigration({ health: { onInconclusive, inconclusiveDeadlineSeconds: 900 } }) },
      seconds,
    ).status;

  it('is waited for beyond the progress deadline, and halts at its own', () => {
    expect(decideQuiet('Wait', 899).workloads?.[0]).to.deep.include({ state: 'Moving', reason: 'TooLittleTraffic' });
    expect(decideQuiet('Wait', 900)).to.deep.include({ step: 'Halted', reason: 'TooLittleTraffic' });
  });

  it('says how many of how many, until when, what happens then, and what would help', () => {
    const waits = decideQuiet('Wait', 0).workloads?.[0];

    expect(waits?.message).to.equal('6 of the 20 responses that a verdict needs; at 2026-01-01T00:15:00Z the namespace halts');
    expect(waits?.remedy).to.include('health.minimumRequests').and.to.include('onInconclusive: Proceed');
    expect(decideQuiet('Rollback', 0).workloads?.[0]?.message).to.match(/Z it goes back$/);
    expect(decideQuiet('Wait', 500).workloads?.[0]?.message).to.equal(waits?.message);
  });

  it('goes on and says so with Proceed', () => {
    const status = decideQuiet('Proceed', 0);

    expect(status.step).to.equal('Commit');
    expect(status.warnings?.map((w) => w.reason)).to.deep.equal(['TooLittleTraffic']);
  });

  it('is still told after the end, when proxies are asked no more, and not of what is gone', () => {
    const { warnings = [], keyed = [] } = decideQuiet('Proceed', 0);
    const unasked = { workloads: [aKeyedWorkload()], pods: pods(2, aMovedPod) };
    const told = (world: typeof unasked) => decideFrom({ step: 'Migrated', warnings, keyed }, world).status.warnings ?? [];

    expect(told(unasked)).to.deep.equal(warnings);
    expect(told({ ...unasked, workloads: [], pods: [] })).to.deep.equal([]);
  });

  it('goes back at its deadline with Rollback', () => {
    expect(decideQuiet('Rollback', 900)).to.deep.include({ step: 'Restore', restoreCause: 'Failure' });
  });
});

describe('a failed response among few', () => {
  const judged = (failure: number, health: Health, seconds: number, keyed: readonly string[] = []) =>
    decideFrom(
      { step: 'Cutover', ...(keyed.length === 0 ? { workloads: [aRow()] } : { keyed: [...keyed] }) },
      {
        ...movedWeb,
        pods: pods(2, (pod) => aMovedPod({ ...pod, reading: aReading({ success: 15, failure }) })),
        migration: aMigration({ health: { inconclusiveDeadlineSeconds: 900, ...health } }),
      },
      seconds,
    ).status;

  it('is waited for beyond the progress deadline, and ends as the spec says of what stays inconclusive', () => {
    expect(judged(1, {}, 899).workloads?.[0]).to.deep.include({ state: 'Moving', reason: 'SuccessUnclear' });
    expect(judged(1, {}, 900)).to.deep.include({ step: 'Halted', reason: 'SuccessUnclear' });
    expect(judged(1, { onInconclusive: 'Rollback' }, 900)).to.deep.include({ step: 'Restore', restoreCause: 'Failure' });
    expect(judged(1, { onInconclusive: 'Proceed' }, 0)).to.deep.include({ step: 'Commit' });
  });

  it('is still told after the end of what went on without a verdict', () => {
    const { warnings = [], keyed = [] } = judged(1, { onInconclusive: 'Proceed' }, 0);
    const unasked = { workloads: [aKeyedWorkload()], pods: pods(2, aMovedPod) };

    expect(warnings.map(({ reason }) => reason)).to.deep.equal(['SuccessUnclear']);
    expect(decideFrom({ step: 'Migrated', warnings, keyed }, unasked).status.warnings).to.deep.equal(warnings);
  });

  it('takes nothing back that was verified, as long as it may be chance', () => {
    const proven = `${aKeyedWorkload().uid.slice(0, 8)}-${aKeyedWorkload().template}`;
    expect(judged(1, {}, 5_000, [proven])).to.deep.include({ step: 'Commit' });
    expect(judged(5, {}, 0, [proven])).to.deep.include({ step: 'Restore', reason: 'LowSuccessRate' });
  });
});
