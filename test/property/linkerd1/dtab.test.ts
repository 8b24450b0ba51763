// What holds for every dtab and every name: printing and parsing, totality, precedence, alternates.

import { expect } from 'chai';
import fc from 'fast-check';
import { fsNamer } from '../../../src/mesh/linkerd1/dtab/configured-namers.ts';
import type { DelegateTree } from '../../../src/mesh/linkerd1/dtab/delegate-tree.ts';
import { evaluate } from '../../../src/mesh/linkerd1/dtab/evaluate.ts';
import { outcomeOf } from '../../../src/mesh/linkerd1/dtab/outcome.ts';
import { parseDtab, parsePath } from '../../../src/mesh/linkerd1/dtab/parse.ts';
import { showPath } from '../../../src/mesh/linkerd1/dtab/path.ts';
import { printDtab } from '../../../src/mesh/linkerd1/dtab/print.ts';
import type { Dtab, NameTree } from '../../../src/mesh/linkerd1/dtab/syntax.ts';
import { DtabSyntaxError } from '../../../src/mesh/linkerd1/dtab/syntax-error.ts';
import { DentryTable } from '../../../src/mesh/linkerd1/dtab/table.ts';

const byte = fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code));
const segment = fc.oneof(
  fc.constantFrom('svc', 'host', 'a', 'b', '#', '$', 'io.l5d.fs', 'inet', '__proto__', 'constructor'),
  fc.string({ unit: byte, minLength: 1, maxLength: 6 }),
);
const path = fc.array(segment, { maxLength: 5 });
const weight = fc.oneof(fc.constantFrom(0, 1, 0.7, 9), fc.double({ min: 1e-60, max: 1e25, noNaN: true }));

const tree: fc.Memo<NameTree> = fc.memo((depth) => {
  const end = fc.oneof(
    path.map((segments): NameTree => ({ kind: 'leaf', path: segments })),
    fc.constantFrom<NameTree>({ kind: 'neg' }, { kind: 'fail' }, { kind: 'empty' }),
  );
  if (depth <= 1) return end;
  const branch = fc.record({ weight, tree: tree(depth - 1) });
  return fc.oneof(
    end,
    fc.array(tree(depth - 1), { minLength: 2, maxLength: 3 }).map((trees): NameTree => ({ kind: 'alt', trees })),
    fc.array(branch, { minLength: 2, maxLength: 3 }).map((trees): NameTree => ({ kind: 'union', trees })),
  );
});
const prefix = fc.array(fc.oneof(segment, fc.constant(null)), { maxLength: 3 });
const dtab: fc.Arbitrary<Dtab> = fc.array(fc.record({ prefix, dst: tree(3) }), { maxLength: 8 });

const files = new Map([
  ['hello', '127.0.0.1 80'],
  ['world', '127.0.0.1 81'],
]);
const look = (text: string, name: string): DelegateTree => {
  const found = evaluate(
    { table: new DentryTable(parseDtab(text)), namers: [fsNamer(['#', 'io.l5d.fs'], files)] },
    parsePath(name),
  );
  if (!found.ok) throw new Error(found.message);
  return found.tree;
};
const boundTo = (text: string, name: string): string => {
  const outcome = outcomeOf(look(text, name));
  return outcome.kind === 'bound' ? outcome.leaves.map((leaf) => leaf.leaf.bound.id).join() : outcome.kind;
};

describe('a dtab', () => {
  it('reads back as what was printed', () => {
    fc.assert(
      fc.property(dtab, (table) => void expect(parseDtab(printDtab(table))).to.deep.equal(table)),
      { numRuns: 500 },
    );
  });

  it('of any text is read, or refused with a place inside the text', () => {
    const noise = fc.string({ unit: fc.constantFrom(...'/ s v c = > ; | & * . 0 ~ ! $ ( ) # \\ x { \n'.split(' '), ' ') });
    fc.assert(
      fc.property(noise, (text) => {
        try {
          return parseDtab(text).length >= 0;
        } catch (error) {
          return error instanceof DtabSyntaxError && error.offset <= text.length && error.line >= 1 && error.column >= 1;
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('ends every name in a tree or in an error that says why', () => {
    fc.assert(
      fc.property(dtab, path, (table, name) => {
        const found = evaluate({ table: new DentryTable(table), namers: [fsNamer(['#', 'io.l5d.fs'], files)] }, name);
        return found.ok ? outcomeOf(found.tree).kind.length > 0 : found.message.length > 20;
      }),
      { numRuns: 500 },
    );
  });

  it('lets its last dentry win when that one binds', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('/#/io.l5d.fs/world', '~', '/#/io.l5d.fs/nope', '!'), { maxLength: 5 }), (earlier) => {
        const text = [...earlier, '/#/io.l5d.fs/hello'].map((dst) => `/svc => ${dst}`).join(';');
        expect(boundTo(text, '/svc')).to.equal('/#/io.l5d.fs/hello');
      }),
    );
  });

  it('takes the first alternate that is a name, like the same dentries one by one, and stops at a refusal', () => {
    const choices = fc.array(fc.constantFrom('/#/io.l5d.fs/hello', '/#/io.l5d.fs/world', '~', '/#/io.l5d.fs/nope', '!'), {
      minLength: 2,
      maxLength: 5,
    });
    fc.assert(
      fc.property(choices, (branches) => {
        const first = branches.find((branch) => branch !== '~' && !branch.endsWith('nope'));
        const wanted = first === undefined ? 'neg' : first === '!' ? 'fail' : first;
        expect(boundTo(`/svc => ${branches.join(' | ')}`, '/svc')).to.equal(wanted);
        expect(
          boundTo(
            [...branches]
              .reverse()
              .map((branch) => `/svc => ${branch}`)
              .join(';'),
            '/svc',
          ),
        ).to.equal(wanted);
      }),
    );
  });

  it('gives unions shares that sum to one', () => {
    const branch = fc.record({ weight: fc.integer({ min: 1, max: 99 }), to: fc.constantFrom('hello', 'world', 'nope') });
    fc.assert(
      fc.property(fc.array(branch, { minLength: 2, maxLength: 6 }), (branches) => {
        const text = branches.map(({ weight: w, to }) => `${w}*/#/io.l5d.fs/${to}`).join(' & ');
        const outcome = outcomeOf(look(`/svc => ${text}`, '/svc'));
        if (outcome.kind !== 'bound') return outcome.kind === 'neg' && branches.every((b) => b.to === 'nope');
        return Math.abs(outcome.leaves.reduce((sum, leaf) => sum + leaf.share, 0) - 1) < 1e-9;
      }),
    );
  });

  it('shows every path so that it parses back', () => {
    fc.assert(fc.property(path, (segments) => void expect(parsePath(showPath(segments))).to.deep.equal(segments)));
  });
});
