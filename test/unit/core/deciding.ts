// Decides in tests: every status must keep the rules, and what was decided must be stable when it is asked for again.

import { expect } from 'chai';
import { isDeepStrictEqual } from 'node:util';
import type { Action } from '../../../src/core/action.ts';
import type { MigrationDecision, NamespaceDecision } from '../../../src/core/decision.ts';
import { decideMigration } from '../../../src/core/migration/decide.ts';
import type { MigrationObservation } from '../../../src/core/migration/observation.ts';
import { decideNamespace } from '../../../src/core/namespace/decide.ts';
import type { NamespaceObservation } from '../../../src/core/observation.ts';
import { anObservation, aRecord, start } from '../../model/builders.ts';
import { brokenMigrationRules, brokenNamespaceRules } from '../../model/status-rules.ts';

/** Decides for the namespace, some seconds after the start. */
export function decide(observation: Partial<NamespaceObservation>, seconds = 0): NamespaceDecision {
  const o = anObservation(observation);
  const decision = decideNamespace(o, start + seconds * 1000);
  expect(brokenNamespaceRules(decision.status, o.record.metadata.generation)).to.deep.equal([]);
  if (decision.outcome.kind !== 'act') {
    const again = decideNamespace({ ...o, record: { ...o.record, status: decision.status } }, start + seconds * 1000);
    expect(again.status, 'a pass over an unchanged world').to.deep.equal(decision.status);
    expect(again.outcome.kind).to.equal(decision.outcome.kind);
  }
  return decision;
}

/** Decides for a record with this status. */
export function decideFrom(
  status: NonNullable<NamespaceObservation['record']['status']>,
  observation: Partial<NamespaceObservation> = {},
  seconds = 0,
): NamespaceDecision {
  return decide({ record: aRecord({ attempt: 1, stepTime: new Date(start).toISOString(), ...status }), ...observation }, seconds);
}

/** Decides for the migration, some seconds after the start, until it acts or its status stays as it is. */
export function decideAll(o: MigrationObservation, seconds = 0): MigrationDecision {
  let migration = o.migration;
  for (let pass = 0; pass < 4; pass += 1) {
    const decision = decideMigration({ ...o, migration }, start + seconds * 1000);
    expect(brokenMigrationRules(decision.status, migration.metadata.generation)).to.deep.equal([]);
    if (decision.outcome.kind === 'act' || isDeepStrictEqual(decision.status, migration.status)) return decision;
    migration = { ...migration, status: decision.status };
  }
  throw new Error('the status of the migration never comes to rest');
}

/** The actions of a decision; none where it waits. */
export function actionsOf(decision: NamespaceDecision | MigrationDecision): readonly Action[] {
  return decision.outcome.kind === 'act' ? decision.outcome.actions : [];
}

/** The actions in short: what, and to whom. */
export function inShort(decision: NamespaceDecision | MigrationDecision): string[] {
  return actionsOf(decision).map((a) => {
    if ('workload' in a) return `${a.kind} ${a.workload.kind}/${a.workload.name}`;
    if (a.kind === 'changeNamespace') return `${a.kind} ${a.why}`;
    if (a.kind === 'startRecord') return `${a.kind} ${a.name} ${a.step}`;
    return 'name' in a ? `${a.kind} ${a.name}` : a.kind;
  });
}
