// Thousands of orders of events over the pure core: a crash, a lost answer or a refusal at every write of every scenario,
// watches that lag, two processes at once. Every run must come to rest, keep the invariants, and end as the undisturbed one.

import { expect } from 'chai';
import { check } from '../../model/check.ts';
import type { Outcome } from '../../model/check.ts';
import type { Fault, Plan } from '../../model/run.ts';
import { allScenarios } from '../../model/scenarios.ts';
import type { Scenario } from '../../model/scenarios.ts';

const kinds: readonly Fault['kind'][] = ['crashBefore', 'crashAfter', 'lostAnswer', 'refused'];
const ways = [
  { replicas: 1, lag: false },
  { replicas: 1, lag: true },
  { replicas: 2, lag: true },
];
const wanted = 50_000;
// As many rounds with other seeds as it takes to see enough orders of events; LONG=1 looks ten times as far.
const rounds = process.env['LONG'] === '1' ? 40 : 4;

interface Seen {
  runs: number;
  readonly orders: Set<string>;
  readonly coverage: Map<string, string>;
}

const seen: Seen = { runs: 0, orders: new Set(), coverage: new Map() };

describe('every order of events', function () {
  // A scenario is thousands of runs, and other work may share the machine.
  this.timeout(rounds * 30_000);
  for (const scenario of allScenarios()) {
    it(`ends right: ${scenario.name}`, () => {
      const wrong = explore(scenario, seen);

      expect(wrong.slice(0, 3)).to.deep.equal([]);
    });
  }

  it(`is looked at in at least ${wanted.toLocaleString('en')} variants, with every fault at every write`, () => {
    const lines = [...seen.coverage].map(([name, line]) => `      ${line}  ${name}\n`);
    process.stdout.write(`\n${lines.join('')}      ${seen.orders.size} distinct orders of events in ${seen.runs} runs\n`);

    expect([...seen.coverage.values()].filter((line) => !line.startsWith('100 %'))).to.deep.equal([]);
    expect(seen.orders.size).to.be.at.least(wanted);
  });
});

function explore(scenario: Scenario, into: Seen): string[] {
  const wrong: string[] = [];
  const reference = check(scenario, { seed: 1, replicas: 1, lag: false }, { restart: true, rollBack: true });
  const writes = reference.ran?.writes ?? 0;
  const struck = new Set<string>();
  for (const plan of plansOf(writes)) {
    const last = into.runs % 9;
    const outcome = check(scenario, plan, { reference, restart: last === 0, rollBack: last === 1 });
    note(scenario, plan, outcome, into);
    if (outcome.ran?.struck === true && plan.fault !== undefined) struck.add(`${plan.fault.kind} ${plan.fault.at}`);
    wrong.push(...outcome.wrong.map((what) => `${JSON.stringify(plan)}: ${what}`));
  }
  const share = Math.floor((100 * struck.size) / (writes * kinds.length));
  into.coverage.set(scenario.name, `${share} % of ${writes} writes × ${kinds.length} faults`);
  return [...reference.wrong, ...wrong];
}

function* plansOf(writes: number): Generator<Plan> {
  for (let round = 1; round <= rounds; round += 1) {
    for (const way of round === rounds ? ways.slice(0, 1) : ways) {
      yield { ...way, seed: round };
      for (let at = 1; at <= writes; at += 1)
        for (const kind of kinds) yield { ...way, seed: round * 10_000 + at * 10 + kinds.indexOf(kind), fault: { kind, at } };
    }
  }
}

function note(scenario: Scenario, plan: Plan, outcome: Outcome, into: Seen): void {
  into.runs += 1;
  if (outcome.ran !== undefined)
    into.orders.add(`${scenario.name} ${outcome.ran.trace} ${plan.fault?.kind ?? ''} ${plan.fault?.at ?? 0}`);
}
