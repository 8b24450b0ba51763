// Writes about names that the API server refuses, or that somebody else undoes: blocked and tried again later, and never in the way of
// a namespace that goes back.

import { expect } from 'chai';
import type { NameRelease, NameWrite } from '../../../src/core/names.ts';
import type { NamesTried } from '../../../src/core/observation.ts';
import { pass } from '../../../src/core/verdict.ts';
import { triedAgain } from '../../../src/controller/names/tries.ts';
import { aMigration, aNamespace, aPod, aWorkload, pods, start } from '../../model/builders.ts';
import { actionsOf, decideFrom } from './deciding.ts';

const manifest = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'web', namespace: 'open' } };
const port: NameWrite = { how: 'apply', manifest, uid: 'u' };
const place = { apiVersion: 'v1', kind: 'Service', name: 'web', namespace: 'open' };
const held: NameRelease = { ...place, seen: { uid: 'u', resourceVersion: '1' }, how: 'delete' };
const refusal = { reason: 'PermissionDenied', message: 'no' };
const world = { workloads: [aWorkload()], pods: pods(2, aPod) };

describe('names whose writes were refused', () => {
  const names = { verdict: pass, missing: [port] };
  const tried: NamesTried = { what: 'prepareNames', since: start, nextAt: start + 30_000, refusal };

  it('block the namespace and are tried again after half a minute, with the same status all the time', () => {
    const blocked = decideFrom({ step: 'Prepare' }, { ...world, names, namesTried: tried }, 1);
    const again = decideFrom(blocked.status, { ...world, names, namesTried: tried }, 31);
    const restarted = decideFrom(blocked.status, { ...world, names }, 31);

    expect(blocked.status).to.deep.include({ step: 'Prepare', blocked: true, reason: 'PermissionDenied', message: 'no' });
    expect(blocked.outcome).to.deep.include({ kind: 'wait', afterSeconds: 29 });
    expect([again, restarted].map((decision) => actionsOf(decision).map(({ kind }) => kind))).to.deep.equal([
      ['prepareNames'],
      ['prepareNames'],
    ]);
    expect([again.status, restarted.status]).to.deep.equal([blocked.status, blocked.status]);
  });

  it('wait for a free place once they went well', () => {
    const blocked = decideFrom({ step: 'Prepare' }, { ...world, names, namesTried: tried }, 1);
    expect(decideFrom(blocked.status, { ...world, names: { verdict: pass, missing: [] } }, 32).status.step).to.equal('Pending');
  });

  it('are not made again at once when somebody else undoes them', () => {
    const made = triedAgain(undefined, { what: 'prepareNames', applied: { kind: 'done' } }, start);
    const decision = decideFrom({ step: 'Prepare' }, { ...world, names, namesTried: made }, 1);
    expect(decision.outcome).to.deep.equal({ kind: 'wait', reason: 'NamesPending', afterSeconds: 1 });
  });
});

describe('names that can’t be taken away', () => {
  const migration = aMigration({ desiredState: 'RolledBack' });
  const back = { step: 'Restore', restoreCause: 'Request' } as const;
  const names = { verdict: pass, held: [held] };
  const first = triedAgain(undefined, { what: 'removeNames', applied: { kind: 'refused', ...refusal } }, start);

  it('are tried every ten seconds, and do not keep the namespace from its way back', () => {
    const at = (seconds: number, namesTried: NamesTried) => decideFrom(back, { ...world, migration, names, namesTried }, seconds);
    const second = triedAgain(first, { what: 'removeNames', applied: { kind: 'done' } }, start + 10_000);

    expect(at(1, first).outcome).to.deep.include({ kind: 'wait', afterSeconds: 9 });
    expect(actionsOf(at(10, first)).map(({ kind }) => kind)).to.deep.equal(['removeNames']);
    expect(at(11, second).outcome).to.deep.include({ kind: 'wait', afterSeconds: 9 });
    const over = at(30, { ...second, refusal });
    expect(over.status).to.deep.include({ step: 'RolledBack', reason: 'RolledBack' });
    expect(over.status.message).to.contain('Service open/web could not be taken away: no');
    expect(over.status.remedy).to.contain('Service open/web');
  });

  it('are given up, too, where the namespace itself is gone', () => {
    const gone = { namespace: aNamespace({ uid: 'another' }), names };
    const waiting = decideFrom({ step: 'Migrated' }, { ...gone, namesTried: first }, 1);
    const over = decideFrom({ step: 'Migrated' }, { ...gone, namesTried: first }, 30);

    expect(waiting.outcome).to.deep.include({ kind: 'wait', afterSeconds: 9 });
    expect(over.outcome.kind).to.equal('done');
  });
});
