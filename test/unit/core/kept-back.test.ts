// A namespace that its own record keeps in the source: what a person reads of it, and where.

import { expect } from 'chai';
import { aMigration, aMigrationObservation, aNamespace, aRecord, at } from '../../model/builders.ts';
import { decide, decideAll } from './deciding.ts';

const names = ['a', 'b', 'c'];
const oneWave = { waves: [{ name: 'first', namespaces: names }] };

describe('a namespace that its own record keeps back', () => {
  it('says that the record of a namespace keeps it back, and how to let it move', () => {
    const kept = aRecord({ step: 'RolledBack', restoreCause: 'Request', attempt: 1 }, { name: 'a' });
    const records = [
      { ...kept, spec: { ...kept.spec, desiredState: 'RolledBack' as const } },
      aRecord({ step: 'Migrated' }, { name: 'b' }),
      aRecord({ step: 'Migrated' }, { name: 'c' }),
    ];
    const { status } = decideAll(
      aMigrationObservation({ migration: aMigration(oneWave), records, namespaces: names.map((name) => aNamespace({ name })) }),
    );
    const [failure] = status.failures ?? [];

    expect(status.conditions?.find((c) => c.type === 'Ready')).to.deep.include({ status: 'True' });
    expect(failure?.message).to.include('desiredState: RolledBack is set on NamespaceMigration a');
    expect(failure?.remedy).to.include(`kubectl patch namespacemigration a --type merge -p '{"spec":{"desiredState":null}}'`);
    expect(status.summary).to.include('NamespaceMigration a').and.include('kubectl patch');
  });

  it('says which field keeps it back where only its own record does', () => {
    const plain = aRecord({ step: 'Restore', restoreCause: 'Request', attempt: 1, stepTime: at(0) });
    const record = { ...plain, spec: { ...plain.spec, desiredState: 'RolledBack' as const } };
    const { status } = decide({ record, migration: aMigration() });

    expect(status).to.deep.include({ step: 'RolledBack', reason: 'RolledBack' });
    expect(status.message).to.include('NamespaceMigration shop');
    expect(status.remedy).to.include('kubectl patch namespacemigration shop');
  });
});
