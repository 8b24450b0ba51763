// What is told of the way back of a whole migration: events once, and nothing that is no news then.

import { expect } from 'chai';
import type { MeshMigration } from '../../../src/api/v1alpha1/mesh-migration.ts';
import type { NamespaceMigrationStatus } from '../../../src/api/v1alpha1/namespace-migration.ts';
import { decideMigration } from '../../../src/core/migration/decide.ts';
import type { MigrationDecision } from '../../../src/core/decision.ts';
import { aMigration, aMigrationObservation, aNamespace, aRecord, at, start } from '../../model/builders.ts';

const moved: NamespaceMigrationStatus = { step: 'Migrated', attempt: 1 };
const restoring: NamespaceMigrationStatus = { step: 'Restore', restoreCause: 'Request', attempt: 1 };
const back: NamespaceMigrationStatus = { step: 'RolledBack', restoreCause: 'Request', attempt: 1 };
const none = { total: 0, pending: 0, inFlight: 0, migrated: 0, partiallyMigrated: 0, rolledBack: 0, failed: 0, blocked: 0 };
const waves = [{ name: 'first', startTime: at(0), completionTime: at(9), namespaces: none }];

/** Decides for namespaces a and b; absent is a record that was taken away. */
function decideOver(migration: MeshMigration, a?: NamespaceMigrationStatus, b?: NamespaceMigrationStatus): MigrationDecision {
  const records = [...(a ? [aRecord(a, { name: 'a' })] : []), ...(b ? [aRecord(b, { name: 'b' })] : [])];
  const namespaces = ['a', 'b'].map((name) => aNamespace({ name }));
  return decideMigration(aMigrationObservation({ migration, records, namespaces }), start + 60_000);
}

describe('the way back of a migration', () => {
  const spec = { desiredState: 'RolledBack' as const, waves: [{ name: 'first', namespaces: ['a', 'b'] }] };

  it('says that a wave is back once, when nothing of it is left in the target', () => {
    let migration: MeshMigration = { ...aMigration(spec), status: { waves } };
    const events: string[] = [];
    for (const [a, b] of [
      [moved, moved],
      [moved, restoring],
      [moved, back],
      [restoring, back],
      [back, back],
      [back, back],
    ] as const) {
      const decision = decideOver(migration, a, b);
      events.push(...decision.events.filter(({ reason }) => reason.startsWith('Wave')).map(({ note }) => note));
      migration = { ...migration, status: decision.status };
    }

    expect(events).to.deep.equal(['wave first is back in the source']);
  });

  it('by deletion does not complain of namespaces that are back already and have no record any more', () => {
    const migration = aMigration(
      { waves: [{ name: 'first', namespaces: ['a', 'b'] }], deletionPolicy: 'Rollback' },
      { deletionTimestamp: at(30), finalizers: ['meshmigration.io/rollback'] },
    );

    expect(decideOver({ ...migration, status: { waves } }, restoring).status.failures).to.deep.equal([]);
  });
});
