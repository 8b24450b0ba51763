// Operators and policies with a mistake in them, each installed on real nodes: a named test under load must fail, by calls that are
// lost or by an end that is not as it should be. Every mutant has a cluster of its own, which it starts itself.
import { expect } from 'chai';
import { skipsAliases } from '../../support/mistakes.ts';
import { tryMutant, type Trial } from '../../support/mutants.ts';
import type { Mutation } from '../../support/mutation.ts';

const underLoad = { file: 'test/e2e/migration/under-load.test.ts', inside: 'real nodes', seconds: 300 } as const;

const verifiesNothing: Mutation = {
  file: 'src/core/workload/judge.ts',
  from: "  if (workload.kind === 'CronJob') return judgeRuns(workload, live, context);",
  to: "  if (live.length >= 0) return { kind: 'verified' };",
};

const leavesFirst: Mutation = {
  file: 'config/admission/pods-leave-linkerd1.yaml',
  from: 'variables.to == "linkerd1" ? false : (',
  to: 'variables.to == "linkerd2" ? true : variables.to == "linkerd1" ? false : (',
};

/** Checks that a test failed, and by what. */
function caught({ failed }: Trial, by: RegExp): void {
  const told = failed.map(({ title, message }) => `${title}: ${message}`).join('\n');
  expect(by.test(told), told).to.equal(true);
}

describe('Under load on real nodes a mistake is caught', function () {
  this.timeout(900_000);

  // Linkerd 1 tries a read again, and as long as pods that have not moved answer it, only the operator sees what would be lost.
  it('of an operator that skips alias Services, by calls that “moves all namespaces and loses no call” loses or that moved pods fail', async () => {
    const trial = await tryMutant(skipsAliases, { ...underLoad, grep: 'moves all namespaces and loses no call' });
    expect(trial.passed).to.deep.equal([]);
    caught(trial, /moves all namespaces.*(?:http:\/\/ledger\/|Deployment\/prices: [\d.]+ % of \d+ responses succeeded)/s);
  });

  it('of an operator that verifies nothing, by pods that “moves all namespaces and loses no call” finds apart', async () => {
    const trial = await tryMutant([verifiesNothing], { ...underLoad, grep: 'moves all namespaces and loses no call' });
    expect(trial.passed).to.deep.equal([]);
    caught(trial, /moves all namespaces.*: expected \d+ to equal \+0/);
  });

  it('of policies that leave before joining, by pods in no mesh at all that “a pod that is born in an injector outage” finds', async () => {
    const trial = await tryMutant([leavesFirst], {
      ...underLoad,
      grep: /moves all namespaces and loses no call|a pod that is born in an injector outage/,
    });
    expect(trial.passed).to.deep.equal(['A migration under load moves all namespaces and loses no call']);
    caught(trial, /born in an injector outage.*bare/s);
  });
});
