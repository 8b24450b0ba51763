// Counters of names: the recorded pages in both forms, and pages that anybody could have written names into.

import { expect } from 'chai';
import { MAX_NAMES, readMetricsJson, readMetricsPrometheus } from '../../../src/mesh/linkerd1/reader/counters.ts';
import type { CountersReading } from '../../../src/mesh/linkerd1/reader/counters.ts';
import { recordedText } from '../../support/recordings.ts';

const names = (reading: CountersReading): unknown =>
  reading.ok ? Object.fromEntries(reading.routers.get('outgoing') ?? []) : reading;

describe('counters of logical names', () => {
  for (const state of ['03-success-only', '04-after-failures', '05-after-retries']) {
    it(`are the same in both recorded forms of ${state}`, () => {
      const json = readMetricsJson(recordedText(`linkerd1/fs/${state}.metrics.json`), ['outgoing']);
      const text = readMetricsPrometheus(recordedText(`linkerd1/fs/${state}.prometheus.txt`), ['outgoing']);
      expect(names(json)).to.be.an('object').and.to.have.property('svc/hello');
      expect(names(text)).to.deep.equal(names(json));
    });
  }

  it('take a name for a name, whatever it is called', () => {
    const long = 'x'.repeat(300 - 'svc/'.length);
    const page = {
      'rt/outgoing/service/svc/__proto__/requests': 1,
      'rt/outgoing/service/svc/constructor/requests': 2,
      'rt/outgoing/service/svc/requests/requests': 3,
      [`rt/outgoing/service/svc/${long}/requests`]: 4,
      [`rt/outgoing/service/svc/${long}y/requests`]: 5,
      'rt/outgoing/service/svc/text/requests': 'many',
      'rt/outgoing/service/svc/less/requests': -1,
    };
    const reading = readMetricsJson(JSON.stringify(page), ['outgoing']);
    if (!reading.ok) throw new Error(reading.why);
    const counted = [...(reading.routers.get('outgoing') ?? [])].map(([name, { requests }]) => [name, requests]);
    expect(counted).to.deep.equal([
      ['svc/__proto__', 1],
      ['svc/constructor', 2],
      ['svc/requests', 3],
      [`svc/${long}`, 4],
    ]);
    expect(reading.leftOut).to.equal(0);
    expect(({} as Record<string, unknown>)['requests']).to.equal(undefined);
  });

  it('are capped, with the number of those left out, on a page of 5 MB', () => {
    const page = Object.fromEntries(
      Array.from({ length: 70_000 }, (_n, i) => [`rt/outgoing/service/svc/host-${i}.example.org:80/requests`, i]),
    );
    const text = JSON.stringify(page);
    expect(text.length).to.be.above(4_000_000);
    const started = process.cpuUsage();
    const reading = readMetricsJson(text, ['outgoing']);
    // Well within the 3 s that an answer may take; processor time, since other tests may run beside this one.
    expect(process.cpuUsage(started).user / 1_000).to.be.below(1_500);
    expect(reading).to.deep.include({ ok: true, leftOut: 70_000 - MAX_NAMES });
  });

  it('are not looked for in a page of more parts than Linkerd 1 would write', () => {
    const refused = { ok: false, why: 'its metrics have more than 200000 parts' };
    for (const page of [`{${'"a":1,'.repeat(200_000)}"b":1}`, '['.repeat(1_000_000), '{"a":'.repeat(1_000_000)])
      expect(readMetricsJson(page, ['outgoing'])).to.deep.equal(refused);
  });

  it('that were answered are never displaced by a flood of names that were not', () => {
    const flood = Array.from({ length: 5_000 }, (_n, i) => [`rt/outgoing/service/svc/flood-${i}/requests`, 1_000 + i] as const);
    const real = [
      ['rt/outgoing/service/svc/hello/requests', 3],
      ['rt/outgoing/service/svc/hello/success', 3],
    ] as const;
    const reading = readMetricsJson(JSON.stringify(Object.fromEntries([...flood, ...real])), ['outgoing']);
    if (!reading.ok) throw new Error(reading.why);
    expect(reading.routers.get('outgoing')?.get('svc/hello')).to.deep.equal({ requests: 3, success: 3, failures: 0 });
    expect(reading.routers.get('outgoing')?.size).to.equal(MAX_NAMES);
    expect([reading.leftOut, reading.answeredLeftOut]).to.deep.equal([5_001 - MAX_NAMES, 0]);
  });

  it('that were answered and are left out even so are counted', () => {
    const flood = Array.from({ length: MAX_NAMES + 5 }, (_n, i) => [`rt/outgoing/service/svc/host-${i}`, i + 1] as const);
    const page = flood.flatMap(([path, n]) => [[`${path}/requests`, n] as const, [`${path}/success`, n] as const]);
    const reading = readMetricsJson(JSON.stringify(Object.fromEntries(page)), ['outgoing']);
    expect(reading).to.deep.include({ ok: true, leftOut: 5, answeredLeftOut: 5 });
    expect(reading.ok && reading.routers.get('outgoing')?.has('svc/host-0')).to.equal(false);
  });
});
