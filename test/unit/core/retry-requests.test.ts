// A value of meshmigration.io/retry-at counts once, whichever object it is on and whatever stands on the other.

import { expect } from 'chai';
import { keys } from '../../../src/api/v1alpha1/group.ts';
import { retryValue } from '../../../src/core/namespace/requests.ts';
import { aMigration, aRecord } from '../../model/builders.ts';

const annotated = (value: string | undefined) => (value === undefined ? {} : { annotations: { [keys.retryAt]: value } });

function asked(handled: string | undefined, onRecord: string | undefined, onMigration: string | undefined): string | undefined {
  const status = { step: 'Halted' as const, ...(handled !== undefined && { lastHandledRetryAt: handled }) };
  return retryValue(aRecord(status, annotated(onRecord)), aMigration({}, annotated(onMigration)));
}

describe('a value of retry-at', () => {
  it('on the record counts beside an older one on the migration, whichever is greater, and once', () => {
    const value = asked('now', '2026-01-01', 'now');

    expect(value).to.equal('2026-01-01 and now');
    expect(asked(value, '2026-01-01', 'now')).to.equal(undefined);
  });

  it('on the migration counts beside an older one on the record', () => {
    expect(asked('z', 'z', 'a')).to.equal('z and a');
  });

  it('does not count again because the other one was taken away', () => {
    expect(asked('2026-01-01 and now', undefined, 'now')).to.equal(undefined);
    expect(asked('2026-01-01 and now', undefined, undefined)).to.equal(undefined);
  });

  it('counts once however long it is, and fits the status', () => {
    const value = asked(undefined, 'a'.repeat(1000), 'b'.repeat(1000));

    expect(value?.length).to.be.at.most(253);
    expect(asked(value, 'a'.repeat(1000), 'b'.repeat(1000))).to.equal(undefined);
  });
});
