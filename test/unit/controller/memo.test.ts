// Answers that are good for some time.
import { expect } from 'chai';
import { createMemo } from '../../../src/controller/memo.ts';

describe('a memo', () => {
  it('asks once at a time, keeps the answer for as long as it is good, and asks again beside when it ages', async () => {
    let [now, asked] = [0, 0];
    const memo = createMemo<number>(
      () => now,
      () => 900,
    );
    const get = (): Promise<number> => memo.get('a', () => Promise.resolve((asked += 1)));
    expect(await Promise.all([get(), get()])).to.deep.equal([1, 1]);
    now = 720;
    expect([await get(), asked]).to.deep.equal([1, 1]);
    now = 721;
    expect([await get(), asked]).to.deep.equal([1, 2]);
    expect([await get(), asked]).to.deep.equal([2, 2]);
    now = 1_621;
    expect([await get(), asked]).to.deep.equal([3, 3]);
  });

  it('tells what went wrong when no answer is left, and not before', async () => {
    let now = 0;
    const memo = createMemo<string>(
      () => now,
      () => 900,
    );
    await memo.get('a', () => Promise.resolve('good'));
    now = 800;
    expect(await memo.get('a', () => Promise.reject(new Error('down')))).to.equal('good');
    now = 900;
    const late = await memo.get('a', () => Promise.reject(new Error('down'))).catch((error: unknown) => String(error));
    expect(late).to.equal('Error: down');
  });

  it('keeps no answer to a question that was asked before it was told to forget', async () => {
    const memo = createMemo<string>(
      () => 0,
      () => 900,
    );
    let answer: (text: string) => void = () => undefined;
    const old = memo.get('a', () => new Promise((resolve) => (answer = resolve)));
    memo.forget('a');
    answer('old');
    expect(await old).to.equal('old');
    expect(await memo.get('a', () => Promise.resolve('new'))).to.equal('new');
  });
});
