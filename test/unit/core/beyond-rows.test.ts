// More workloads that failed, went back or were refused than a status has rows for: none of them is forgotten.

import { expect } from 'chai';
import { leftNothing } from '../../../src/core/migration/membership.ts';
import { adoptedStatus } from '../../../src/core/migration/back.ts';
import { withinLimits } from '../../../src/core/within-limits.ts';
import type { NamespaceMigrationStatus, WorkloadRow } from '../../../src/api/v1alpha1/namespace-migration.ts';
import type { Workload } from '../../../src/core/observation.ts';
import { violations } from '../../golden/crd-limits.ts';
import { aKeyedWorkload, aMigration, aNamespace, aRecord, aRow, aWorkload } from '../../model/builders.ts';
import { decideFrom, inShort } from './deciding.ts';

const migration = aMigration({ rollback: { onFailure: 'Workload' }, pace: { maxConcurrentWorkloads: 400 } });
const places = Array.from({ length: 400 }, (_, i) => ({
  name: `web-${String(i).padStart(3, '0')}`,
  uid: `${String(i).padStart(8, '0')}-uid`,
}));
const failure = { reason: 'Restarted', message: 'it restarted', remedy: 'Look.' };
const rows = (state: WorkloadRow['state'], why: Partial<WorkloadRow> = failure): WorkloadRow[] =>
  places.map((place) => aRow({ ...place, state, ...why }));
const all = (make: typeof aWorkload): Workload[] => places.map((place) => make(place));

/** What is stored of a pass, and the pass that follows it. */
function twice(status: NamespaceMigrationStatus, first: readonly Workload[], then: readonly Workload[] = first) {
  const stored = withinLimits(decideFrom(status, { migration, workloads: first, pods: [] }).status, 'NamespaceMigration');
  expect(violations('NamespaceMigration', stored)).to.deep.equal([]);
  return { stored, next: decideFrom(stored, { migration, workloads: then, pods: [] }) };
}

describe('a namespace of 400 workloads that went back after a failure', () => {
  it('keeps 300 rows, and moves none of the others again', () => {
    const { stored, next } = twice({ step: 'Cutover', workloads: rows('Restored') }, all(aWorkload));

    expect(stored.workloads).to.have.length(300);
    expect(inShort(next)).to.deep.equal([]);
    expect(next.status.counts).to.deep.include({ total: 400, restored: 400, pending: 0 });
    expect(next.status.step).to.equal('Soak');
  });

  it('moves one without a row again once its template is another, with a key of its own', () => {
    const workloads = all(aWorkload);
    const changed = workloads.map((w) => (w.name === 'web-399' ? { ...w, template: 'template-2' } : w));
    const { next } = twice({ step: 'Cutover', workloads: rows('Restored') }, workloads, changed);
    const [action] = next.outcome.kind === 'act' ? next.outcome.actions.filter((a) => a.kind === 'cutOver') : [];

    expect(action?.workload.name).to.equal('web-399');
    expect(Object.values(action?.keys ?? {})).to.include('a1b2c3d4-2');
  });

  it('tries anew as a whole when one without a row is changed after the namespace went back', () => {
    const status = { step: 'RolledBack', restoreCause: 'Failure', failed: true, workloads: rows('Restored') } as const;
    const changed = all(aWorkload).map((w) => (w.name === 'web-399' ? { ...w, template: 'template-2' } : w));
    const { stored, next } = twice({ ...status, workloads: [...status.workloads] }, all(aWorkload), changed);

    expect(stored.step).to.equal('RolledBack');
    expect(next.status).to.deep.include({ step: 'Pending', attempt: 2 });
  });

  it('has left nothing in the way of another migration', () => {
    const status = { step: 'RolledBack', restoreCause: 'Failure', failed: true, workloads: rows('Restored') } as const;
    const { stored } = twice({ ...status, workloads: [...status.workloads] }, all(aWorkload));

    expect(stored.keyed).to.have.length(100);
    expect(leftNothing(aRecord(stored), aNamespace())).to.equal(true);
    expect(adoptedStatus(aRecord(stored)).keyed).to.deep.equal([]);
  });

  it('hands what was made for callers over to the migration that takes its record', () => {
    const names = [{ kind: 'Service', namespace: 'shop', name: 'ledger', uid: 'one' }];
    const record = aRecord({ step: 'Migrated', names });

    expect(adoptedStatus(record).names).to.deep.equal(names);
    expect(leftNothing(record, aNamespace())).to.equal(false);
  });
});

describe('a namespace of 400 workloads that failed', () => {
  it('takes the keys of every one away, and none for drifted', () => {
    const { stored, next } = twice(
      { step: 'Cutover', failed: true, workloads: rows('Failed') },
      all(aKeyedWorkload),
      all(aWorkload),
    );

    expect(stored.counts).to.deep.include({ failed: 400 });
    expect(next.status.counts).to.deep.include({ restored: 400, drifted: 0, pending: 0 });
  });
});

describe('a namespace of 400 workloads whose cutover was refused', () => {
  it('asks for none of them again', () => {
    const refused = { reason: 'WriteRefused', message: 'denied', remedy: 'Look.' };
    const { next } = twice({ step: 'Cutover', workloads: rows('Listed', refused) }, all(aWorkload));

    expect(inShort(next)).to.deep.equal([]);
    expect(next.status.counts).to.deep.include({ listed: 400 });
  });
});
