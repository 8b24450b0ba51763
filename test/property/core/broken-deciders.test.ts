// The invariants bite: each decider that is broken on purpose is caught by the one that is meant for it.

import { expect } from 'chai';
import { brokenDeciders } from '../../model/broken-deciders.ts';
import type { Broken } from '../../model/broken.ts';
import { check, real } from '../../model/check.ts';
import { allScenarios } from '../../model/scenarios.ts';
import type { Scenario } from '../../model/scenarios.ts';

function wrongWith({ by, how = {} }: Broken, scenario: Scenario, seed: number): readonly string[] {
  const deciders = { ...real, ...by };
  const { compared = false, restart = false, rollBack = false, ...plan } = how;
  const reference = compared ? check(scenario, { seed: 1, replicas: 1, lag: false }, { by: deciders }) : undefined;
  return check(
    scenario,
    { seed, replicas: 1, lag: false, ...plan },
    { by: deciders, restart, rollBack, ...(reference !== undefined && { reference }) },
  ).wrong;
}

describe('a decider that is broken on purpose', function () {
  // Some never come to rest, and other work may share the machine.
  this.timeout(120_000);
  for (const broken of brokenDeciders()) {
    const { what, scenario, caughtBy } = broken;
    it(`is caught by ${caughtBy.trim()} when it ${what}`, () => {
      const found = allScenarios().find(({ name }) => name.startsWith(scenario));
      const isCaught = (seed: number): boolean =>
        found !== undefined && wrongWith(broken, found, seed).some((line) => line.startsWith(caughtBy));

      expect([1, 2, 3, 4, 5, 6].some(isCaught)).to.equal(true);
    });
  }

  it('is there for every invariant', () => {
    const caught = new Set(brokenDeciders().map(({ caughtBy }) => caughtBy.trim()));
    const invariants = [...Array.from({ length: 15 }, (_, i) => `I${i + 1}`), 'S1', 'S2', 'S3', 'S4'];

    expect(invariants.filter((invariant) => !caught.has(invariant))).to.deep.equal([]);
  });
});
