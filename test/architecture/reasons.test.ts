// Reasons that the code writes, against the registry and the page that is made from it: a reason in a status must be found
// in the docs, and the docs must promise none that is never written.

import { expect } from 'chai';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { renderReasons } from '../../build/reasons.ts';
import { eventReasons } from '../../src/core/event-reasons.ts';
import { reasons } from '../../src/core/reasons.ts';
import { projectRoot, sourceFiles, withoutComments } from './source-files.ts';

const registry = 'src/core/reasons.ts';
const code = sourceFiles('src')
  .filter(({ path }) => path !== registry && !path.startsWith('src/api/'))
  .map((file) => ({ path: file.path, text: withoutComments(file.text) }));

describe('the reasons in docs/reasons.md', () => {
  it('are those of the registry', () => {
    const page = readFileSync(join(projectRoot, 'docs', 'reasons.md'), 'utf8');

    expect(page, 'docs/reasons.md is stale: run make generate').to.equal(renderReasons());
  });

  it('each have a meaning and a remedy that are sentences', () => {
    const vague = Object.entries(reasons).filter(([, { meaning, remedy }]) =>
      [meaning, remedy].some((text) => !/^\S.+\.$/.test(text)),
    );

    expect(vague.map(([reason]) => reason)).to.deep.equal([]);
  });

  it('are each written somewhere', () => {
    const words = new Set(code.flatMap(({ text }) => text.match(/\b[A-Z][A-Za-z]+\b/g) ?? []));
    const idle = Object.keys(reasons).filter((reason) => !words.has(reason));

    expect(idle).to.deep.equal([]);
  });

  it('include every one that the code writes', () => {
    const written = code.filter(({ path }) => /^src\/(core|mesh|controller)\//.test(path)).flatMap(reasonsIn);
    const unlisted = written.filter(({ reason }) => !Object.hasOwn(reasons, reason));

    expect(written).to.have.length.above(20);
    expect(
      unlisted.map(({ path, reason }) => `${path}: ${reason}`),
      `add them to ${registry}`,
    ).to.deep.equal([]);
  });
});

describe('the reasons of events in docs/reasons.md', () => {
  it('are those that the code writes', () => {
    const written = code.flatMap(({ path, text }) =>
      path.startsWith('src/core/') && path !== 'src/core/event-reasons.ts'
        ? [...text.matchAll(/(?:type: '(?:Normal|Warning)',\s*reason: |\b(?:normal|warning)\()'(\w+)'/g)].map(
            ([, reason = '']) => reason,
          )
        : [],
    );

    expect([...new Set(written)].sort()).to.deep.equal(Object.keys(eventReasons).sort());
  });
});

/** Reasons of statuses, written out in a file. Events have reasons of their own, and a verdict on a name is no status. */
function reasonsIn({ path, text }: { path: string; text: string }): { path: string; reason: string }[] {
  if (path.includes('/translate/')) return [];
  const statuses = text.replaceAll(/type: '(Normal|Warning)',\s*reason: '\w+'/g, '');
  const found = [...statuses.matchAll(/(?:reason: |\b(?:fail|unknown)\()'([A-Z][A-Za-z]+)'/g)];
  return found.map(([, reason = '']) => ({ path, reason }));
}
