// How closely must be looked before a decision counts, down to single workloads.
import { expect } from 'chai';
import { covers, neededFor } from '../../../src/controller/looked-closely.ts';
import type { Closeness } from '../../../src/controller/observe-namespace.ts';
import type { NamespaceObservation } from '../../../src/core/observation.ts';
import { aKeyedWorkload, aMigration, aMovedPod, anObservation, aRecord, aRow, aWorkload } from '../../model/builders.ts';
import { decide } from '../core/deciding.ts';

const names = ({ pods }: Closeness): unknown => (pods === 'all' ? 'all' : [...pods]);

function needed(observation: Partial<NamespaceObservation>): Closeness {
  return neededFor(anObservation(observation), decide(observation));
}

const web = aKeyedWorkload({ name: 'web' });
const api = aKeyedWorkload({ name: 'api', rollout: { complete: false } });
const next = aWorkload({ name: 'next' });
const moving = aRecord({
  step: 'Cutover',
  attempt: 1,
  workloads: [aRow({ name: 'web' }), aRow({ name: 'api' })],
  keyed: [web, api].map(({ uid }) => uid.slice(0, 8)).sort(),
});

const noWorkloads = { total: 3, pending: 1, moving: 1, verified: 0, armed: 0, failed: 0, restored: 0, drifted: 0, listed: 0 };

describe('how closely must be looked', () => {
  it('is not at all while everything rolls', () => {
    expect(needed({ record: moving, workloads: [{ ...web, rollout: api.rollout }, api] })).to.deep.equal({
      pods: new Set(),
      workloads: false,
    });
  });

  it('is not at all for a workload that is verified, which only begins the next', () => {
    const pods = [aMovedPod({ name: 'web-1' }), aMovedPod({ name: 'web-2' })];
    const found = needed({ record: moving, workloads: [web, api, next], pods });
    expect([names(found), found.workloads]).to.deep.equal([[], false]);
  });

  it('is at the pods of the workload that is about to count as failed, and of no other', () => {
    const pods = [aMovedPod({ name: 'web-1', source: { state: 'present', reason: 'a variable is left' } })];
    const migration = aMigration({ rollback: { onFailure: 'Workload' }, health: { minimumRequests: 0 } });
    const found = needed({ migration, record: moving, workloads: [web, api, next], pods });
    expect([names(found), found.workloads]).to.deep.equal([['Deployment/web'], false]);
  });

  it('is at the pods of a workload whose keys are about to go, though it has counted as failed before', () => {
    const failed = {
      ...aRow({ name: 'web' }),
      state: 'Failed' as const,
      reason: 'Restarted',
      message: 'it restarted',
      remedy: 'Look.',
    };
    const status = { ...moving.status, workloads: [failed, aRow({ name: 'api' })], counts: { ...noWorkloads, failed: 1 } };
    const migration = aMigration({ rollback: { onFailure: 'Workload' }, health: { minimumRequests: 0 } });
    const found = needed({ migration, record: aRecord(status), workloads: [web, api, next] });
    expect([names(found), found.workloads]).to.deep.equal([['Deployment/web'], false]);
  });

  it('is at everything before the namespace is committed', () => {
    const record = aRecord({ ...moving.status, workloads: [aRow({ name: 'web' })] });
    const pods = [aMovedPod({ name: 'web-1' }), aMovedPod({ name: 'web-2' })];
    const found = needed({ record, workloads: [web], pods });
    expect([names(found), found.workloads]).to.deep.equal(['all', true]);
  });

  it('is enough with what is needed or more', () => {
    const one: Closeness = { pods: new Set(['Deployment/web']), workloads: false };
    const two: Closeness = { pods: new Set(['Deployment/web', 'Deployment/api']), workloads: false };
    const all: Closeness = { pods: 'all', workloads: true };
    expect([covers(two, one), covers(all, two), covers(one, one)]).to.deep.equal([true, true, true]);
    expect([covers(one, two), covers(two, all), covers({ ...all, workloads: false }, all)]).to.deep.equal([false, false, false]);
  });
});
