// Names in the steps of a move: made before the first caller is cut over, taken away when the last one is back, and what stops both.

import { expect } from 'chai';
import type { NameRelease, NameWrite } from '../../../src/core/names.ts';
import { fail, pass, unknown } from '../../../src/core/verdict.ts';
import { aKeyedWorkload, aMigration, aMovedPod, aNamespace, aPod, aReading, aWorkload, pods } from '../../model/builders.ts';
import { actionsOf, decideFrom, inShort } from './deciding.ts';

const manifest = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'hello', namespace: 'shop' } };
const alias: NameWrite = { how: 'create', manifest };
const held: NameRelease = {
  apiVersion: 'v1',
  kind: 'Service',
  name: 'hello',
  namespace: 'shop',
  seen: { uid: 'u', resourceVersion: '1' },
  how: 'delete',
};
const preparing = { step: 'Prepare' } as const;
const world = { workloads: [aWorkload()], pods: pods(2, aPod) };

describe('names that callers need', () => {
  it('are written before any workload is', () => {
    const first = decideFrom(preparing, { ...world, names: { verdict: pass, missing: [alias] } });
    const then = decideFrom(preparing, { ...world, names: { verdict: pass, missing: [] } });

    expect(actionsOf(first).map((action) => action.kind)).to.deep.equal(['prepareNames']);
    expect(first.status.step).to.equal('Prepare');
    expect(inShort(then)).to.include('cutOver Deployment/web');
  });

  it('hold the namespace in Prepare until they lead where they should', () => {
    const decision = decideFrom(preparing, {
      ...world,
      names: { verdict: unknown('NamesPending', 'not yet'), lookAgainSeconds: 1 },
    });

    expect(decision.status).to.deep.include({ step: 'Prepare', reason: 'NamesPending' });
    expect(decision.outcome).to.deep.equal({ kind: 'wait', reason: 'NamesPending', afterSeconds: 1 });
  });

  it('that would break block the namespace, with the remedy, unless a person said to proceed', () => {
    const names = { verdict: fail('NamesBlocked', 'hello would break'), remedy: 'Rename it.', missing: [alias] };
    const blocked = decideFrom(preparing, { ...world, names });
    const migration = aMigration({ routing: { onBlocked: 'Proceed' } });
    const proceeding = decideFrom(preparing, { ...world, migration, names });
    const cutOver = decideFrom(preparing, { ...world, migration, names: { ...names, missing: [] } });

    expect(blocked.status).to.deep.include({ step: 'Prepare', blocked: true, reason: 'NamesBlocked', remedy: 'Rename it.' });
    expect(actionsOf(proceeding).map((action) => action.kind)).to.deep.equal(['prepareNames']);
    expect(inShort(cutOver)).to.include('cutOver Deployment/web');
  });

  it('that need routes which the cluster does not have stop the namespace in preflight, unless a person said to proceed', () => {
    const lacking = { message: 'no Gateway API', remedy: 'Install it.' };
    const names = { verdict: unknown('NotAsked', 'next'), lacking };
    const blocked = decideFrom({ step: 'Preflight' }, { ...world, names });
    const proceeding = decideFrom(
      { step: 'Preflight' },
      { ...world, names, migration: aMigration({ routing: { onBlocked: 'Proceed' } }) },
    );
    const mended = decideFrom({ ...blocked.status }, { ...world, names: { verdict: unknown('NotAsked', 'next') } });

    expect(blocked.status).to.deep.include({ step: 'Preflight', blocked: true, reason: 'TargetLacksRoutes' });
    expect(blocked.status).to.deep.include(lacking);
    expect(proceeding.status.step).to.equal('Prepare');
    expect(mended.status.step).to.equal('Pending');
  });

  it('wait for a person where Git is to bring them, and afterwards for a free place', () => {
    const names = { verdict: pass, awaited: { reason: 'NamesAwaitGit', message: 'put into Git: Service shop/hello' } };
    const waiting = decideFrom(preparing, { ...world, names });
    const there = decideFrom({ ...preparing, blocked: true, reason: 'NamesAwaitGit' }, { ...world, names: { verdict: pass } });

    expect(waiting.status).to.deep.include({ step: 'Prepare', blocked: true, reason: 'NamesAwaitGit' });
    expect(there.status.step).to.equal('Pending');
  });

  it('halt the namespace when they change what the source answers', () => {
    const decision = decideFrom(preparing, {
      ...world,
      names: { verdict: pass, changed: 'hello leads elsewhere', missing: [alias] },
    });

    expect(decision.status).to.deep.include({ step: 'Halted', reason: 'NamesChanged', message: 'hello leads elsewhere' });
    expect(actionsOf(decision)).to.deep.equal([]);
  });

  it('go last on the way back, and not before moved Jobs and pods that are being deleted have ended', () => {
    const migration = aMigration({ desiredState: 'RolledBack' });
    const back = { step: 'Restore', restoreCause: 'Request' } as const;
    const names = { verdict: pass, held: [held] };
    const keyed = decideFrom(back, { migration, workloads: [aKeyedWorkload()], pods: pods(2, aMovedPod), names });
    const job = aMovedPod({ name: 'run', job: true, workload: 'CronJob/report' });
    const running = decideFrom(back, { ...world, migration, pods: [...world.pods, job], names });
    const leaving = aMovedPod({ name: 'web-old', deleting: true });
    const last = decideFrom(back, { ...world, migration, pods: [...world.pods, leaving], names });
    const ended = decideFrom(back, { ...world, migration, names });
    const over = decideFrom(back, { ...world, migration, names: { verdict: pass, held: [] } });

    expect(inShort(keyed)).to.deep.equal(['restoreTemplate Deployment/web']);
    expect([actionsOf(running), actionsOf(last)]).to.deep.equal([[], []]);
    expect(actionsOf(ended)).to.deep.equal([{ kind: 'removeNames', namespace: 'shop', releases: [held] }]);
    expect(over.status.step).to.equal('RolledBack');
  });
});

describe('the baseline of a moved workload', () => {
  const moved = (success: number, failure: number, baseline?: { requests: number; success: number }) =>
    decideFrom(
      { step: 'Cutover' },
      {
        proxied: true,
        workloads: [aKeyedWorkload({ baseline })],
        pods: pods(2, (pod) => aMovedPod({ ...pod, reading: aReading({ success, failure }) })),
        migration: aMigration({ health: { minimumSuccessPercent: 90 } }),
      },
    );

  it('fails pods that answer worse than the source counted before, by more than the allowed drop', () => {
    expect(moved(970, 30, { requests: 1_000, success: 1_000 }).status.workloads?.[0]?.reason).to.equal('WorseThanBefore');
    expect(moved(97, 3, { requests: 1_000, success: 975 }).status.counts?.verified).to.equal(1);
  });

  it('says nothing where it is unknown or too small', () => {
    expect(moved(97, 3).status.counts?.verified).to.equal(1);
    expect(moved(97, 3, { requests: 5, success: 5 }).status.counts?.verified).to.equal(1);
  });

  it('go with the namespace that needed them, once it is gone', () => {
    const gone = decideFrom(
      { step: 'Migrated' },
      { namespace: aNamespace({ uid: 'another' }), names: { verdict: pass, held: [held] } },
    );
    const clean = decideFrom({ step: 'Migrated' }, { namespace: aNamespace({ uid: 'another' }), names: { verdict: pass } });

    expect(actionsOf(gone)).to.deep.equal([{ kind: 'removeNames', namespace: 'shop', releases: [held] }]);
    expect(clean.outcome.kind).to.equal('done');
  });
});

describe('what will be otherwise in the target', () => {
  const names = { verdict: pass, differences: '2 settings of the source are lost (a, b); kubectl mm plan tells each' };
  const warning = { reason: 'NamesDiffer', message: names.differences };

  it('stays in the status while the namespace moves and once it has, and is no obstacle', () => {
    const moving = decideFrom(preparing, { ...world, names });
    const moved = decideFrom(moving.status, { ...world, names: { verdict: pass } });

    expect(moving.status.step).to.equal('Cutover');
    expect(moving.status.warnings).to.deep.include(warning);
    expect(moved.status.warnings).to.deep.include(warning);
  });

  it('is not said any more on the way back', () => {
    const back = decideFrom(
      { step: 'Restore', restoreCause: 'Request', warnings: [warning] },
      { ...world, migration: aMigration({ desiredState: 'RolledBack' }), names: { verdict: pass } },
    );

    expect(back.status.warnings ?? []).to.deep.equal([]);
  });
});
