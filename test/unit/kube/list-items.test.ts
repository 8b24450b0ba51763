// The bytes of a list, however they are cut, are its objects and what is around them.
import { expect } from 'chai';
import fc from 'fast-check';
import { readList } from '../../../src/kube/list-items.ts';

async function* cut(text: string, size: number): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text, 'utf8');
  for (let at = 0; at < bytes.length; at += size) yield await Promise.resolve(bytes.subarray(at, at + size));
}

async function read(text: string, size = 7): Promise<{ items: unknown[]; around: unknown }> {
  const items: unknown[] = [];
  const around = await readList(cut(text, size), (item) => items.push(item));
  return { items, around };
}

const pieces = fc.record({
  around: fc.dictionary(
    fc.string({ unit: 'binary' }).filter((key) => key !== 'items' && key !== '__proto__'),
    fc.jsonValue(),
  ),
  items: fc.array(fc.dictionary(fc.string(), fc.jsonValue()), { maxLength: 5 }),
  behind: fc.dictionary(fc.constantFrom('metadata', 'kind', 'more'), fc.jsonValue({ stringUnit: 'binary' })),
});

describe('a list as it arrives', () => {
  it('is the same as all of it at once, wherever it is cut and however it is spaced', async () => {
    const sizes = fc.integer({ min: 1, max: 64 });
    await fc.assert(
      fc.asyncProperty(pieces, sizes, fc.constantFrom(undefined, 2), async ({ around, items, behind }, size, space) => {
        const whole = { ...around, items, ...behind };
        const text = JSON.stringify(whole, undefined, space);
        const { items: _, ...rest } = JSON.parse(text) as { items: unknown };

        expect(await read(text, size)).to.deep.equal({
          items: JSON.parse(JSON.stringify(items)) as unknown,
          around: { ...rest, items: [] },
        });
      }),
      { numRuns: 500 },
    );
  });

  it('finds no items in other lists, or in fields of that name further down', async () => {
    for (const text of [
      '{"items":null}',
      '{"others":[{"a":1}]}',
      '{"a":{"items":[{"b":1}]}}',
      '[[{"a":1}]]',
      '{"\\"items\\":":[{}]}',
    ])
      expect(await read(text)).to.deep.equal({ items: [], around: JSON.parse(text) as unknown });
  });

  it('is no list when it ends too early or is something else', async () => {
    for (const text of [
      '',
      '{"items":[{"a":1}',
      '{"items":[{"a":1}],"metadata":{',
      '{"items":[{"a":}]}',
      'upstream error',
      '}{',
    ]) {
      const outcome = await read(text).catch((error: unknown) => error);
      expect(outcome, text).to.be.instanceOf(SyntaxError);
    }
  });
});
