// Which namespace belongs to which wave, and how that is remembered.

import { expect } from 'chai';
import { keys } from '../../../src/api/v1alpha1/group.ts';
import type { MeshMigrationSpec } from '../../../src/api/v1alpha1/mesh-migration.ts';
import type { NamespaceMigration, NamespaceMigrationStatus } from '../../../src/api/v1alpha1/namespace-migration.ts';
import type { MigrationObservation } from '../../../src/core/migration/observation.ts';
import { aMigration, aMigrationObservation, aNamespace, aRecord, at } from '../../model/builders.ts';
import { actionsOf, decideAll, inShort } from './deciding.ts';

const names = ['a', 'b', 'c'];
const namespaces = names.map((name) => aNamespace({ name }));
const record = (name: string, status?: NamespaceMigrationStatus, wave = 'first'): NamespaceMigration => {
  const made = aRecord(status, { name });
  return { ...made, spec: { ...made.spec, wave } };
};
const oneWave = { waves: [{ name: 'first', namespaces: names }] };
const twoWaves = {
  waves: [
    { name: 'first', namespaces: ['a', 'b'] },
    { name: 'second', namespaceSelector: {} },
  ],
};
const started = (spec: Partial<MeshMigrationSpec>, waves: string[] = ['first']) => ({
  ...aMigration(spec),
  status: { waves: waves.map((name) => ({ name, startTime: at(0), namespaces: noCounts })) },
});
const noCounts = { total: 0, pending: 0, inFlight: 0, migrated: 0, partiallyMigrated: 0, rolledBack: 0, failed: 0, blocked: 0 };
const observe = (o: Partial<MigrationObservation>) => aMigrationObservation({ namespaces, ...o });
const ready = (d: ReturnType<typeof decideAll>) => d.status.conditions?.find((c) => c.type === 'Ready');
const migrated: NamespaceMigrationStatus = { step: 'Migrated', attempt: 1 };

describe('membership', () => {
  it('is a record for every member when the wave starts, the lock and the memory in one', () => {
    const decision = decideAll(observe({ migration: aMigration(oneWave) }));

    expect(inShort(decision)).to.deep.equal(['createRecord a', 'createRecord b', 'createRecord c']);
    expect(decision.status.waves?.[0]).to.not.have.property('startTime');
  });

  it('is fixed when every member has its record', () => {
    const decision = decideAll(observe({ migration: aMigration(oneWave), records: names.map((n) => record(n)) }));

    expect(decision.status.waves?.[0]).to.have.property('startTime', at(0));
    expect(inShort(decision)).to.deep.equal(['startRecord a Preflight']);
  });

  it('is of the first wave that matches', () => {
    const decision = decideAll(observe({ migration: aMigration(twoWaves) }));

    expect(inShort(decision)).to.deep.equal(['createRecord a', 'createRecord b']);
  });

  it('stores what the keys of the namespace were: absent is not empty, and our own marks are no originals', () => {
    const own = aNamespace({ name: 'a', annotations: { 'linkerd.io/inject': '' } });
    const marked = aNamespace({ name: 'b', labels: { [keys.to]: 'linkerd2' }, annotations: { 'linkerd.io/inject': 'enabled' } });
    const actions = actionsOf(decideAll(observe({ migration: aMigration(twoWaves), namespaces: [own, marked] })));

    expect(actions[0])
      .to.have.nested.property('spec.originals.annotations')
      .that.deep.equals([{ key: 'linkerd.io/inject', present: true, value: '' }]);
    expect(actions[1])
      .to.have.nested.property('spec.originals.annotations')
      .that.deep.equals([{ key: 'linkerd.io/inject', present: false }]);
  });

  it('of a namespace that appears late is of the first later wave that matches, else it is listed and holds nothing up', () => {
    const records = ['a', 'b'].map((n) => record(n, migrated));
    const late = aNamespace({ name: 'late' });
    const waves = [
      { name: 'first', namespaceSelector: {} },
      { name: 'second', namespaces: ['late'] },
    ];
    const joins = decideAll(observe({ migration: started({ waves }), records, namespaces: [...namespaces.slice(0, 2), late] }));
    const stays = decideAll(
      observe({ migration: started({ waves: waves.slice(0, 1) }), records, namespaces: [...namespaces.slice(0, 2), late] }),
    );

    expect(inShort(joins)).to.deep.equal(['createRecord late']);
    expect(stays.status.failures).to.have.length(1);
    expect(stays.status.failures?.[0]).to.deep.include({ namespace: 'late', reason: 'NoWaveLeft' });
    expect(ready(stays)).to.deep.include({ status: 'True' });
  });

  it('is by name: another uid under it starts anew in the same wave, with a crash between the two writes', () => {
    const recreated = [{ ...aNamespace({ name: 'a' }), uid: 'another' }, ...namespaces.slice(1)];
    const records = names.map((n) => record(n, migrated));
    const away = decideAll(observe({ migration: started(oneWave), records, namespaces: recreated }));
    const again = decideAll(
      observe({ migration: { ...aMigration(oneWave), status: away.status }, records: records.slice(1), namespaces: recreated }),
    );

    expect(inShort(away)).to.deep.equal(['deleteRecord a']);
    expect(away.status.waves?.[0]?.unrecorded).to.deep.equal(['a']);
    expect(inShort(again)).to.deep.equal(['createRecord a']);
  });

  it('of another live migration is blocked, holds up neither wave nor budget, and is remembered', () => {
    const other = { ...record('a', migrated), spec: { ...record('a').spec, migrationRef: { name: 'other', uid: 'other-uid' } } };
    const records = [other, record('b', migrated), record('c', migrated)];
    const migrations = new Set(['other-uid', aMigration().metadata.uid]);
    const first = decideAll(observe({ migration: aMigration(oneWave), records, migrations }));
    const later = decideAll(observe({ migration: { ...aMigration(oneWave), status: first.status }, records, migrations }));
    const free = decideAll(
      observe({ migration: { ...aMigration(oneWave), status: later.status }, records: records.slice(1), migrations }),
    );

    expect(first.status.waves?.[0]?.startTime).to.equal(at(0));
    expect(later.status.namespaces).to.deep.include({ blocked: 1, migrated: 2 });
    expect(ready(later)).to.deep.include({ status: 'False', reason: 'Blocked' });
    expect(later.status.failures?.[0]).to.deep.include({ namespace: 'a', reason: 'Overlap' });
    expect(inShort(free)).to.deep.equal(['createRecord a']);
  });

  it('keeps the record of a namespace that is gone for as long as it lists what was made for its callers', () => {
    const recreated = [{ ...aNamespace({ name: 'a' }), uid: 'another' }, ...namespaces.slice(1)];
    const made = [{ kind: 'Service', namespace: 'default', name: 'ledger' }];
    const records = [record('a', { ...migrated, names: made }), ...names.slice(1).map((n) => record(n, migrated))];
    const own = decideAll(observe({ migration: started(oneWave), records, namespaces: recreated }));
    const another = aMigration(oneWave, { uid: 'new' });
    const only = { records: records.slice(0, 1), namespaces: recreated.slice(0, 1), migrations: new Set(['new']) };
    const foreign = decideAll(observe({ migration: another, ...only }));

    expect(inShort(own)).to.deep.equal([]);
    expect(inShort(foreign)).to.deep.equal([]);
  });

  it('of a migration that is gone is adopted when it is of the same pair', () => {
    const orphan = (target: 'Linkerd2' | 'None') => ({
      ...record('a', migrated),
      spec: { ...record('a').spec, target, migrationRef: { name: 'move', uid: 'gone' } },
    });
    const same = decideAll(
      observe({ migration: aMigration(oneWave), records: [orphan('Linkerd2')], namespaces: namespaces.slice(0, 1) }),
    );
    const different = decideAll(
      observe({ migration: aMigration(oneWave), records: [orphan('None')], namespaces: namespaces.slice(0, 1) }),
    );

    expect(inShort(same)).to.deep.equal(['adoptRecord a']);
    expect(different.status.failures?.[0]).to.deep.include({ reason: 'OtherPair' });
  });

  it('is free for another pair where the earlier move never wrote anything or is wholly back, and says how where it did', () => {
    const orphan = (status: NamespaceMigrationStatus) => ({
      ...record('a', status),
      spec: { ...record('a').spec, target: 'None' as const, migrationRef: { name: 'earlier', uid: 'gone' } },
    });
    const over = (status: NamespaceMigrationStatus, labels = {}) =>
      decideAll(
        observe({
          migration: aMigration(oneWave),
          records: [orphan(status)],
          namespaces: [aNamespace({ name: 'a', labels })],
        }),
      );
    const moved = over({ step: 'Preflight' }, { [keys.to]: 'none', [keys.from]: 'linkerd1' });

    expect(inShort(over({ step: 'Preflight', blocked: true }))).to.deep.equal(['deleteRecord a']);
    expect(inShort(over({ step: 'RolledBack' }))).to.deep.equal(['deleteRecord a']);
    expect(inShort(over({ step: 'Preflight', keyed: ['12345678'] }))).to.deep.equal([]);
    expect(moved.status.failures?.[0]?.message).to.include('Linkerd1 to None').and.include('earlier');
    expect(moved.status.failures?.[0]?.remedy)
      .to.include('desiredState: RolledBack')
      .and.include('kubectl label namespace a meshmigration.io/to- meshmigration.io/from-');
  });

  it('makes no record while the keys of another pair are there, says so, and makes it when they are gone', () => {
    const labels = { [keys.to]: 'linkerd1', [keys.from]: 'none' };
    const annotations = { 'linkerd.io/inject': 'enabled' };
    const over = (found: Record<string, string>, status?: MigrationObservation['migration']['status']) =>
      decideAll(
        observe({
          migration: { ...aMigration({ waves: [{ name: 'first', namespaces: ['a'] }] }), ...(status && { status }) },
          namespaces: [aNamespace({ name: 'a', labels: found, annotations })],
        }),
      );
    const waits = over(labels);
    const [action] = actionsOf(over({}, waits.status));

    expect(inShort(waits)).to.deep.equal([]);
    expect(ready(waits)).to.deep.include({ status: 'False', reason: 'Blocked' });
    expect(waits.status.failures?.[0]).to.deep.include({ namespace: 'a', reason: 'OtherPair' });
    expect(waits.status.failures?.[0]?.message).to.include('none to linkerd1');
    expect(action)
      .to.have.nested.property('spec.originals.annotations')
      .that.deep.equals([{ key: 'linkerd.io/inject', present: true, value: 'enabled' }]);
  });

  it('passes over excluded namespaces in selectors, and stalls where one is named', () => {
    const system = aNamespace({ name: 'kube-system' });
    const selected = decideAll(
      observe({ migration: aMigration({ waves: [{ name: 'all', namespaceSelector: {} }] }), namespaces: [system] }),
    );
    const named = decideAll(
      observe({ migration: aMigration({ waves: [{ name: 'all', namespaces: ['kube-system'] }] }), namespaces: [system] }),
    );

    expect(ready(selected)).to.deep.include({ reason: 'NothingSelected' });
    expect(ready(named)).to.deep.include({ reason: 'ExcludedNamespace' });
    expect(named.status.failures?.[0]?.message).to.include('spec.waves[0].namespaces').and.include('kube-system');
  });

  it('says of a name that no namespace has in the summary, from the first wave to the end', () => {
    const waves = [{ name: 'first', namespaces: [...names, 'd'] }];
    const moving = decideAll(observe({ migration: started({ ...oneWave, waves }), records: names.map((n) => record(n)) }));
    const ended = decideAll(
      observe({ migration: started({ ...oneWave, waves }), records: names.map((n) => record(n, migrated)) }),
    );

    for (const { status } of [moving, ended]) expect(status.summary).to.include('there is no namespace "d"');
    expect(ready(ended)).to.deep.include({ status: 'True' });
    expect(ready(ended)?.message).to.include('there is no namespace "d"');
  });

  it('lists names in waves that no namespace has, with the one that was probably meant; they hold nothing up', () => {
    const waves = [{ name: 'first', namespaces: [...names, 'shpo', 'elsewhere'] }];
    const records = names.map((n) => record(n, migrated));
    const namespaces = [...names, 'shop'].map((name) => aNamespace({ name }));
    const decision = decideAll(observe({ migration: started({ ...oneWave, waves }), records, namespaces }));

    expect(ready(decision)).to.deep.include({ status: 'True', reason: 'Migrated' });
    expect(decision.status.failures?.map(({ namespace, reason, message }) => ({ namespace, reason, message }))).to.deep.equal([
      {
        namespace: 'shpo',
        reason: 'NamespaceNotFound',
        message: 'spec.waves[0].namespaces: there is no namespace "shpo"; did you mean "shop"?',
      },
      {
        namespace: 'elsewhere',
        reason: 'NamespaceNotFound',
        message: 'spec.waves[0].namespaces: there is no namespace "elsewhere"',
      },
    ]);
  });
});
