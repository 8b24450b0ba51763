// What counters tell over time: use, quiet, and the time about which nothing is known. A counter that vanished is never taken for zero.

import { expect } from 'chai';
import { longestPause } from '../../../src/core/cron-period.ts';
import { baselineOf, countsByNamespace, follow, trafficVerdict } from '../../../src/core/traffic.ts';
import type { Counted, ProxyCounters, SourceTraffic, TrafficLog } from '../../../src/core/traffic.ts';

const proxy = (
  id: string,
  served: number | undefined,
  names: Readonly<Record<string, [number, number]>> = {},
): ProxyCounters => ({
  id,
  names: new Map(Object.entries(names).map(([name, [requests, success]]): [string, Counted] => [name, { requests, success }])),
  ...(served !== undefined && { served }),
});

const traffic = (proxies: readonly ProxyCounters[], problems: readonly string[] = []): SourceTraffic => ({
  proxies,
  problems,
  serviceOf: (name) => (name === 'hello' ? 'shop/hello' : undefined),
  selectorOf: () => new Map([['app', 'hello']]),
});

/** Looks at one moment a second, beginning with 0, and answers with the log at the end. */
function watched(...looks: readonly SourceTraffic[]): TrafficLog {
  const log = looks.reduce<TrafficLog | undefined>((before, look, i) => follow(before, look, i * 1_000), undefined);
  if (log === undefined) throw new Error('nothing was looked at');
  return log;
}

const still = traffic([proxy('a', 5), proxy('b', 7)]);

describe('traffic of the source', () => {
  it('is quiet when no proxy has served a request for as long as it takes', () => {
    const log = watched(still, still, still);
    expect(trafficVerdict(log, 2_000, 3).kind).to.equal('unknown');
    expect(trafficVerdict(log, 3_000, 3)).to.deep.equal({
      kind: 'quiet',
      message: 'all 2 proxies of the source have seen no request since 1970-01-01T00:00:00.000Z',
    });
  });

  it('is in use when a single proxy served a single request, with the names that were called', () => {
    const log = watched(
      traffic([proxy('a', 5, { hello: [3, 3] }), proxy('b', 7)]),
      traffic([proxy('a', 6, { hello: [4, 4] }), proxy('b', 7)]),
    );
    expect(trafficVerdict(log, 2_000, 3)).to.deep.equal({
      kind: 'used',
      message: 'requests have reached it within 3 s, among them calls of hello (last seen moving after 1970-01-01T00:00Z)',
    });
  });

  it('says in how many days it counts as unused, because of which job, and what to set instead', () => {
    const { message } = trafficVerdict(watched(still, still), 1_000, { seconds: 366 * 86_400, because: 'CronJob cart/cleanup' });

    expect(message).to.include('after 366 days, because of CronJob cart/cleanup; set quietSeconds in spec.source');
    expect(trafficVerdict(watched(still, still), 1_000, { seconds: 3600 }).message).to.match(/after 60 min$/);
  });

  it('is unknown, not quiet, after a counter vanished', () => {
    const vanished = watched(still, traffic([proxy('a', undefined), proxy('b', 7)]), still, still);
    expect(trafficVerdict(vanished, 3_000, 3).kind).to.equal('unknown');
    expect(trafficVerdict(vanished, 5_000, 3).kind).to.equal('quiet');
  });

  it('is unknown, not quiet, after a proxy began anew, went, came or did not answer', () => {
    const others: readonly SourceTraffic[] = [
      traffic([proxy('a', 1), proxy('b', 7)]),
      traffic([proxy('b', 7)]),
      traffic([proxy('a', 5), proxy('b', 7), proxy('c', 0)]),
      traffic([proxy('b', 7)], ['l5d pod a does not answer']),
    ];
    for (const other of others) {
      const verdict = trafficVerdict(watched(still, still, other), 4_000, 3);
      expect(verdict.kind, JSON.stringify(verdict)).to.equal('unknown');
      expect(verdict.message).to.contain("it can't be watched all the time");
    }
  });

  it('sees what a proxy served while it did not answer', () => {
    const log = watched(still, traffic([proxy('b', 7)], ['l5d pod a does not answer']), traffic([proxy('a', 9), proxy('b', 7)]));
    expect(trafficVerdict(log, 2_500, 3).kind).to.equal('used');
  });

  it('tells when each name was last seen moving, and nothing of those that were not', () => {
    const log = watched(
      traffic([proxy('a', 5, { hello: [3, 3], idle: [9, 9] }), proxy('b', 7)]),
      traffic([proxy('a', 6, { hello: [4, 4], idle: [9, 9] }), proxy('b', 7)]),
      traffic([proxy('a', 6, { hello: [4, 4], idle: [9, 9], fresh: [2, 2] }), proxy('b', 7)]),
    );
    expect([...log.moved]).to.deep.equal([['hello', 1_000]]);
  });

  it('names the calls that moved last, and uses the same words for some minutes however often they go on', () => {
    const look = (n: number, old: number): SourceTraffic =>
      traffic([proxy('a', n + old, { busy: [n, n], late: [n, n], old: [old, old], dead: [4, 4] })]);
    const since = 1_800_000;
    const first = [look(1, 1), look(2, 2), look(3, 2)].reduce<TrafficLog | undefined>(
      (log, seen, i) => follow(log, seen, since + i * 610_000),
      undefined,
    )!;
    const words = (log: TrafficLog, now: number): string => trafficVerdict(log, now, 3_600).message;
    const told = words(first, since + 1_221_000);
    expect(told).to.contain(
      'calls of busy (last seen moving after 1970-01-01T00:50Z), late (last seen moving after 1970-01-01T00:50Z), old (last seen moving after 1970-01-01T00:40Z)',
    );
    expect(told).not.to.contain('dead');
    const later = follow(first, look(9, 2), since + 1_300_000);
    expect(words(later, since + 1_300_000)).to.equal(told);
  });

  it('uses the same words as long as nothing happens', () => {
    const first = watched(still, still);
    expect(trafficVerdict(first, 1_000, 60)).to.deep.equal(trafficVerdict(follow(first, still, 9_000), 9_500, 60));
  });
});

describe('the baseline of a service', () => {
  const at = (a: [number, number] | undefined, b: [number, number]): SourceTraffic =>
    traffic([proxy('a', 0, a === undefined ? {} : { hello: a }), proxy('b', 0, { hello: b })]);
  const baseline = (...looks: readonly SourceTraffic[]): Counted | undefined =>
    baselineOf(countsByNamespace(watched(...looks)).get('shop') ?? [], { app: 'hello', tier: 'web' });

  it('is what grew, over all proxies, whatever was counted before', () => {
    expect(baseline(at([100, 0], [0, 0]), at([110, 9], [5, 5]))).to.deep.equal({ requests: 15, success: 14 });
  });

  it('leaves out the time in which a series vanished or began anew', () => {
    expect(baseline(at([10, 10], [0, 0]), at(undefined, [5, 5]), at([4, 0], [6, 6]), at([6, 1], [6, 6]))).to.deep.equal({
      requests: 8,
      success: 7,
    });
  });

  it('is unknown for pods that no counted Service selects', () => {
    const counts = countsByNamespace(watched(at([0, 0], [0, 0]), at([5, 5], [0, 0])));
    expect([...counts.keys()]).to.deep.equal(['shop']);
    expect(baselineOf(counts.get('shop') ?? [], { app: 'other' })).to.equal(undefined);
  });
});

describe('the longest pause of a CronJob', () => {
  const day = 86_400;
  for (const [schedule, seconds] of [
    ['* * * * *', 60],
    ['*/5 * * * *', 3_600],
    ['0 * * * *', 3_600],
    ['30 3 * * *', day],
    ['0 3 * * 1', 7 * day],
    ['0 3 1 * *', 31 * day],
    ['0 0 1 1 *', 366 * day],
    ['@daily', day],
    ['TZ=Europe/Berlin 0 3 * * *', day],
    ['__proto__', 366 * day],
  ] as const) {
    it(`${schedule} is at most ${seconds} s`, () => {
      expect(longestPause(schedule)).to.equal(seconds);
    });
  }
});
