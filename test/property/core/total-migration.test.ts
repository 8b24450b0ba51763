// decide for a whole migration is total as well: whatever waves and records there are, the status keeps every rule, no more
// places are given than the pace allows, and who asks for the source is never sent forward.

import { expect } from 'chai';
import fc from 'fast-check';
import type { MeshMigrationSpec } from '../../../src/api/v1alpha1/mesh-migration.ts';
import type { NamespaceMigrationStatus, Step } from '../../../src/api/v1alpha1/namespace-migration.ts';
import { decideMigration } from '../../../src/core/migration/decide.ts';
import type { MigrationObservation } from '../../../src/core/migration/observation.ts';
import { aMigration, aMigrationObservation, aNamespace, aRecord, aRow, at, migrationUid, start } from '../../model/builders.ts';
import { brokenMigrationRules } from '../../model/status-rules.ts';

const names = ['a', 'b', 'c', 'd'];
const maybe = <T>(of: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(of, { nil: undefined });
const steps: readonly Step[] = [
  ...(['Pending', 'Preflight', 'Prepare', 'Cutover', 'Commit', 'Soak', 'Migrated'] as const),
  ...(['PartiallyMigrated', 'Restore', 'RolledBack', 'Halted'] as const),
];
const why = { reason: 'WorkloadFailed', message: 'it failed', remedy: 'Repair it.' };
const row = aRow({ state: 'Listed', reason: 'Held', message: 'held', remedy: 'Free it.' });

const status: fc.Arbitrary<NamespaceMigrationStatus> = fc
  .record({
    step: fc.constantFrom(...steps),
    blocked: fc.boolean(),
    failed: fc.boolean(),
    cause: fc.constantFrom('Request' as const, 'Failure' as const),
  })
  .map(({ step, blocked, failed, cause }) => ({
    ...{ step, attempt: 1, ...why },
    ...(blocked && (step === 'Preflight' || step === 'Prepare') && { blocked }),
    ...((failed || step === 'Halted') && { failed: true }),
    ...((step === 'Restore' || step === 'RolledBack') && { restoreCause: cause }),
    ...((step === 'PartiallyMigrated' || failed) && { workloads: [row] }),
  }));

const record = (name: string) =>
  fc
    .record({
      status: maybe(status),
      owner: fc.constantFrom('mine', 'mine', 'mine', 'gone', 'other'),
      uid: fc.constantFrom(`namespace-${name}`, `namespace-${name}`, 'older'),
      wave: fc.constantFrom('first', 'first', 'second', 'lost'),
      back: fc.integer({ min: 0, max: 5 }),
    })
    .map(({ status: own, owner, uid, wave, back }) => {
      const made = aRecord(own, { name });
      const migrationRef = { name: owner === 'mine' ? 'move' : owner, uid: owner === 'mine' ? migrationUid : owner };
      return {
        ...made,
        spec: { ...made.spec, migrationRef, wave, namespaceUID: uid, ...(back === 0 && { desiredState: 'RolledBack' as const }) },
      };
    });

const waves = fc.constantFrom<MeshMigrationSpec['waves']>(
  [{ name: 'first', namespaceSelector: {} }],
  [
    { name: 'first', namespaces: ['a', 'b'] },
    { name: 'second', namespaceSelector: {}, requireApproval: true },
  ],
  [
    { name: 'first', namespaces: ['a', 'nobody'], maxConcurrentNamespaces: 3 },
    { name: 'second', namespaces: ['kube-system'] },
  ],
);

const observation: fc.Arbitrary<MigrationObservation> = fc
  .record({
    waves,
    desiredState: fc.constantFrom('Migrated' as const, 'Migrated' as const, 'RolledBack' as const),
    paused: fc.constantFrom(false, false, false, true),
    limit: fc.integer({ min: 1, max: 3 }),
    budget: fc.integer({ min: 0, max: 4 }),
    records: fc.tuple(...names.map((name) => maybe(record(name)))),
    there: fc.subarray(names),
    begun: fc.subarray(['first', 'second']),
    deleting: fc.integer({ min: 0, max: 7 }),
  })
  .map((o) => {
    const counts = { total: 0, pending: 0, inFlight: 0, migrated: 0, partiallyMigrated: 0, rolledBack: 0, failed: 0, blocked: 0 };
    const migration = {
      ...aMigration(
        {
          ...{ waves: o.waves, desiredState: o.desiredState, paused: o.paused },
          ...{ pace: { maxConcurrentNamespaces: o.limit }, rollback: { maximumFailedNamespaces: o.budget } },
        },
        o.deleting === 0 ? { deletionTimestamp: at(0) } : {},
      ),
      status: { waves: o.begun.map((name) => ({ name, startTime: at(0), namespaces: counts })) },
    };
    return aMigrationObservation({
      migration,
      namespaces: o.there.map((name) => aNamespace({ name })),
      records: o.records.filter((one) => one !== undefined),
      migrations: new Set([migrationUid, 'other']),
    });
  });

const busy: readonly Step[] = ['Preflight', 'Prepare', 'Cutover', 'Commit', 'Soak', 'Restore'];

describe('decide for a migration, given any waves and any records,', () => {
  it('answers with a status that keeps every rule, within its pace', () => {
    fc.assert(
      fc.property(observation, (o) => {
        const { outcome, status: next } = decideMigration(o, start);
        const actions = outcome.kind === 'act' ? outcome.actions : [];
        const starts = actions.filter((action) => action.kind === 'startRecord');
        const isBusy = (name: string): boolean =>
          busy.includes(o.records.find(({ metadata }) => metadata.name === name)?.status?.step ?? 'Pending');
        const limit = Math.max(...o.migration.spec.waves.map((w) => w.maxConcurrentNamespaces ?? 0), 3);
        const back = o.migration.spec.desiredState === 'RolledBack';

        expect(brokenMigrationRules(next, 1)).to.deep.equal([]);
        expect(starts.filter(({ name }) => !isBusy(name)).length).to.be.at.most(limit);
        expect(starts.filter(({ step }) => back && step === 'Preflight')).to.deep.equal([]);
        expect(decideMigration(o, start).status).to.deep.equal(next);
      }),
      { numRuns: 10_000 },
    );
  });
});
