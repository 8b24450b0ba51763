// A live look that found the watches current counts for a second.
import { expect } from 'chai';
import { createRecentLooks } from '../../../src/controller/recent-looks.ts';
import type { Content } from '../../../src/controller/recent-looks.ts';

const content = (namespace: string, pods: readonly string[]): Content =>
  ({
    namespace: { resourceVersion: namespace },
    workloads: [],
    pods: pods.map((resourceVersion, i) => ({ uid: String(i), resourceVersion })),
  }) as unknown as Content;

describe('a live look', () => {
  it('counts for a second where the watches held exactly what was there', () => {
    let now = 0;
    const looks = createRecentLooks(() => now);
    expect(looks.isCurrent('shop')).to.equal(false);
    looks.looked('shop', content('1', ['2', '3']), content('1', ['2', '3']));
    now = 999;
    expect(looks.isCurrent('shop')).to.equal(true);
    expect(looks.isCurrent('other')).to.equal(false);
    now = 1_001;
    expect(looks.isCurrent('shop')).to.equal(false);
  });

  for (const [what, held] of [
    ['the namespace', content('0', ['2'])],
    ['a pod', content('1', ['1'])],
    ['how many pods there are', content('1', ['2', '3'])],
  ] as const)
    it(`counts no more, nor does the one before, where a watch lags behind: ${what}`, () => {
      const looks = createRecentLooks(() => 0);
      looks.looked('shop', content('1', ['2']), content('1', ['2']));
      looks.looked('shop', content('1', ['2']), held);
      expect(looks.isCurrent('shop')).to.equal(false);
    });
});
