// Probabilities of failures by chance, against values that were added up exactly, and for numbers that no factorial can hold.

import { expect } from 'chai';
import { atLeast, highestShare } from '../../../src/core/workload/chance.ts';

/** Added up term by term in exact integers: of `total`, each fails with `percent` in a hundred. */
function exactly(count: number, total: number, percent: number): number {
  let [choose, sum] = [1n, 0n];
  for (let i = 0; i <= total; i += 1) {
    if (i >= count) sum += choose * BigInt(percent) ** BigInt(i) * BigInt(100 - percent) ** BigInt(total - i);
    choose = (choose * BigInt(total - i)) / BigInt(i + 1);
  }
  return Number((sum * 10n ** 18n) / 100n ** BigInt(total)) / 1e18;
}

describe('the probability of so many failures or more', () => {
  for (const [total, percent] of [
    [20, 1],
    [99, 1],
    [400, 5],
    [30, 40],
  ] as const)
    it(`is that of the sum for ${total} responses of which ${percent} % may fail`, () => {
      for (let count = Math.floor((total * percent) / 100) + 1; count <= total; count += 1) {
        const sum = exactly(count, total, percent);
        expect(atLeast(count, total, percent / 100)).to.be.closeTo(sum, sum / 500 + 1e-15);
      }
    });

  it('stays what it is for billions, at no cost', () => {
    // Three standard deviations above what is expected: 0.135 % of a normal distribution.
    for (const total of [1e6, 1e9, 1e12]) {
      const count = Math.round(0.01 * total + 3 * Math.sqrt(total * 0.01 * 0.99));
      expect(atLeast(count, total, 0.01)).to.be.within(0.00125, 0.0015);
    }
  });

  it('is certain where nothing is expected otherwise, and nothing where no failure is allowed', () => {
    expect([atLeast(0, 20, 0), atLeast(1, 20, 0), atLeast(20, 20, 1), atLeast(1, 1, 0.25)]).to.deep.equal([1, 0, 1, 0.25]);
  });
});

describe('the highest share that a sample leaves open', () => {
  it('is everything where nothing was counted or nothing succeeded, and comes down to what was seen', () => {
    expect([highestShare(0, 0), highestShare(7, 7)]).to.deep.equal([1, 1]);
    // None of n failed: the share with which that still happens in one case of a hundred.
    expect(highestShare(0, 1_000)).to.be.closeTo(1 - 0.01 ** (1 / 1_000), 1e-5);
    expect(highestShare(10_000, 1_000_000)).to.be.within(0.0102, 0.0103);
  });
});
