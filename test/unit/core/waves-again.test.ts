// What happens to the order of waves when everything went back and shall move once more.

import { expect } from 'chai';
import type { MeshMigrationSpec } from '../../../src/api/v1alpha1/mesh-migration.ts';
import type { NamespaceMigration, NamespaceMigrationStatus } from '../../../src/api/v1alpha1/namespace-migration.ts';
import { aMigration, aMigrationObservation, aNamespace, aRecord, at } from '../../model/builders.ts';
import { decideAll, inShort } from './deciding.ts';

const waves = [
  { name: 'first', namespaces: ['a', 'b'] },
  { name: 'second', namespaceSelector: {}, requireApproval: true },
];
const noCounts = { total: 0, pending: 0, inFlight: 0, migrated: 0, partiallyMigrated: 0, rolledBack: 0, failed: 0, blocked: 0 };
const again: NamespaceMigrationStatus = { step: 'Pending', attempt: 2 };
const back: NamespaceMigrationStatus = { step: 'RolledBack', attempt: 1, restoreCause: 'Request' };
const migrated: NamespaceMigrationStatus = { step: 'Migrated', attempt: 2 };

function record(name: string, status: NamespaceMigrationStatus, wave: string): NamespaceMigration {
  const made = aRecord(status, { name });
  return { ...made, spec: { ...made.spec, wave } };
}

function decided(a: NamespaceMigrationStatus, b: NamespaceMigrationStatus, spec: Partial<MeshMigrationSpec>) {
  const status = { waves: waves.map(({ name }) => ({ name, startTime: at(0), namespaces: noCounts })) };
  return decideAll(
    aMigrationObservation({
      namespaces: ['a', 'b', 'c'].map((name) => aNamespace({ name })),
      migration: { ...aMigration({ waves, pace: { maxConcurrentNamespaces: 9 }, ...spec }), status },
      records: [record('a', a, 'first'), record('b', b, 'first'), record('c', again, 'second')],
    }),
  );
}

describe('waves that begin again after a way back', () => {
  const approved = { advanceThrough: 'second' };

  it('come in their order', () => {
    expect(inShort(decided(again, again, approved))).to.deep.equal(['startRecord a Preflight', 'startRecord b Preflight']);
    expect(inShort(decided(migrated, back, approved))).to.deep.equal([]);
    expect(inShort(decided(migrated, migrated, approved))).to.deep.equal(['startRecord c Preflight']);
  });

  it('need their approval again', () => {
    const waiting = decided(migrated, migrated, {});

    expect(inShort(waiting)).to.deep.equal([]);
    expect(waiting.status.conditions?.find(({ type }) => type === 'Ready')).to.deep.include({ reason: 'AwaitingApproval' });
  });
});
