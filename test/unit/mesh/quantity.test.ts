import { expect } from 'chai';
import { readQuantity } from '../../../src/mesh/quantity.ts';

const rows: readonly (readonly [text: string, value: number | undefined])[] = [
  ['100m', 0.1],
  ['1', 1],
  ['1.5', 1.5],
  ['.5', 0.5],
  ['2e3', 2000],
  ['2E3', 2000],
  ['3E', 3e18],
  ['64Mi', 64 * 2 ** 20],
  ['1Gi', 2 ** 30],
  ['1k', 1000],
  ['1K', undefined],
  ['', undefined],
  ['much', undefined],
  ['1 Gi', undefined],
];

describe('a quantity', () => {
  for (const [text, value] of rows) {
    it(`"${text}" is ${value === undefined ? 'none' : value}`, () => {
      expect(readQuantity(text)).to.equal(value);
    });
  }
});
