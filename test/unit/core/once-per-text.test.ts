// What was made of the last few texts is made once.
import { expect } from 'chai';
import { oncePerText } from '../../../src/core/once-per-text.ts';

describe('what is made once per text', () => {
  it('is made again only of a text that is new or was not asked for in a while', () => {
    const remembered = oncePerText<string>(2);
    const made: string[] = [];
    const ask = (text: string): string => remembered(text, () => `${text}${made.push(text)}`);

    expect(['a', 'b', 'a', 'b', 'a'].map(ask)).to.deep.equal(['a1', 'b2', 'a1', 'b2', 'a1']);
    expect(['c', 'a', 'c', 'b'].map(ask)).to.deep.equal(['c3', 'a1', 'c3', 'b4']);
    expect(made).to.deep.equal(['a', 'b', 'c', 'b']);
  });
});
