// Operators with a mistake about names in them, each run on a real API server or against the tests of its rules: a named test must fail.

import { expect } from 'chai';
import { careless, skipsAliases } from '../../support/mistakes.ts';
import { tryMutant } from '../../support/mutants.ts';

const moved = { file: 'test/integration/names/prepare.test.ts', inside: 'fake nodes' as const };

describe('an operator with a mistake about names is caught', function () {
  this.timeout(240_000);

  it('one that skips the aliases, by “are there before the first pod moves”', async () => {
    const { passed, failed } = await tryMutant(skipsAliases, { ...moved, grep: 'are there before the first pod moves' });
    expect(passed).to.deep.equal([]);
    // There is no Service hello in the callers' namespace.
    expect(failed.map(({ message }) => message)).to.deep.equal(['Target cannot be null or undefined.']);
  });

  it('one that adds the ports too late, by “are there before the first pod moves”', async () => {
    const { passed, failed } = await tryMutant(
      [
        careless,
        {
          file: 'src/controller/names/observe.ts',
          from: 'return { ...about, verdict, missing: missing.writes, lookAgainSeconds: 1 };',
          to: `const known = (globalThis as { late?: Set<string> }).late ??= new Set();
               const writes = known.has(namespace) ? [] : missing.writes;
               known.add(namespace);
               return { ...about, verdict, missing: writes, lookAgainSeconds: 1 };`,
        },
        {
          file: 'src/controller/names/write.ts',
          from: 'await client.applyServerSide(kind, ref, body,',
          to: `await new Promise((resolve) => setTimeout(resolve, 0));
               const late = (...args: Parameters<typeof client.applyServerSide>): void =>
                 void setTimeout(() => void client.applyServerSide(...args).catch(() => undefined), 2_500);
               late(kind, ref, body,`,
        },
      ],
      { ...moved, grep: 'are there before the first pod moves' },
    );
    expect(passed).to.deep.equal([]);
    expect(failed.map(({ title }) => title)).to.have.length(1);
    expect(failed[0]?.message).to.match(/mm-80 80|to be below/);
  });

  it('one that takes a vanished counter for zero, by “leaves out the time in which a series vanished” and “is unknown, not quiet”', async () => {
    const file = 'test/unit/core/traffic.test.ts';
    const ofName = await tryMutant(
      [
        {
          file: 'src/core/traffic.ts',
          from: 'const then = before.names.get(name);',
          to: 'const then = before.names.get(name) ?? { requests: 0, success: 0 };',
        },
      ],
      { file, grep: 'leaves out the time in which a series vanished' },
    );
    const ofProxy = await tryMutant(
      [
        {
          file: 'src/core/traffic.ts',
          from: 'function growthOf(before: ProxyCounters | undefined, proxy: ProxyCounters): Growth {',
          to: `function growthOf(found: ProxyCounters | undefined, now: ProxyCounters): Growth {
                 const [before, proxy] = [{ ...(found ?? now), served: found?.served ?? 0 }, { ...now, served: now.served ?? 0 }];`,
        },
      ],
      { file, grep: 'is unknown, not quiet, after a counter vanished' },
    );
    for (const { passed, failed } of [ofName, ofProxy]) {
      expect(passed).to.deep.equal([]);
      expect(failed).to.have.length(1);
    }
  });

  it('and without a mistake the same tests pass', async () => {
    const { passed, failed } = await tryMutant([], { file: 'test/unit/core/traffic.test.ts', grep: 'vanished' });
    expect(failed).to.deep.equal([]);
    expect(passed).to.have.length.above(1);
  });
});
