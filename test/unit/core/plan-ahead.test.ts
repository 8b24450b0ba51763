// What comes next stands in the status before its turn, so that a free place is taken without storing a status first.

import { expect } from 'chai';
import { keys } from '../../../src/api/v1alpha1/group.ts';
import type { NamespaceMigrationStatus } from '../../../src/api/v1alpha1/namespace-migration.ts';
import { isPlannedAhead } from '../../../src/core/namespace/plan-ahead.ts';
import type { NamespaceObservation } from '../../../src/core/observation.ts';
import { aKeyedWorkload, aMigration, aMovedPod, aNamespace, aPod, aWorkload, pods, uidOf } from '../../model/builders.ts';
import { decideFrom, inShort } from './deciding.ts';

const prefix = (name: string): string => uidOf(name).slice(0, 8);
const world = {
  namespace: aNamespace({ labels: { [keys.moving]: 'true' } }),
  migration: aMigration({ pace: { maxConcurrentWorkloads: 1 } }),
};
const three = ['web', 'x', 'y'].map((name) => aWorkload({ name }));
const verified = [aKeyedWorkload(), ...three.slice(1)];
const movedWeb = pods(2, aMovedPod);

/** The status after the first write: web moves, x and y come next. */
const begun = (): NamespaceMigrationStatus => decideFrom({ step: 'Cutover' }, { ...world, workloads: three }).status;

const next = (observation: Partial<NamespaceObservation>, stored = begun()): ReturnType<typeof decideFrom> =>
  decideFrom(stored, { ...world, pods: movedWeb, ...observation });

describe('a workload whose turn comes next', () => {
  it('is named in the ledger with its try and its generation, and has no row', () => {
    const { keyed = [], workloads = [] } = begun();

    expect(workloads.map(({ name }) => name)).to.deep.equal(['web']);
    expect(keyed).to.include.members([`${prefix('x')}:Next:1:template-1:1`, `${prefix('y')}:Next:1:template-1:1`]);
  });

  it('is written without a status before it', () => {
    const decision = next({ workloads: verified });

    expect(inShort(decision)).to.deep.equal(['cutOver Deployment/x']);
    expect(isPlannedAhead(begun(), decision)).to.equal(true);
  });

  it('needs a new status first where it was deployed since, or where nothing was planned', () => {
    const deployed = next({ workloads: [aKeyedWorkload(), aWorkload({ name: 'x', generation: 2 })] });
    const appeared = next({ workloads: [aKeyedWorkload(), aWorkload({ name: 'new' })] });

    expect(inShort(deployed)).to.deep.equal(['cutOver Deployment/x']);
    expect(isPlannedAhead(begun(), deployed)).to.equal(false);
    expect(inShort(appeared)).to.deep.equal(['cutOver Deployment/new']);
    expect(isPlannedAhead(begun(), appeared)).to.equal(false);
  });

  it('needs a new status first where more than its keys is written, or the step is another', () => {
    const alone = next({ workloads: verified, namespace: aNamespace() });
    const after = decideFrom({ ...begun(), step: 'Preflight' }, { ...world, workloads: verified, pods: movedWeb });

    expect(inShort(alone)).to.deep.equal(['changeNamespace Moving', 'cutOver Deployment/x']);
    expect(isPlannedAhead(begun(), alone)).to.equal(false);
    expect(isPlannedAhead({ ...begun(), step: 'Preflight' }, after)).to.equal(false);
  });

  it('is on its way once it carries its keys, also for a process that did not write them', () => {
    const written = [aKeyedWorkload(), aKeyedWorkload({ name: 'x', rollout: { complete: false } }), aWorkload({ name: 'y' })];
    const { status, outcome } = next({ workloads: written });

    expect(outcome.kind).to.equal('wait');
    expect(status.workloads?.map(({ name, state, attempt }) => [name, state, attempt])).to.deep.equal([['x', 'Moving', 1]]);
    expect(status.keyed).to.include(prefix('x'));
  });

  it('is drift when this process wrote its keys and they are gone, and waits for its turn when nobody wrote them', () => {
    const scaled = [aKeyedWorkload(), aWorkload({ name: 'x', generation: 3 }), aWorkload({ name: 'y' })];
    const undone = next({ workloads: scaled, writtenSince: new Set([uidOf('x')]) });
    const waiting = next({ workloads: scaled });

    expect(undone.status.workloads?.map(({ name, state }) => [name, state])).to.deep.include(['x', 'Drifted']);
    expect(inShort(waiting)).to.deep.equal(['cutOver Deployment/x']);
  });

  it('is listed when its write is refused for good', () => {
    const refusals = new Map([['Deployment/x', { reason: 'PermissionDenied', message: 'no' }]]);
    const { status } = next({ workloads: verified, refusals });

    expect(status.workloads?.map(({ name, reason }) => [name, reason])).to.deep.include(['x', 'PermissionDenied']);
  });

  it('keeps the number of the try that it was planned for', () => {
    const { keyed = [], ...rest } = begun();
    const again = keyed.map((entry) => entry.replace(':Next:1:', ':Next:2:'));
    const decision = next({ workloads: verified }, { ...rest, keyed: again });

    expect(decision.status.workloads?.[0]).to.deep.include({ name: 'x', attempt: 2 });
    expect(isPlannedAhead({ ...rest, keyed: again }, decision)).to.equal(true);
  });

  it('fails as any other where it is broken before a status tells of it', () => {
    const broken = aMovedPod({ name: 'x-1', workload: 'Deployment/x', restarts: 3 });
    const written = [aKeyedWorkload(), aKeyedWorkload({ name: 'x' }), aWorkload({ name: 'y' })];
    const { status } = next({ workloads: written, pods: [...movedWeb, broken, ...pods(1, aPod, 'Deployment/y')] });

    expect(status.failed).to.equal(true);
    expect(status.workloads?.map(({ name, reason }) => [name, reason])).to.deep.include(['x', 'Restarted']);
  });
});
