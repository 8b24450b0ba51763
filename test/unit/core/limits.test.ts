// What a status keeps of many: rows and failures are limited, counts are exact. And whose setting holds.

import { expect } from 'chai';
import { keys } from '../../../src/api/v1alpha1/group.ts';
import { resolveSettings } from '../../../src/core/settings.ts';
import { aMigration, aMigrationObservation, aNamespace, aRecord, aRow, aWorkload, at } from '../../model/builders.ts';
import { decideAll, decideFrom } from './deciding.ts';

describe('a namespace with more exceptions than a status has room for', () => {
  it('keeps 300 rows, and counts all', () => {
    const workloads = Array.from({ length: 400 }, (_, i) =>
      aWorkload({ name: `web-${i}`, uid: `${String(i).padStart(8, '0')}-uid`, annotations: { [keys.hold]: 'audit' } }),
    );
    const { status } = decideFrom({ step: 'Preflight' }, { workloads, pods: [] });

    expect(status.workloads).to.have.length(300);
    expect(status.counts).to.deep.include({ total: 400, listed: 400 });
  });

  it('keeps what failed before what is only listed', () => {
    const held = Array.from({ length: 400 }, (_, i) =>
      aWorkload({ name: `a-${i}`, uid: `${String(i).padStart(8, '0')}-uid`, annotations: { [keys.hold]: 'audit' } }),
    );
    const failed = aRow({ name: 'web', state: 'Failed', reason: 'Restarted', message: 'it restarted', remedy: 'Look.' });
    const migration = aMigration({ rollback: { onFailure: 'None' } });
    const { status } = decideFrom(
      { step: 'Soak', workloads: [failed] },
      { migration, workloads: [...held, aWorkload()], pods: [] },
    );

    expect(status.workloads?.[0]).to.deep.include({ name: 'web', reason: 'Restarted' });
  });
});

describe('a migration with more failures than a status has room for', () => {
  it('keeps 20, failed workloads before stuck namespaces before exceptions', () => {
    const names = Array.from({ length: 30 }, (_, i) => `team-${String(i).padStart(2, '0')}`);
    const row = (name: string) => aRow({ name, state: 'Failed', reason: 'Restarted', message: 'it restarted', remedy: 'Look.' });
    const halted = { step: 'Halted', failed: true, reason: 'WorkloadFailed', message: 'it failed', remedy: 'Repair.' } as const;
    const waves = [{ name: 'first', namespaces: names }];
    const counts = {
      total: 30,
      pending: 0,
      inFlight: 0,
      migrated: 0,
      partiallyMigrated: 0,
      rolledBack: 0,
      failed: 30,
      blocked: 0,
    };
    const { status } = decideAll(
      aMigrationObservation({
        migration: { ...aMigration({ waves }), status: { waves: [{ name: 'first', startTime: at(0), namespaces: counts }] } },
        namespaces: names.map((name) => aNamespace({ name })),
        records: names.map((name, i) => aRecord({ ...halted, attempt: 1, ...(i >= 25 && { workloads: [row(name)] }) }, { name })),
      }),
    );

    expect(status.failures).to.have.length(20);
    expect(status.failures?.slice(0, 6).map(({ workload = '' }) => workload)).to.deep.equal([
      ...names.slice(25).map((name) => `Deployment/${name}`),
      '',
    ]);
    expect(status.namespaces).to.deep.include({ total: 30, failed: 30 });
  });
});

describe('a setting', () => {
  it('of a wave wins over the migration’s, for this wave alone', () => {
    const { spec } = aMigration({ health: { soakSeconds: 600 }, pace: { maxConcurrentNamespaces: 2 } });
    const own = resolveSettings(spec, { name: 'canary', soakSeconds: 0, maxConcurrentNamespaces: 5 });
    const other = resolveSettings(spec, { name: 'rest' });

    expect(own).to.deep.include({ soakSeconds: 0, maxConcurrentNamespaces: 5 });
    expect(other).to.deep.include({ soakSeconds: 600, maxConcurrentNamespaces: 2 });
  });

  it('that nobody gave has the default that its description names', () => {
    const { spec } = aMigration({ health: {} });

    expect(resolveSettings(spec)).to.deep.equal({
      ...{ maxConcurrentNamespaces: 1, maxConcurrentWorkloads: 3, progressDeadlineSeconds: 600, minReadySeconds: 0 },
      ...{ soakSeconds: 60, minimumSuccessPercent: 99, maximumDropPercent: 1, minimumRequests: 20 },
      ...{ onInconclusive: 'Wait', inconclusiveDeadlineSeconds: 900, onFailure: 'Namespace', maximumFailedNamespaces: 0 },
      ...{ onManagedField: 'Block', onBlockedName: 'Block', paused: false, rolledBack: false },
    });
  });
});
