// Keys that vanish, writes that are refused, and a namespace whose world is gone.

import { expect } from 'chai';
import { keys } from '../../../src/api/v1alpha1/group.ts';
import {
  aCommittedNamespace,
  aKeyedWorkload,
  aMovedPod,
  aNamespace,
  aRow,
  aWorkload,
  pods,
  uidOf,
} from '../../model/builders.ts';
import type { NameRelease } from '../../../src/core/names.ts';
import type { NamespaceObservation } from '../../../src/core/observation.ts';
import { pass } from '../../../src/core/verdict.ts';
import { decide, decideFrom, inShort } from './deciding.ts';

const moving = aNamespace({ labels: { [keys.moving]: 'true' } });
const proven = `${uidOf('web').slice(0, 8)}-template-1`;

describe('keys that vanish without us', () => {
  const bare = uidOf('web').slice(0, 8);

  it('are drift: reported, that workload halts, nothing is written', () => {
    const decision = decideFrom(
      { step: 'Cutover', keyed: [bare] },
      { namespace: moving, workloads: [aWorkload({ generation: 3 })] },
    );

    expect(inShort(decision)).to.deep.equal([]);
    expect(decision.status.workloads?.[0]).to.deep.include({ state: 'Drifted', reason: 'Drifted' });
  });

  it('are told from a write that was planned and never made', () => {
    const planned = aRow({ generation: 1 });
    const never = decideFrom({ step: 'Cutover', keyed: [bare], workloads: [planned] }, { namespace: moving });
    const scaled = decideFrom(
      { step: 'Cutover', keyed: [bare], workloads: [planned] },
      { namespace: moving, workloads: [aWorkload({ generation: 2 })] },
    );
    const undone = decideFrom(
      { step: 'Cutover', keyed: [bare], workloads: [planned] },
      { namespace: moving, workloads: [aWorkload({ generation: 3 })] },
    );

    expect(inShort(never)).to.deep.equal(['cutOver Deployment/web']);
    expect(inShort(scaled)).to.deep.equal(['cutOver Deployment/web']);
    expect(undone.status.workloads?.[0]?.state).to.equal('Drifted');
  });

  it('and come back by the same hand are an exception no more: the namespace commits, and nothing is written again', () => {
    const drifted = aRow({ state: 'Drifted', reason: 'Drifted', message: 'our keys vanished' });
    const back = { workloads: [aKeyedWorkload({ generation: 4 })], pods: pods(2, aMovedPod) };
    const again = decideFrom({ step: 'PartiallyMigrated', workloads: [drifted], keyed: [bare] }, back);
    const commit = decideFrom({ ...again.status, step: 'Preflight' }, back);

    expect(again.status.step).to.equal('Pending');
    expect(inShort(commit)).to.deep.equal(['changeNamespace Commit']);
    expect(commit.status.counts).to.deep.include({ verified: 1, drifted: 0 });
  });

  it('are no drift after the commit when the pods verify: the namespace carries them', () => {
    const carried = pods(2, (p) => aMovedPod({ ...p, keys: {} }));
    const decision = decideFrom(
      { step: 'Soak', committed: true, keyed: [proven] },
      { workloads: [aWorkload({ generation: 3 })], pods: carried, namespace: aCommittedNamespace() },
    );

    expect(decision.status).to.deep.include({ step: 'Soak' });
    expect(decision.status.counts).to.deep.include({ verified: 1, drifted: 0 });
  });

  it('are none of a workload that was recreated: it is new', () => {
    const decision = decideFrom(
      { step: 'Cutover', keyed: [bare] },
      { namespace: moving, workloads: [aWorkload({ uid: 'ffffffff-2' })] },
    );

    expect(inShort(decision)).to.deep.equal(['cutOver Deployment/web']);
  });
});

describe('a write that the API server refuses for good', () => {
  const refusal = { reason: 'WriteRefused', message: 'policy "no-annotations" denied it' };

  it('leaves the workload listed with what was said, until its template changes', () => {
    const planned = { step: 'Cutover' as const, keyed: [uidOf('web').slice(0, 8)], workloads: [aRow({ generation: 1 })] };
    const refused = decideFrom(planned, {
      namespace: moving,
      refusals: new Map([['Deployment/web', refusal]]),
    });
    const later = decideFrom({ ...refused.status, step: 'Cutover' }, { namespace: moving });
    const changed = decideFrom(
      { ...refused.status, step: 'Cutover' },
      { namespace: moving, workloads: [aWorkload({ template: 'template-2' })] },
    );

    expect(refused.status.workloads?.[0]).to.deep.include({ state: 'Listed', ...refusal });
    expect(later.status.workloads?.[0]).to.deep.include({ state: 'Listed', ...refusal });
    expect(inShort(changed)).to.deep.equal(['cutOver Deployment/web']);
  });

  it('halts the namespace when the namespace itself can not be written', () => {
    const { status } = decideFrom(
      { step: 'Commit', committed: true },
      { workloads: [aKeyedWorkload()], pods: pods(2, aMovedPod), namespace: moving, refusals: new Map([['shop', refusal]]) },
    );

    expect(status).to.deep.include({ step: 'Halted', reason: 'WriteRefused' });
  });
});

describe('what becomes of a namespace whose world is gone', () => {
  it('stops where it is when the namespace is deleted or another one', () => {
    const gone = decide({ namespace: aNamespace({ deleting: true }) });
    const other = decide({ namespace: aNamespace({ uid: 'another' }) });

    expect(gone.status.reason).to.equal('NamespaceGone');
    expect(other.outcome.kind).to.equal('done');
  });

  it('takes away what was made for its callers, and lists it until then', () => {
    const names = [{ kind: 'Service', namespace: 'default', name: 'ledger' }];
    const seen = { uid: 'made', resourceVersion: '7' };
    const held = [{ apiVersion: 'v1', ...names[0], how: 'delete', seen } as NameRelease];
    const from = (found: NamespaceObservation['names']): ReturnType<typeof decideFrom> =>
      decideFrom({ step: 'Migrated', names }, { namespace: aNamespace({ uid: 'another' }), names: found });
    const [unseen, there, away] = [from({ verdict: pass }), from({ verdict: pass, held }), from({ verdict: pass, held: [] })];

    expect(there.outcome).to.deep.equal({ kind: 'act', actions: [{ kind: 'removeNames', namespace: 'shop', releases: held }] });
    expect([unseen, there, away].map(({ status }) => status.names)).to.deep.equal([names, names, undefined]);
  });
});
