// What the counters of a workload's proxies say about it: failed responses and errors of connections that are no chance, and a pod that stands apart.

import { expect } from 'chai';
import type { Counted } from '../../../src/core/traffic.ts';
import type { Verdict } from '../../../src/core/verdict.ts';
import { enoughSuccess } from '../../../src/core/workload/responses.ts';
import { resolveSettings } from '../../../src/core/settings.ts';
import { aMigration, aMovedPod, aReading } from '../../model/builders.ts';

const settings = resolveSettings(aMigration().spec);
type Counters = Parameters<typeof aReading>[0];

const judged = (counters: readonly Counters[], health: Partial<typeof settings> = {}, baseline?: Counted): Verdict => {
  const pods = counters.map((counted, i) => aMovedPod({ name: `web-${i}`, reading: aReading(counted) }));
  return enoughSuccess(pods, { ...settings, ...health }, baseline);
};
const inShort = (verdict: Verdict): string => (verdict.kind === 'pass' ? 'pass' : `${verdict.kind} ${verdict.reason}`);
const reasonOf = (...counters: readonly Counters[]): string => inShort(judged(counters));
/** The verdict on so many responses of which so many failed. */
const of = (total: number, failure: number, minimumSuccessPercent = 99): string =>
  inShort(judged([{ success: total - failure, failure }], { minimumSuccessPercent }));

describe('failed responses', () => {
  it('are no failure of the move while they may be chance, and no pass before more responses decide', () => {
    expect([of(20, 1), of(99, 1), of(20, 2)]).to.deep.equal(Array(3).fill('unknown SuccessUnclear'));
    expect([of(20, 0), of(100, 1), of(200, 2), of(1_000_000, 10_000)]).to.deep.equal(Array(4).fill('pass'));
  });

  it('fail at once where so many are no chance, and however small the difference once there are enough', () => {
    expect([of(20, 3), of(20, 10), of(20, 20), of(1_000, 20), of(1_000_000, 10_300)]).to.deep.equal(
      Array(5).fill('fail LowSuccessRate'),
    );
  });

  it('all count where every response must succeed, and none where none must', () => {
    expect([of(1_000_000, 1, 100), of(20, 1, 100), of(20, 0, 100)]).to.deep.equal([
      'fail LowSuccessRate',
      'fail LowSuccessRate',
      'pass',
    ]);
    expect(of(20, 20, 0)).to.equal('pass');
  });

  it('are told with their number and how many responses would decide, in words that stay while nothing else fails', () => {
    const message = 'perhaps by chance, more than 1 % failed: 2 of fewer than 200 responses';
    expect(judged([{ success: 58, failure: 2 }])).to.deep.include({ kind: 'unknown', message });
    expect(judged([{ success: 158, failure: 2 }])).to.deep.include({ kind: 'unknown', message });
  });
});

describe('what the source counted before', () => {
  const after = (total: number, failure: number, before: Counted): string =>
    inShort(judged([{ success: total - failure, failure }], { minimumSuccessPercent: 90 }, before));
  const well = { requests: 1_000, success: 1_000 };

  it('fails responses that are worse by more than the allowed drop and chance', () => {
    expect(after(1_000, 50, well)).to.equal('fail WorseThanBefore');
    expect(after(20, 1, well)).to.equal('unknown SuccessUnclear');
    expect(after(1_000, 10, well)).to.equal('pass');
  });

  it('is compared with calls of the workload, not with calls of its own, and only where there are enough', () => {
    const calls = (requests: number, success: number): string =>
      inShort(judged([{ success: 950, failure: 50, served: { requests, success } }], { minimumSuccessPercent: 90 }, well));
    expect([calls(500, 500), calls(0, 0), calls(19, 10)]).to.deep.equal(['pass', 'pass', 'pass']);
    expect(calls(20, 10)).to.equal('fail WorseThanBefore');
  });

  it('leaves the more open the less was counted', () => {
    expect(after(1_000, 50, { requests: 20, success: 20 })).to.equal('pass');
    expect(after(1_000, 50, { requests: 0, success: 0 })).to.equal('pass');
    expect(after(1_000, 50, { requests: 1_000, success: 950 })).to.equal('pass');
  });
});

describe('errors of connections', () => {
  it('fail the workload where they are too large a share of its calls, also when nothing answers at all', () => {
    expect(reasonOf({ success: 100, connectionErrors: 20 })).to.equal('fail ConnectionErrors');
    expect(reasonOf({ success: 0, connectionErrors: 10 }, { success: 0, connectionErrors: 10 })).to.equal(
      'fail ConnectionErrors',
    );
  });

  it('are unclear where they are no more than chance may bring', () => {
    expect(reasonOf({ success: 1_979, connectionErrors: 20 })).to.equal('unknown SuccessUnclear');
    expect(reasonOf({ success: 1_980, connectionErrors: 20 })).to.equal('pass');
  });

  it('are no failure while they are few, or few beside the responses', () => {
    expect(reasonOf({ success: 100, connectionErrors: 19 })).to.equal('pass');
    expect(reasonOf({ success: 10_000, connectionErrors: 50 })).to.equal('pass');
  });
});

describe('a pod that answers far worse than the others', () => {
  const good = Array.from({ length: 60 }, (): Counters => ({ success: 100 }));

  it('fails the workload, although it is lost in the sum', () => {
    expect(reasonOf(...good, { success: 15, failure: 15 })).to.equal('fail PodsDiffer');
  });

  it('is no failure with a bad response now and then, or with too few to tell', () => {
    expect(reasonOf(...good, { success: 18, failure: 2 })).to.equal('pass');
    expect(reasonOf(...good, { success: 1, failure: 9 })).to.equal('pass');
  });

  it('is no failure where so many pods have one by chance', () => {
    const half = Array.from({ length: 200 }, (): Counters => ({ success: 14, failure: 6 }));
    const [last, apart] = [
      { success: 9, failure: 11 },
      { success: 1, failure: 19 },
    ];
    const verdicts = [last, apart].map((one) => inShort(judged([...half, one], { minimumSuccessPercent: 50 })));
    expect(verdicts).to.deep.equal(['pass', 'fail PodsDiffer']);
  });
});
