// Connections reset on ports that no Service defines: waited for while a proxy may not know of an added port, failed after.
import { expect } from 'chai';
import { keys } from '../../../src/api/v1alpha1/group.ts';
import type { ResetHistory } from '../../../src/core/observation.ts';
import { followResets } from '../../../src/core/workload/undefined-ports.ts';
import { aKeyedWorkload, aMigration, aMovedPod, aNamespace, aReading, aRow, pods, start } from '../../model/builders.ts';
import { decideFrom } from './deciding.ts';

const rememberedMs = 45_000;
const answers = [0, 2, 2, 5].map((resets, i) => ({ resets, at: 1_000 * (i + 1) }));

describe('the history of a count of resets', () => {
  const followed = (counts: readonly { resets: number; at: number }[]): ResetHistory | undefined =>
    counts.reduce<{ resets: number; history: ResetHistory } | undefined>(
      (before, count) => ({ resets: count.resets, history: followResets(before, count, rememberedMs) }),
      undefined,
    )?.history;

  it('says since when it is the same, and when it was last seen lower', () => {
    expect(followed(answers.slice(0, 1))).to.deep.equal({ readAt: 1_000, sameSince: 1_000, rememberedMs });
    expect(followed(answers.slice(0, 3))).to.deep.equal({ readAt: 3_000, sameSince: 2_000, lowerAt: 1_000, rememberedMs });
    expect(followed(answers)).to.deep.equal({ readAt: 4_000, sameSince: 4_000, lowerAt: 3_000, rememberedMs });
  });

  it('begins anew with another process', () => {
    expect(followed([...answers, { resets: 1, at: 9_000 }])).to.deep.equal({ readAt: 9_000, sameSince: 9_000, rememberedMs });
  });
});

describe('a moved workload whose calls met a port that no Service defines', () => {
  /** Seconds are counted from the start of the pods, which is when the namespace's cutover began. */
  const judged = (seconds: { read: number; same: number; lower?: number }, at = seconds.read, startedAt: number = start) => {
    const history: ResetHistory = {
      readAt: start + 1000 * seconds.read,
      sameSince: start + 1000 * seconds.same,
      rememberedMs,
      ...(seconds.lower !== undefined && { lowerAt: start + 1000 * seconds.lower }),
    };
    const reading = aReading({ undefinedPortResets: 3, resets: history });
    return decideFrom(
      { step: 'Cutover', workloads: [aRow()] },
      {
        workloads: [aKeyedWorkload()],
        namespace: aNamespace({ labels: { [keys.moving]: 'true' } }),
        migration: aMigration({ rollback: { onFailure: 'None' } }),
        pods: pods(2, (pod) => aMovedPod({ ...pod, startedAt, reading })),
      },
      at,
    ).status;
  };
  const waits = { state: 'Moving', reason: 'UndefinedPort' };

  it('waits while its proxies may not know of an added port, however the number grows', () => {
    expect(judged({ read: 3, same: 3 }).workloads?.[0]).to.deep.include(waits);
    expect(judged({ read: 46, same: 46, lower: 44 }).workloads?.[0]).to.deep.include(waits);
  });

  it('says the same all the time, so that waiting is no write', () => {
    const [early, later] = [judged({ read: 3, same: 3 }), judged({ read: 30, same: 30, lower: 28 })];

    expect(later.workloads?.[0]?.message).to.equal(early.workloads?.[0]?.message);
  });

  it('is verified when the number rests once they know', () => {
    expect(judged({ read: 50, same: 20 }).workloads?.[0]).to.deep.include(waits);
    expect(judged({ read: 55, same: 20 }).step).to.equal('Commit');
  });

  it('fails when it grows after that, or is first counted then', () => {
    const status = judged({ read: 50, same: 50, lower: 48 });

    expect(status).to.deep.include({ step: 'Halted' });
    expect(status.workloads?.[0]).to.deep.include({ state: 'Failed', reason: 'UndefinedPort' });
    expect(status.workloads?.[0]?.message).to.contain('3 connections reset');
  });

  it('fails at the deadline where the number never rests and nobody saw it lower', () => {
    const late = judged({ read: 600, same: 600 }, 600);

    expect(late.workloads?.[0]).to.deep.include({ state: 'Failed', reason: 'ProgressDeadlineExceeded' });
    expect(late.workloads?.[0]?.message).to.contain('no Service defines');
  });

  it('counts from when the ports were made where its pods are older', () => {
    const hourBefore = start - 3_600_000;

    expect(judged({ read: 30, same: 30, lower: 28 }, 30, hourBefore).workloads?.[0]).to.deep.include(waits);
    expect(judged({ read: 50, same: 50, lower: 48 }, 50, hourBefore).step).to.equal('Halted');
    expect(judged({ read: 30, same: 15 }, 30, hourBefore).step).to.equal('Commit');
  });

  it('waits where nobody knows when its proxies began', () => {
    const reading = aReading({ undefinedPortResets: 3 });
    const status = decideFrom(
      { step: 'Cutover', workloads: [aRow()] },
      { workloads: [aKeyedWorkload()], pods: pods(2, (pod) => aMovedPod({ ...pod, reading })) },
      500,
    ).status;

    expect(status.workloads?.[0]).to.deep.include(waits);
  });
});
