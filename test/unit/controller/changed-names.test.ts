// Names that Linkerd 1 answers otherwise than expected: one sample proves nothing, two that are seconds apart do.

import { expect } from 'chai';
import { createChangedNames } from '../../../src/controller/names/changed.ts';
import type { NamesState } from '../../../src/core/observation.ts';
import { fail, pass } from '../../../src/core/verdict.ts';
import type { ChangedName, NamesAnswer } from '../../../src/mesh/names.ts';

const name = '/svc/hello';
const message = `Linkerd 1 leads ${name} to /#/io.l5d.k8s/shop/http/hello, not to /#/io.l5d.k8s/default/http/hello`;
const ours: ChangedName = { name, message, ours: true, remedy: 'Check it.' };
const theirs: ChangedName = { ...ours, ours: false };
const settled: NamesState = { verdict: pass, lookAgainSeconds: 1 };

type Seen = Pick<NamesAnswer, 'changed' | 'unasked'>;

/** The state after readings that began so many milliseconds after the first. */
function after(readings: readonly (readonly [number, Seen])[], state = settled): NamesState {
  const names = createChangedNames();
  const all = { verdict: pass, names: [], wanted: [], settled: pass, notes: [] };
  return readings.reduce((_, [at, seen]) => names.judge('uid', at, { answer: { ...all, ...seen }, state }), state);
}

describe('a name that Linkerd 1 answers otherwise', () => {
  it('is waited for, with its name, and nothing is halted, until two readings are five seconds apart', () => {
    for (const readings of [[0], [0, 0], [0, 4_999]]) {
      const state = after(readings.map((at) => [at, { changed: [ours] }]));

      expect(state.changed).to.equal(undefined);
      expect(state.verdict).to.deep.equal({ kind: 'unknown', reason: 'NamesPending', message: `${message}; it is asked again` });
      expect(state.lookAgainSeconds).to.equal(2);
    }
  });

  it('has changed when it leads through an object of ours in both', () => {
    const lasting = after([
      [0, { changed: [ours] }],
      [2_500, { changed: [ours] }],
      [5_000, { changed: [ours] }],
    ]);

    expect(lasting.changed).to.equal(message);
  });

  it('begins anew when it was answered as expected in between', () => {
    const state = after([
      [0, { changed: [ours] }],
      [2_500, { changed: [] }],
      [5_000, { changed: [ours] }],
    ]);

    expect(state.verdict).to.deep.include({ kind: 'unknown', reason: 'NamesPending' });
    expect(
      after([
        [0, { changed: [ours] }],
        [2_500, {}],
      ]),
    ).to.deep.equal(settled);
  });

  it('is not taken for well where it could not be asked about, nor for two answers of two names', () => {
    const silent = after([
      [0, { changed: [ours] }],
      [6_000, { unasked: [name] }],
    ]);
    const another = after([
      [0, { changed: [ours] }],
      [6_000, { changed: [{ ...ours, name: '/svc/world' }] }],
    ]);
    const heard = after([
      [0, { changed: [ours] }],
      [3_000, { unasked: [name] }],
      [6_000, { changed: [ours] }],
    ]);

    for (const { verdict, changed } of [silent, another]) {
      expect(verdict).to.deep.include({ kind: 'unknown', reason: 'NamesPending' });
      expect(changed).to.equal(undefined);
    }
    expect(heard.changed).to.equal(message);
  });

  it('blocks and does not halt where its answer leads through nothing of ours', () => {
    const readings = [0, 5_000].map((at) => [at, { changed: [theirs] }] as const);
    const mixed = after([
      [0, { changed: [theirs] }],
      [5_000, { changed: [ours] }],
    ]);
    const blocked = after(readings, { verdict: fail('NamesBlocked', 'another one'), remedy: 'Its own.' });

    expect(after(readings)).to.deep.equal({ ...settled, verdict: fail('NamesBlocked', message), remedy: 'Check it.' });
    expect(blocked).to.deep.equal({ verdict: fail('NamesBlocked', 'another one'), remedy: 'Its own.' });
    expect(mixed.changed).to.equal(undefined);
  });
});
