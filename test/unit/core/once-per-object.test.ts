// What was made of an unchanging object is made once, and anew as soon as anything around it is different.
import { expect } from 'chai';
import { oncePerObject } from '../../../src/core/once-per-object.ts';

describe('what is made once per object', () => {
  it('is made again for another object and in other circumstances, and not otherwise', () => {
    const remembered = oncePerObject<object, number>();
    const [first, second] = [{}, {}];
    const facts = {};
    let made = 0;
    const make = (object: object, ...circumstances: readonly unknown[]): number =>
      remembered(object, circumstances, () => ++made);
    expect([make(first, 'spec 1', facts), make(first, 'spec 1', facts)]).to.deep.equal([1, 1]);
    expect(make(second, 'spec 1', facts)).to.equal(2);
    expect(make(first, 'spec 2', facts)).to.equal(3);
    expect(make(first, 'spec 2', {})).to.equal(4);
  });
});
