// What the counters of a workload's proxies say about it: errors of connections, and a pod that stands apart.

import { expect } from 'chai';
import { enoughSuccess } from '../../../src/core/workload/gates.ts';
import { resolveSettings } from '../../../src/core/settings.ts';
import { aMigration, aMovedPod, aReading } from '../../model/builders.ts';

const settings = resolveSettings(aMigration().spec);
type Counters = Parameters<typeof aReading>[0];

const reasonOf = (...counters: readonly Counters[]): string => {
  const pods = counters.map((counted, i) => aMovedPod({ name: `web-${i}`, reading: aReading(counted) }));
  const verdict = enoughSuccess(pods, settings);
  return verdict.kind === 'pass' ? 'pass' : `${verdict.kind} ${verdict.reason}`;
};

describe('errors of connections', () => {
  it('fail the workload where they are too large a share of its calls, also when nothing answers at all', () => {
    expect(reasonOf({ success: 100, connectionErrors: 20 })).to.equal('fail ConnectionErrors');
    expect(reasonOf({ success: 0, connectionErrors: 10 }, { success: 0, connectionErrors: 10 })).to.equal(
      'fail ConnectionErrors',
    );
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
});
