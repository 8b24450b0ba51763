// What programs read of a migration that stands somewhere: the conditions, and what kstatus makes of them.
// https://github.com/kubernetes-sigs/cli-utils/blob/master/pkg/kstatus/README.md

import { expect } from 'chai';
import type { MeshMigrationSpec, MeshMigrationStatus } from '../../../src/api/v1alpha1/mesh-migration.ts';
import type { NamespaceMigrationStatus } from '../../../src/api/v1alpha1/namespace-migration.ts';
import { aMigration, aMigrationObservation, aNamespace, aRecord, aRow, at } from '../../model/builders.ts';
import { decideAll } from './deciding.ts';

type Conditions = Readonly<Record<'Ready' | 'Reconciling' | 'Stalled' | 'Succeeded', string>>;

interface Stand {
  readonly spec?: Partial<MeshMigrationSpec>;
  /** By namespace; absent where it has no record. */
  readonly records: Readonly<Record<string, NamespaceMigrationStatus>>;
  readonly is: readonly [ready: string, reconciling: string, stalled: string, succeeded: string];
  readonly reason: string;
  readonly kstatus: 'InProgress' | 'Current' | 'Failed';
}

const moved: NamespaceMigrationStatus = { step: 'Migrated', attempt: 1 };
const why = { reason: 'WorkloadFailed', message: 'it failed', remedy: 'Repair it.' };
const halted: NamespaceMigrationStatus = { step: 'Halted', attempt: 1, failed: true, ...why };
const listed = aRow({ state: 'Listed', reason: 'Held', message: 'held', remedy: 'Free it.' });
const approval = {
  waves: [
    { name: 'first', namespaces: ['a'] },
    { name: 'second', namespaces: ['b'], requireApproval: true },
  ],
};

const stands: Readonly<Record<string, Stand>> = {
  'has just begun': { records: {}, is: ['False', 'True', '-', 'Unknown'], reason: 'InProgress', kstatus: 'InProgress' },
  moves: {
    records: { a: { step: 'Cutover', attempt: 1 } },
    is: ['False', 'True', '-', 'Unknown'],
    reason: 'InProgress',
    kstatus: 'InProgress',
  },
  'is paused': {
    spec: { paused: true },
    records: { a: moved },
    is: ['False', '-', '-', 'Unknown'],
    reason: 'Paused',
    kstatus: 'InProgress',
  },
  'waits for approval': {
    spec: approval,
    records: { a: moved },
    is: ['False', '-', '-', 'Unknown'],
    reason: 'AwaitingApproval',
    kstatus: 'InProgress',
  },
  'is migrated': { records: { a: moved, b: moved }, is: ['True', '-', '-', 'True'], reason: 'Migrated', kstatus: 'Current' },
  'has exceptions left': {
    records: { a: moved, b: { step: 'PartiallyMigrated', attempt: 1, workloads: [listed] } },
    is: ['False', '-', 'True', 'False'],
    reason: 'PartiallyMigrated',
    kstatus: 'Failed',
  },
  'has failed': {
    records: { a: moved, b: halted },
    is: ['False', '-', 'True', 'False'],
    reason: 'FailureBudgetSpent',
    kstatus: 'Failed',
  },
  'went back after a failure': {
    spec: { rollback: { maximumFailedNamespaces: 1 } },
    records: { a: moved, b: { step: 'RolledBack', restoreCause: 'Failure', attempt: 1, failed: true, ...why } },
    is: ['False', '-', 'True', 'False'],
    reason: 'Failed',
    kstatus: 'Failed',
  },
  'lets what is in flight end after its budget is spent': {
    records: { a: halted, b: { step: 'Soak', attempt: 1 } },
    is: ['False', 'True', '-', 'Unknown'],
    reason: 'InProgress',
    kstatus: 'InProgress',
  },
  'is blocked at the end': {
    records: {
      a: moved,
      b: { step: 'Preflight', attempt: 1, blocked: true, reason: 'Held', message: 'held', remedy: 'Free it.' },
    },
    is: ['False', '-', 'True', 'Unknown'],
    reason: 'Blocked',
    kstatus: 'Failed',
  },
  'is rolled back by request': {
    spec: { desiredState: 'RolledBack' },
    records: {
      a: { step: 'RolledBack', restoreCause: 'Request', attempt: 1 },
      b: { step: 'RolledBack', restoreCause: 'Request', attempt: 1 },
    },
    is: ['True', '-', '-', 'True'],
    reason: 'RolledBack',
    kstatus: 'Current',
  },
  'can not be carried out': {
    spec: { waves: [{ name: 'first', namespaces: ['a', 'kube-system'] }] },
    records: {},
    is: ['False', '-', 'True', 'Unknown'],
    reason: 'ExcludedNamespace',
    kstatus: 'Failed',
  },
};

function statusOf({ spec, records }: Stand): MeshMigrationStatus {
  const waves = [{ name: 'first', namespaces: ['a', 'b'] }];
  const begun = Object.keys(records).length > 0;
  const counts = { total: 2, pending: 0, inFlight: 0, migrated: 0, partiallyMigrated: 0, rolledBack: 0, failed: 0, blocked: 0 };
  const before = begun ? { waves: [{ name: 'first', startTime: at(0), namespaces: counts }] } : undefined;
  const migration = { ...aMigration({ waves, ...spec }), ...(before !== undefined && { status: before }) };
  const o = aMigrationObservation({
    migration,
    namespaces: ['a', 'b'].map((name) => aNamespace({ name })),
    records: Object.entries(records).map(([name, status]) => aRecord(status, { name })),
  });
  return decideAll(o).status;
}

function conditionsOf(status: MeshMigrationStatus): Conditions {
  const of = (type: string): string => status.conditions?.find((c) => c.type === type)?.status ?? '-';
  return { Ready: of('Ready'), Reconciling: of('Reconciling'), Stalled: of('Stalled'), Succeeded: of('Succeeded') };
}

// The order in which kstatus looks; it knows nothing of Succeeded.
function kstatusOf(status: MeshMigrationStatus, generation: number): string {
  if (status.observedGeneration !== generation) return 'InProgress';
  const { Ready, Reconciling, Stalled } = conditionsOf(status);
  if (Reconciling === 'True') return 'InProgress';
  if (Stalled === 'True') return 'Failed';
  return Ready === 'True' || Ready === '-' ? 'Current' : 'InProgress';
}

describe('the conditions of a migration that', () => {
  for (const [what, stand] of Object.entries(stands)) {
    it(`${what}: Ready ${stand.is[0]}, ${stand.kstatus} for kstatus`, () => {
      const status = statusOf(stand);
      const [Ready, Reconciling, Stalled, Succeeded] = stand.is;

      expect(conditionsOf(status)).to.deep.equal({ Ready, Reconciling, Stalled, Succeeded });
      expect(status.conditions?.find(({ type }) => type === 'Ready')?.reason).to.equal(stand.reason);
      expect(kstatusOf(status, 1)).to.equal(stand.kstatus);
    });
  }

  it('was edited since is in progress, whatever it said before', () => {
    expect(kstatusOf(statusOf(stands['is migrated']!), 2)).to.equal('InProgress');
  });
});

describe('the message of a migration that waits for a person', () => {
  const blocked = { step: 'Preflight', attempt: 1, blocked: true, reason: 'Held' } as const;
  const told = (status: NamespaceMigrationStatus): MeshMigrationStatus =>
    decideAll(
      aMigrationObservation({
        migration: aMigration({ waves: [{ name: 'first', namespaces: ['a'] }] }),
        records: [aRecord(status, { name: 'a' })],
        namespaces: [aNamespace({ name: 'a' })],
      }),
    ).status;
  const stalled = ({ conditions = [] }: MeshMigrationStatus): string =>
    conditions.find((c) => c.type === 'Stalled')?.message ?? '';

  it('has the first failure with its namespace, reason and remedy', () => {
    const status = told({ ...blocked, message: 'held by Kim', remedy: 'Free it.' });

    expect(stalled(status)).to.equal(
      'Some namespaces wait for a person. First of failures: a: Held: held by Kim. Remedy: Free it.',
    );
    expect(status.summary).to.include('1 blocked').and.include('a: Held: held by Kim');
  });

  it('is bounded, however much the failure says', () => {
    const status = told({ ...blocked, message: 'm'.repeat(5000), remedy: 'r'.repeat(5000) });

    expect(stalled(status).length).to.be.below(800);
    expect(status.summary?.length).to.be.at.most(1024);
  });
});
