// A whole migration: who gets a place, what stops new starts, the way back, deletion, and the end.

import { expect } from 'chai';
import { FINALIZER, keys } from '../../../src/api/v1alpha1/group.ts';
import type { MeshMigrationSpec } from '../../../src/api/v1alpha1/mesh-migration.ts';
import type { NamespaceMigration, NamespaceMigrationStatus } from '../../../src/api/v1alpha1/namespace-migration.ts';
import type { MigrationObservation } from '../../../src/core/migration/observation.ts';
import { aCommittedNamespace, aMigration, aMigrationObservation, aNamespace, aRecord, aRow, at } from '../../model/builders.ts';
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
const counts = { total: 1, pending: 0, moving: 0, verified: 0, armed: 0, failed: 0, restored: 1, drifted: 0, listed: 0 };
const migrated: NamespaceMigrationStatus = { step: 'Migrated', attempt: 1 };

describe('places', () => {
  const records = names.map((n) => record(n));

  it('are given to so many namespaces as the pace allows, in order', () => {
    const one = decideAll(observe({ migration: started(oneWave), records }));
    const two = decideAll(observe({ migration: started({ ...oneWave, pace: { maxConcurrentNamespaces: 2 } }), records }));

    expect(inShort(one)).to.deep.equal(['startRecord a Preflight']);
    expect(inShort(two)).to.deep.equal(['startRecord a Preflight', 'startRecord b Preflight']);
  });

  it('are known ahead: as many as move at once come up next', () => {
    const upNext = (statuses: readonly NamespaceMigrationStatus[], spec: Partial<MeshMigrationSpec> = {}): readonly string[] =>
      decideAll(observe({ migration: started({ ...oneWave, ...spec }), records: names.map((n, i) => record(n, statuses[i])) }))
        .upNext;
    const moving: NamespaceMigrationStatus = { step: 'Cutover', attempt: 1 };

    expect(upNext([])).to.deep.equal(['b']);
    expect(upNext([moving])).to.deep.equal(['b']);
    expect(upNext([], { pace: { maxConcurrentNamespaces: 2 } })).to.deep.equal(['c']);
    expect(upNext([migrated, migrated, moving])).to.deep.equal([]);
    expect(upNext([moving], { paused: true })).to.deep.equal([]);
  });

  it('are kept by what is in flight, held in mid-move included, and not by what waits for a person in Preflight', () => {
    const at = (status: NamespaceMigrationStatus) =>
      inShort(
        decideAll(
          observe({ migration: started(oneWave), records: [record('a', { ...status, attempt: 1 }), ...records.slice(1)] }),
        ),
      );
    const held = { reason: 'Held', message: 'x', remedy: 'y', blocked: true } as const;

    expect(at({ step: 'Cutover', ...held })).to.deep.equal([]);
    expect(at({ step: 'Preflight', ...held })).to.deep.equal(['startRecord b Preflight']);
  });

  it('are refused for new starts beyond the failure budget; a namespace counts once', () => {
    const workloads = [aRow({ state: 'Restored', reason: 'Restarted', message: 'it restarted', remedy: 'Look.' })];
    const failed: NamespaceMigrationStatus = { step: 'PartiallyMigrated', attempt: 1, failed: true, workloads, counts };
    const spent = decideAll(observe({ migration: started(oneWave), records: [record('a', failed), ...records.slice(1)] }));
    const within = decideAll(
      observe({
        migration: started({ ...oneWave, rollback: { maximumFailedNamespaces: 1 } }),
        records: [record('a', failed), ...records.slice(1)],
      }),
    );

    expect(inShort(spent)).to.deep.equal([]);
    expect(spent.status.conditions?.map((c) => c.type)).to.include('Stalled');
    expect(inShort(within)).to.deep.equal(['startRecord b Preflight']);
  });

  it('are given to nobody while paused', () => {
    const decision = decideAll(observe({ migration: started({ ...oneWave, paused: true }), records }));

    expect(inShort(decision)).to.deep.equal([]);
    expect(ready(decision)).to.deep.include({ status: 'False', reason: 'Paused' });
  });

  it('are given in the next wave only when every member of the last has come to an end', () => {
    const open = decideAll(
      observe({ migration: started(twoWaves), records: [record('a', migrated), record('b', { step: 'Soak', attempt: 1 })] }),
    );
    const over = decideAll(observe({ migration: started(twoWaves), records: [record('a', migrated), record('b', migrated)] }));

    expect(inShort(open)).to.deep.equal([]);
    expect(inShort(over)).to.deep.equal(['createRecord c']);
  });

  it('wait for approval of waves that require it, and of no other', () => {
    const waves = [twoWaves.waves[0]!, { name: 'second', namespaceSelector: {}, requireApproval: true }];
    const done = [record('a', migrated), record('b', migrated)];
    const waiting = decideAll(observe({ migration: started({ waves }), records: done }));
    const approved = decideAll(observe({ migration: started({ waves, advanceThrough: 'second' }), records: done }));

    expect(ready(waiting)).to.deep.include({ reason: 'AwaitingApproval' });
    expect(inShort(approved)).to.deep.equal(['createRecord c']);
  });

  it('are given to nobody while the migration is being deleted', () => {
    const migration = { ...started(oneWave), metadata: { ...aMigration().metadata, deletionTimestamp: at(0) } };

    expect(inShort(decideAll(observe({ migration, records })))).to.deep.equal([]);
  });
});

describe('a migration that goes back', () => {
  const back = { ...twoWaves, desiredState: 'RolledBack' as const };
  const all = [record('a', migrated), record('b', migrated), record('c', migrated, 'second')];

  it('goes in reverse wave order, at the same pace', () => {
    const first = decideAll(observe({ migration: started(back, ['first', 'second']), records: all }));
    const rolledBack = record('c', { step: 'RolledBack', attempt: 1, restoreCause: 'Request' }, 'second');
    const then = decideAll(observe({ migration: started(back, ['first', 'second']), records: [...all.slice(0, 2), rolledBack] }));

    expect(inShort(first)).to.deep.equal(['startRecord c Restore']);
    expect(inShort(then)).to.deep.equal(['startRecord b Restore']);
  });

  it('asks for no approval and has no budget', () => {
    const waves = oneWave.waves.map((wave) => ({ ...wave, requireApproval: true }));
    const failed: NamespaceMigrationStatus = {
      step: 'Halted',
      failed: true,
      attempt: 1,
      reason: 'WorkloadFailed',
      message: 'x',
      remedy: 'y',
    };
    const migration = started({ waves, desiredState: 'RolledBack', rollback: { maximumFailedNamespaces: 0 } });
    const decision = decideAll(
      observe({ migration, records: [record('a', failed), record('b', migrated), record('c', migrated)] }),
    );

    expect(inShort(decision)).to.deep.equal(['startRecord c Restore']);
  });

  it('turns what moves forward round at once', () => {
    const records = [record('a', { step: 'Cutover', attempt: 1 }), ...all.slice(1)];

    expect(inShort(decideAll(observe({ migration: started(back, ['first', 'second']), records })))).to.deep.equal([
      'startRecord a Restore',
    ]);
  });

  it('is Ready and Succeeded when all is back, and what failed before is over', () => {
    const records = names.map((n) => record(n, { step: 'RolledBack', attempt: 1, failed: true, restoreCause: 'Request' }));
    const decision = decideAll(observe({ migration: started({ ...oneWave, desiredState: 'RolledBack' }), records }));

    expect(ready(decision)).to.deep.include({ status: 'True', reason: 'RolledBack' });
    expect(decision.status.failures).to.deep.equal([]);
  });

  it('looks once more at what is back after a failure, so that it is back by request', () => {
    const records = names.map((n) => record(n, { step: 'RolledBack', attempt: 1, failed: true, restoreCause: 'Failure' }));

    expect(
      inShort(decideAll(observe({ migration: started({ ...oneWave, desiredState: 'RolledBack' }), records }))),
    ).to.deep.equal(['startRecord c Restore']);
  });

  it('is Stalled when something did not come back, and goes on when a person asks again', () => {
    const halted: NamespaceMigrationStatus = {
      step: 'Halted',
      attempt: 1,
      failed: true,
      restoreCause: 'Request',
      reason: 'RestoreStuck',
      message: 'x',
      remedy: 'y',
    };
    const records = [
      record('a', halted),
      ...names.slice(1).map((n) => record(n, { step: 'RolledBack', attempt: 1, restoreCause: 'Request' })),
    ];
    const stalled = decideAll(observe({ migration: started({ ...oneWave, desiredState: 'RolledBack' }), records }));
    const annotated = [
      { ...records[0]!, metadata: { ...records[0]!.metadata, annotations: { [keys.retryAt]: 'now' } } },
      ...records.slice(1),
    ];
    const again = decideAll(observe({ migration: started({ ...oneWave, desiredState: 'RolledBack' }), records: annotated }));

    expect(stalled.status.conditions?.map((c) => c.type)).to.include('Stalled');
    expect(inShort(again)).to.deep.equal(['startRecord a Restore']);
  });

  it('finds the way back for a wave that was taken out of the spec', () => {
    const without = { waves: [{ name: 'other', namespaces: ['x'] }] };
    const forward = decideAll(observe({ migration: started(without), records: [record('a', migrated)] }));
    const backward = decideAll(
      observe({ migration: started({ ...without, desiredState: 'RolledBack' }), records: [record('a', migrated)] }),
    );

    expect(ready(forward)).to.deep.include({ reason: 'InvalidSpec' });
    expect(inShort(backward)).to.deep.equal(['startRecord a Restore']);
  });

  it('takes over what an earlier migration of its pair moved, with its record or without, and nothing else', () => {
    const earlier = { name: 'earlier', uid: 'gone' };
    const orphan = { ...aRecord({ step: 'Migrated' }, { name: 'a' }) };
    const other = { ...aRecord({ step: 'Migrated' }, { name: 'b' }) };
    const decision = decideAll(
      aMigrationObservation({
        migration: aMigration({ desiredState: 'RolledBack', waves: [{ name: 'first', namespaces: ['a', 'b', 'c', 'd'] }] }),
        records: [
          { ...orphan, spec: { ...orphan.spec, migrationRef: earlier } },
          { ...other, spec: { ...other.spec, migrationRef: earlier, target: 'None' } },
        ],
        namespaces: [
          aNamespace({ name: 'a' }),
          aNamespace({ name: 'b' }),
          aCommittedNamespace({ name: 'c' }),
          aNamespace({ name: 'd' }),
        ],
      }),
    );

    expect(inShort(decision)).to.deep.equal(['adoptRecord a', 'createRecord c']);
  });

  it('brings one namespace back when only its record asks for it', () => {
    const asked = { ...record('a', migrated), spec: { ...record('a').spec, desiredState: 'RolledBack' as const } };
    const decision = decideAll(
      observe({ migration: started(oneWave), records: [asked, ...names.slice(1).map((n) => record(n, migrated))] }),
    );

    expect(inShort(decision)).to.deep.equal(['startRecord a Restore']);
  });
});

describe('deletion', () => {
  const rolledBack = names.map((n) => record(n, { step: 'RolledBack', attempt: 1, restoreCause: 'Request' }));
  const deleting = { finalizers: [FINALIZER], deletionTimestamp: at(0) };
  const policy = { ...oneWave, deletionPolicy: 'Rollback' as const };

  it('with Rollback is held by the finalizer until all is back and no record is left', () => {
    const fresh = decideAll(observe({ migration: aMigration(policy) }));
    const moved = decideAll(
      observe({
        migration: { ...started(policy), metadata: { ...aMigration().metadata, ...deleting } },
        records: [record('a', migrated)],
      }),
    );
    const back = decideAll(
      observe({ migration: { ...started(policy), metadata: { ...aMigration().metadata, ...deleting } }, records: rolledBack }),
    );
    const empty = decideAll(
      observe({ migration: { ...started(policy), metadata: { ...aMigration().metadata, ...deleting } }, namespaces: [] }),
    );

    expect(inShort(fresh)[0]).to.equal('setFinalizer');
    expect(inShort(moved)).to.deep.equal(['startRecord a Restore']);
    expect(inShort(back)).to.deep.equal(names.map((n) => `deleteRecord ${n}`));
    expect(actionsOf(empty)).to.deep.equal([{ kind: 'setFinalizer', present: false }]);
  });

  it('lets go when the policy is changed to Retain', () => {
    const migration = { ...started(oneWave), metadata: { ...aMigration().metadata, ...deleting } };

    expect(actionsOf(decideAll(observe({ migration, records: [record('a', migrated)] })))).to.deep.include({
      kind: 'setFinalizer',
      present: false,
    });
  });
});

describe('the end of a migration', () => {
  const listed = aRow({ state: 'Listed', reason: 'Held', message: 'held', remedy: 'Free it.' });
  const ends: Record<string, [NamespaceMigrationStatus, string, string]> = {
    Migrated: [{ step: 'Migrated' }, 'True', 'Migrated'],
    Failed: [{ step: 'Halted', failed: true, reason: 'WorkloadFailed', message: 'x', remedy: 'y' }, 'False', 'Failed'],
    PartiallyMigrated: [{ step: 'PartiallyMigrated', workloads: [listed] }, 'False', 'PartiallyMigrated'],
    Blocked: [{ step: 'Preflight', blocked: true, reason: 'Held', message: 'x', remedy: 'y' }, 'False', 'Blocked'],
  };

  for (const [what, [status, isReady, reason]] of Object.entries(ends)) {
    it(`is ${what} with one namespace so and the others Migrated`, () => {
      const records = [record('a', { attempt: 1, ...status }), ...names.slice(1).map((n) => record(n, migrated))];
      const decision = decideAll(
        observe({ migration: started({ ...oneWave, rollback: { maximumFailedNamespaces: 9 } }), records }),
      );

      expect(ready(decision)).to.deep.include({ status: isReady, reason });
    });
  }
});
