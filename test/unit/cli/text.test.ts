import { expect } from 'chai';
import fc from 'fast-check';
import { clean, cut, cutMiddle, widthOf, wrap } from '../../../src/cli/text.ts';

describe('text from the cluster', () => {
  it('can not move the cursor, colour the terminal, start a new line or turn the reading direction', () => {
    expect(clean('held\u001B[2J by\r\nme\u202E now\u0007')).to.equal('held [2J by me now');
  });

  it('is measured in columns, not in characters', () => {
    expect(['abc', 'é', 'e\u0301', '漢字', '🚀'].map(widthOf)).to.deep.equal([3, 1, 1, 4, 2]);
  });

  it('is wrapped between words, and a word longer than the line is broken', () => {
    expect(wrap('one two three', 7)).to.deep.equal(['one two', 'three']);
    expect(wrap('a abcdefghij', 4)).to.deep.equal(['a', 'abcd', 'efgh', 'ij']);
  });

  it('says by a mark that it was cut, and a name keeps both ends', () => {
    expect(cut('abcdefgh', 5, '…')).to.equal('abcd…');
    expect(cutMiddle('Deployment/payments-gateway', 13, '…')).to.equal('Deploy…ateway');
    expect(cut('abc', 3, '…')).to.equal('abc');
  });

  it('never takes more room than there is, whatever it holds', () => {
    const anything = fc.string({ unit: 'grapheme', maxLength: 60 });
    fc.assert(
      fc.property(anything, fc.integer({ min: 2, max: 40 }), (text, width) => {
        const lines = [...wrap(clean(text), width), cut(text, width, '…'), cutMiddle(text, width, '…')];
        expect(lines.filter((line) => widthOf(line) > width)).to.deep.equal([]);
      }),
    );
  });

  it('loses no word by wrapping', () => {
    fc.assert(
      fc.property(
        fc.array(fc.stringMatching(/^[a-z]{1,12}$/), { maxLength: 30 }),
        fc.integer({ min: 4, max: 30 }),
        (words, width) => {
          expect(wrap(words.join(' '), width).join('').replaceAll(' ', '')).to.equal(words.join(''));
        },
      ),
    );
  });
});
