// A namespace whose record the API server refuses: it waits for a person, the others go on.

import { expect } from 'chai';
import { createRefusedRecords } from '../../../src/controller/refused-records.ts';
import { aMigration, aMigrationObservation, aNamespace, aRecord } from '../../model/builders.ts';
import { decideAll, inShort } from './deciding.ts';

const migration = aMigration({ waves: [{ name: 'first', namespaces: ['bad', 'shop'] }] });
const namespaces = [aNamespace({ name: 'bad' }), aNamespace()];
const message = 'spec.originals.annotations[0].value: Too long';
const observe = (tryAgain: boolean) =>
  aMigrationObservation({
    migration,
    namespaces,
    records: [aRecord()],
    refusedRecords: new Map([['bad', { message, tryAgain }]]),
  });

describe('a record that the API server refuses', () => {
  it('blocks its namespace, with reason, message and remedy, and no other', () => {
    const decision = decideAll(observe(false));
    const failure = decision.status.failures?.[0];

    expect(failure).to.include({ namespace: 'bad', reason: 'RecordRefused', message });
    expect(failure?.remedy).to.not.equal('');
    expect(decision.status.namespaces).to.deep.include({ total: 2, blocked: 1 });
    expect(decision.status.waves?.[0]?.startTime).to.be.a('string');
    expect(inShort(decision)).to.deep.equal(['startRecord shop Preflight']);
  });

  it('is tried again when it is time', () => {
    expect(inShort(decideAll(observe(true)))).to.include('createRecord bad');
  });

  it('is tried again after 10 s, then later and later, and at once when its namespace has changed', () => {
    let now = 0;
    const refused = createRefusedRecords(() => now);
    const tryAgain = (version: string): boolean | undefined => refused.now(() => version).get('bad')?.tryAgain;
    refused.refused('bad', message, '5');
    expect([refused.nextMs(), tryAgain('5'), tryAgain('6')]).to.deep.equal([10_000, false, true]);
    now = 10_000;
    expect(tryAgain('5')).to.equal(true);
    refused.refused('bad', message, '5');
    expect(refused.nextMs()).to.equal(20_000);
    refused.taken('bad');
    expect(refused.nextMs()).to.equal(undefined);
  });
});
