// No clause without a test: every title in the table is the title of a test that exists, and every scenario is in the table.
import { expect } from 'chai';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { clauses } from './clauses.ts';

const tests = join(import.meta.dirname, '..');
const title = /\b(?:it|scenario|alone)\(\s*(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"|`((?:[^`\\]|\\.)*)`)/g;

/** Titles of all tests of some files. */
function titlesIn(pattern: string): Set<string> {
  const files = globSync(pattern, { cwd: tests });
  const found = files.flatMap((file) => [...readFileSync(join(tests, file), 'utf8').matchAll(title)]);
  return new Set(found.map(([, single, double, template]) => single ?? double ?? template ?? ''));
}

describe('clauses of the move', () => {
  it('each have a test, and the test exists', () => {
    const existing = titlesIn('{integration,contract,golden}/**/*.ts');
    const named = Object.entries(clauses).flatMap(([clause, names]) => names.map((name) => ({ clause, name })));
    const missing = named.filter(({ name }) => !existing.has(name));

    expect(Object.values(clauses).every((names) => names.length > 0)).to.equal(true);
    expect(missing).to.deep.equal([]);
  });

  it('leave no test of the move out', () => {
    const named = new Set(Object.values(clauses).flat());

    expect([...titlesIn('integration/move/*.test.ts')].filter((one) => !named.has(one))).to.deep.equal([]);
  });
});
