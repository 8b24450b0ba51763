// What a source has answered stays known when its counters are gone, and is no way to fill the operator with invented names.

import { expect } from 'chai';
import { maximumAnswered, withAnswered } from '../../../src/core/answered-names.ts';
import type { AnsweredNames } from '../../../src/core/answered-names.ts';
import { follow } from '../../../src/core/traffic.ts';
import type { ProxyCounters } from '../../../src/core/traffic.ts';

type Counts = readonly (readonly [name: string, requests: number, success: number])[];

const proxy = (id: string, counts: Counts): ProxyCounters => ({
  id,
  names: new Map(counts.map(([name, requests, success]) => [name, { requests, success }])),
});
const nothing: AnsweredNames = new Map();

describe('names that a source has answered', () => {
  it('are summed over its proxies, and stay when their counters are gone', () => {
    const seen = withAnswered(nothing, [proxy('a', [['hourly', 3, 3]]), proxy('b', [['hourly', 2, 1]])]);

    expect([...withAnswered(seen, [proxy('a', [['other', 1, 1]])])]).to.deep.equal([
      ['hourly', 5],
      ['other', 1],
    ]);
    expect(withAnswered(seen, []), 'nothing new is the same').to.equal(seen);
  });

  it('are in the log of its traffic from the first look on', () => {
    const look = (counts: Counts) => ({
      ...{ proxies: [proxy('a', counts)], problems: [] },
      ...{ serviceOf: () => undefined, selectorOf: () => undefined },
    });
    const log = follow(follow(undefined, look([['hourly', 3, 3]]), 0), look([]), 1_000);

    expect([...log.answered.keys()]).to.deep.equal(['hourly']);
  });

  it('are none that were only asked for, and the oldest go where they are too many', () => {
    const flood = Array.from({ length: maximumAnswered + 1 }, (_, i) => [`name${i}`, 1, 0] as const);
    const answered = flood.map(([name]) => [name, 1, 1] as const);
    const hourly = withAnswered(nothing, [proxy('a', [['hourly', 3, 3]])]);

    expect([...withAnswered(hourly, [proxy('a', flood)])]).to.deep.equal([['hourly', 3]]);
    expect(withAnswered(hourly, [proxy('a', answered.slice(1))]).size).to.equal(maximumAnswered);
    expect(withAnswered(hourly, [proxy('a', answered.slice(1))]).has('hourly')).to.equal(false);
  });
});
