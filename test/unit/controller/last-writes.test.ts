// What is remembered of the last writes, and when it no longer counts.
import { expect } from 'chai';
import type { NamespaceMigration } from '../../../src/api/v1alpha1/namespace-migration.ts';
import { nothingWritten, rememberWrites } from '../../../src/controller/last-writes.ts';

const record = (resourceVersion: string): NamespaceMigration =>
  ({ metadata: { name: 'shop', resourceVersion } }) as unknown as NamespaceMigration;
const refusals = new Map([['Deployment/web', { reason: 'WriteRefused', message: 'no' }]]);

describe('the memory of last writes', () => {
  it('knows nothing at first, and nothing of what it was told to forget', () => {
    const memory = rememberWrites();
    expect(memory.of(record('1'))).to.deep.equal(nothingWritten);
    memory.keep(record('1'), { refusals, writtenSince: new Set(['a']) });
    memory.forget('shop');
    expect(memory.of(record('1'))).to.deep.equal(nothingWritten);
  });

  it('holds what was written ahead of the status until the record is another version; refusals stay', () => {
    const memory = rememberWrites();
    memory.keep(record('1'), { refusals, writtenSince: new Set(['a']) });
    expect([...memory.of(record('1')).writtenSince]).to.deep.equal(['a']);
    expect(memory.of(record('2'))).to.deep.equal({ refusals, writtenSince: new Set() });
  });
});
