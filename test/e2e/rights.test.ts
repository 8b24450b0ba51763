// The operator's rights, as all clusters of a run on real nodes saw them together: the last stage, which starts no cluster. E2E_NOTES
// names the folder with the notes of the suites before it.
import { expect } from 'chai';
import { notedRights } from './migration/notes.ts';
import { NEEDED_IN_LONG, NOT_NEEDED_HERE } from './migration/rights.ts';

describe('The rights of the operator', () => {
  const all = notedRights();

  it('were enough: nothing that it asked for was denied', () => {
    expect(all).to.not.be.empty;
    expect([...new Set(all.flatMap(({ denied }) => denied))]).to.deep.equal([]);
  });

  it('are all used, but those that a test on a real API server with fake nodes needs', () => {
    const used = new Set(all.flatMap((each) => each.used));
    const unused = [...new Set(all.flatMap(({ granted }) => granted))].filter((right) => !used.has(right));
    const elsewhere = { ...NOT_NEEDED_HERE, ...((process.env['LONG'] ?? '') === '' ? NEEDED_IN_LONG : {}) };
    expect(unused.filter((right) => !Object.hasOwn(elsewhere, right))).to.deep.equal([]);
  });
});
