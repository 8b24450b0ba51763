// What was made of an unchanging object is made once, and anew as soon as anything around it is different.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
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

  it('does not keep the circumstances alive in which it was made', async () => {
    const remembered = oncePerObject<object, string>();
    const object = {};
    const facts = new WeakRef(
      ((circumstance: object) => {
        remembered(object, [circumstance], () => 'made');
        return circumstance;
      })({ answers: new Array(100).fill('large') }),
    );
    setFlagsFromString('--expose-gc');
    const collectGarbage = runInNewContext('gc') as () => void;
    // What a WeakRef was made of or asked for lives until the turn is over.
    await new Promise(setImmediate);
    collectGarbage();

    expect(facts.deref()).to.equal(undefined);
    expect(remembered(object, [{}], () => 'anew')).to.equal('anew');
  });
});
