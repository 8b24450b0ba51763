// Metrics pages as anybody could have written them: read in time that grows with their length, and refused beyond their limits.
import { expect } from 'chai';
import { MAX_LINES, scanMetrics } from '../../../src/mesh/metrics-text.ts';
import { adapters } from '../../../src/mesh/registry.ts';

const wanted = { families: new Set(['request_total']), labels: new Set(['tls', 'peer']) };

function scan(text: string): unknown {
  const samples: [string, Record<string, string>, number][] = [];
  const refused = scanMetrics(text, wanted, ({ name, labels, value }) => samples.push([name, Object.fromEntries(labels), value]));
  return refused ?? samples;
}

describe('metrics text', () => {
  it('gives wanted samples with wanted labels, whatever stands in the values', () => {
    const page = [
      '# HELP request_total Requests',
      'request_total 3',
      'request_total{tls="true",route="a\\"} 9 {",peer="s\\\\r\\nc",} 4 1700000000',
      'request_total{ rt="x", tls="" }\t5e1',
      'request_totals{tls="true"} 7',
      'other{tls="true"} NaN',
      '',
    ];
    const expected = [
      ['request_total', {}, 3],
      ['request_total', { tls: 'true', peer: 's\\r\nc' }, 4],
      ['request_total', { tls: '' }, 50],
    ];
    expect(scan(page.join('\n'))).to.deep.equal(expected);
    expect(scan(page.join('\r\n'))).to.deep.equal(expected);
  });

  for (const rest of [
    '{tls="true" 1',
    '{tls="true"',
    '{tls=true} 1',
    '{tls="a"peer="b"} 1',
    '{tls="a\\"} 1',
    '',
    ' ',
    '{}1',
    ' -1',
    ' NaN',
    ' +Inf',
  ]) {
    it(`refuses a page with the line request_total${rest}`, () => {
      expect(scan(`request_total${rest}\nrequest_total 1\n`)).to.equal(
        'the metrics page has an unreadable line of request_total',
      );
    });
  }

  const long = 1_000_000;
  const hostile = {
    'a name of a label without an end': `request_total{${'x'.repeat(long)}} 1`,
    'names of labels without values': `request_total{${'a,'.repeat(long / 2)}} 1`,
    'a value without an end': `request_total{tls="${'\\"'.repeat(long / 2)}`,
    'many labels': `request_total{${'a="",'.repeat(long / 5)}} 1`,
    'many blanks': `request_total${' '.repeat(long)}`,
    'a name without an end': 'request_total'.repeat(long / 13),
  };
  for (const [what, line] of Object.entries(hostile)) {
    it(`reads ${what} in no time`, () => {
      const started = process.cpuUsage();
      scan(`${line}\n`);
      const { user } = process.cpuUsage(started);
      expect(user / 1_000, 'milliseconds').to.be.below(1_000);
    });
  }

  it('refuses more lines than any proxy has', () => {
    const refused = `the metrics page has more than ${MAX_LINES} lines`;
    expect(scan('request_total 1\n'.repeat(MAX_LINES))).to.have.length(MAX_LINES);
    expect(scan('request_total 1\n'.repeat(MAX_LINES + 1))).to.equal(refused);
    expect(scan('\n'.repeat(MAX_LINES + 1))).to.equal(refused);
  });

  it('of a Linkerd 2 proxy that was refused is never good news', () => {
    const page = `${'request_total 1\nresponse_total 1\n'.repeat(MAX_LINES)}# EOF\n`;
    expect(adapters.Linkerd2.probe?.read({ status: 200, body: 'ready' }, page, { port: 4191, pod: {} })).to.have.property(
      'kind',
      'unreachable',
    );
  });
});
