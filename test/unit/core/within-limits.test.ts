// Statuses fit what the API server takes of them, whatever people wrote into the objects that they speak of.

import { expect } from 'chai';
import fc from 'fast-check';
import { statusLimits } from '../../../src/api/v1alpha1/status-limits.ts';
import { keys } from '../../../src/api/v1alpha1/group.ts';
import { fail } from '../../../src/core/verdict.ts';
import { withinLimits } from '../../../src/core/within-limits.ts';
import { aCluster, aMigration, aMigrationObservation, aNamespace, aRecord, aWorkload } from '../../model/builders.ts';
import { violations } from '../../golden/crd-limits.ts';
import { decide, decideAll, decideFrom } from './deciding.ts';

const piece = fc.constantFrom('x', 'ü', '界', '🚧', '👩‍🔧', ' ', '"');
const long = fc.tuple(piece, fc.integer({ min: 0, max: 6000 })).map(([of, times]) => of.repeat(times));
const said = long.filter((text) => text !== '');

describe('a status of oversized texts', () => {
  it('fits the CRD, and is the same when it is cut again', () => {
    fc.assert(
      fc.property(long, long, long, said, (hold, accept, inject, message) => {
        const held = aWorkload({ annotations: { [keys.hold]: hold } });
        const accepted = aWorkload({ name: 'db', owner: message, annotations: { [keys.accept]: accept } });
        const namespace = aNamespace({ annotations: { [keys.hold]: hold, 'linkerd.io/inject': inject } });
        const refusals = new Map([['Deployment/api', { reason: 'WriteRefused', message }]]);
        const api = aWorkload({ name: 'api' });
        const of = { workloads: [held, accepted, api], refusals, cluster: aCluster({ target: fail('X', message) }) };
        for (const step of ['Preflight', 'Prepare', 'Cutover', 'Soak'] as const) {
          for (const observation of [of, { ...of, namespace }]) {
            const { status } = decideFrom({ step }, observation);
            const stored = withinLimits(status, 'NamespaceMigration');

            expect(violations('NamespaceMigration', stored)).to.deep.equal([]);
            expect(withinLimits(stored, 'NamespaceMigration')).to.deep.equal(stored);
          }
        }
      }),
      { numRuns: 60 },
    );
  });

  it('of a migration fits the CRD, too', () => {
    fc.assert(
      fc.property(long, long, (message, remedy) => {
        const halted = {
          step: 'Halted',
          attempt: 1,
          failed: true,
          reason: 'WorkloadFailed',
          message: `it failed ${message}`,
          remedy: `Look. ${remedy}`,
        } as const;
        const o = aMigrationObservation({
          records: [aRecord(halted)],
          sourceInUse: { status: 'Unknown', reason: 'SourceUseUnknown', message: `it can’t be told ${message}` },
          migration: aMigration({}, { annotations: { [keys.retryAt]: message } }),
        });

        expect(violations('MeshMigration', withinLimits(decideAll(o).status, 'MeshMigration'))).to.deep.equal([]);
      }),
      { numRuns: 60 },
    );
  });

  it('comes to rest although what is stored is shorter than what is wanted', () => {
    const workloads = [aWorkload({ annotations: { [keys.hold]: 'h'.repeat(2000) } })];
    const namespace = aNamespace({ annotations: { [keys.hold]: 'n'.repeat(5000) } });
    const first = withinLimits(decideFrom({ step: 'Preflight' }, { workloads, namespace }).status, 'NamespaceMigration');
    const again = decide({ record: aRecord(first), workloads, namespace });

    expect(withinLimits(again.status, 'NamespaceMigration')).to.deep.equal(first);
    expect(first.message)
      .to.have.length(4096)
      .and.match(/^held by a person: n+…$/);
    expect(first.workloads?.[0]?.message).to.have.length(1024);
  });

  it('is never too big for one object, however wide its characters are', () => {
    const row = { kind: 'Deployment', uid: 'u', state: 'Listed' as const, message: '🚧'.repeat(1024), remedy: '🚧'.repeat(1024) };
    const workloads = Array.from({ length: 400 }, (_, i) => ({ ...row, name: `web-${i}` }));
    const stored = withinLimits({ message: 'm'.repeat(5000), workloads }, 'NamespaceMigration');

    expect(stored.workloads).to.have.length(statusLimits.NamespaceMigration.workloads);
    expect(Buffer.byteLength(JSON.stringify(stored))).to.be.below(1_000_000);
  });
});

describe('a namespace with more workloads than its record can keep', () => {
  it('is blocked before anything is written, with a remedy', () => {
    const workloads = Array.from({ length: 5001 }, (_, i) =>
      aWorkload({ name: `web-${i}`, uid: `${String(i).padStart(8, '0')}-uid` }),
    );
    const { status } = decideFrom({ step: 'Preflight' }, { workloads, pods: [] });

    expect(status).to.deep.include({ step: 'Preflight', blocked: true, reason: 'TooManyWorkloads' });
    expect(status.message).to.equal('5001 workloads would move, and its record has room for 5000');
    expect(status.remedy).to.include('Move workloads to other namespaces');
  });
});

describe('a status that the API server refused', () => {
  it('leaves the migration Stalled, and its namespace among the failures', () => {
    const said = 'status.message: Too long';
    const record = aRecord({ step: 'Cutover', attempt: 1, refusedStatus: said });
    const { status } = decideAll(aMigrationObservation({ records: [record] }));
    const stalled = status.conditions?.find(({ type }) => type === 'Stalled');

    expect(stalled).to.include({ status: 'True', reason: 'StatusRefused' });
    expect(status.failures?.[0]).to.include({ namespace: 'shop', reason: 'StatusRefused', message: said });
  });

  it('is no news any more once another one is stored', () => {
    expect(decideFrom({ step: 'Cutover', refusedStatus: 'too long' }).status).not.to.have.property('refusedStatus');
  });
});
