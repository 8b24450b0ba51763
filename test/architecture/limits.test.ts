// House limits on size and names. The linter has the same limits; here nobody can switch them off for one file.

import { expect } from 'chai';
import ts from 'typescript';
import { filesBelow, sourceFiles, type SourceFile } from './source-files.ts';

const maxFileLines = 300;
const maxMedianLines = 100;
const maxFunctionLines = 40;

const src = sourceFiles('src');
const everything = [...src, ...sourceFiles('test'), ...sourceFiles('build')];

/** Functions of a file that are too long, each as `path:line (lines)`; blank lines and comments are free. */
function longFunctions(file: SourceFile): string[] {
  const tree = ts.createSourceFile(file.path, file.text, ts.ScriptTarget.Latest, true);
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isFunctionLike(node) && 'body' in node && node.body !== undefined) {
      const first = tree.getLineAndCharacterOfPosition(node.getStart()).line;
      const last = tree.getLineAndCharacterOfPosition(node.getEnd()).line;
      const code = file.lines.slice(first, last + 1).filter((line) => !/^\s*($|\/\/|\/\*|\*)/.test(line));
      if (code.length > maxFunctionLines) found.push(`${file.path}:${first + 1} (${code.length})`);
    }
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return found;
}

describe('the size of the code', () => {
  it(`is at most ${maxFileLines} lines a file`, () => {
    const long = everything.filter(({ lines }) => lines.length > maxFileLines);

    expect(long.map(({ path, lines }) => `${path} (${lines.length})`)).to.deep.equal([]);
  });

  it(`is at most ${maxMedianLines} lines for the median file of src`, () => {
    const sizes = src.map(({ lines }) => lines.length).sort((a, b) => a - b);

    expect(sizes[Math.floor(sizes.length / 2)]).to.be.at.most(maxMedianLines);
  });

  it(`is at most ${maxFunctionLines} lines a function in src`, () => {
    expect(src.flatMap(longFunctions)).to.deep.equal([]);
  });

  it('is bounded by the linter for every file: no limit is switched off', () => {
    const off = src.filter(({ text }) => /eslint-disable.*\b(max-|complexity)/.test(text));

    expect(off.map(({ path }) => path)).to.deep.equal([]);
  });
});

describe('names', () => {
  it('say what a file is about, never just that it is useful', () => {
    const all = ['src', 'test', 'build'].flatMap(filesBelow).filter((path) => !path.startsWith('test/recordings/'));
    const vague = all.filter((path) =>
      path.split('/').some((part) => /^(utils?|helpers?|common|managers?|misc)(\.|$)/i.test(part)),
    );

    expect(vague).to.deep.equal([]);
  });
});

describe('every file of the code', () => {
  it('opens with a comment that says what it is for', () => {
    // A test says it in its own words: in its describe.
    const told = everything.filter(({ path }) => !path.endsWith('.test.ts'));
    const silent = told.filter(({ text }) => !/^(#!.*\n)?(\/\/ \S|\/\*\*?\s)/.test(text));

    expect(silent.map(({ path }) => path)).to.deep.equal([]);
  });

  it('exports by name', () => {
    expect(everything.filter(({ text }) => /^export default /m.test(text)).map(({ path }) => path)).to.deep.equal([]);
  });
});
