/**
 * The proxies' stand-in against every recorded state of real proxies (test/recordings/linkerd2/proxy-metrics).
 */
import { expect } from 'chai';
import { nameOf, parseExposition, printExposition, samplesOf } from '../support/exposition.ts';
import type { Family } from '../support/exposition.ts';
import { batchSize, familiesAfter, noBatches } from '../support/linkerd2/growth.ts';
import { recordedNames, recordedText } from '../support/recordings.ts';

const folder = 'linkerd2/proxy-metrics';
const states = recordedNames(folder).filter((name) => /^\d\d-/.test(name));
const sides = ['client', 'server'] as const;
const recorded = (path: string): Family[] => parseExposition(recordedText(`${folder}/${path}.metrics.txt`));

/** Not compared between two states: what the kubelet's probes, the scrapes and the passing of time add. */
const bystander = (id: string): boolean =>
  id.includes('port="4191"') || /^(process|tokio|control|rustls|proxy_build)_/.test(nameOf(id));

function traffic(families: Family[]): Map<string, number> {
  const samples = [...samplesOf(families).values()].filter(({ id }) => !bystander(id));
  return new Map(samples.map(({ id, raw }) => [id, Number(raw)]));
}

function expectSame(actual: Map<string, number>, expected: Map<string, number>): void {
  expect([...actual.keys()].sort()).to.deep.equal([...expected.keys()].sort());
  for (const [id, value] of expected) expect(actual.get(id), id).to.be.closeTo(value, 1e-6);
}

describe("the proxies' metrics in the stand-in", () => {
  for (const state of states) {
    for (const side of sides) {
      it(`${state}/${side}: reading and printing changes not a byte`, () => {
        const text = recordedText(`${folder}/${state}/${side}.metrics.txt`);
        expect(printExposition(parseExposition(text))).to.equal(text);
      });
    }
  }

  it('without traffic they are the recorded idle state', () => {
    expectSame(traffic(familiesAfter(noBatches)), traffic(recorded('00-idle/server')));
  });

  it('after one batch of answered calls they are the recorded state 01', () => {
    expectSame(traffic(familiesAfter({ ...noBatches, success: 1 })), traffic(recorded('01-http-200/server')));
  });

  it('after one more batch with 5xx and 404 they are the recorded state 02, families in the recorded order', () => {
    const families = familiesAfter({ ...noBatches, probes: 1, success: 1, failure: 1 });
    const expected = recorded('02-http-5xx-404/server');
    expectSame(traffic(families), traffic(expected));
    expect(families.map(({ comment }) => comment)).to.deep.equal(expected.map(({ comment }) => comment));
  });

  it('connections to a port that no Service defines show as in the recorded state 03', () => {
    const resets = (families: Family[]): [string, number][] =>
      [...traffic(families)].filter(([id]) => id.includes('undefined-port')).sort();
    const seen = resets(familiesAfter({ ...noBatches, resets: 1 }));
    expect(seen).to.deep.equal(resets(recorded('03-unreachable/client')));
    expect(seen.filter(([id]) => id.includes('error="forbidden"')).map(([, value]) => value)).to.deep.equal([3]);
  });

  it('calls that find no connection show as in the recorded state 03', () => {
    const errors = (families: Family[]): [string, number][] =>
      [...traffic(families)].filter(([id]) => nameOf(id) === 'outbound_http_errors_total').sort();
    const seen = errors(familiesAfter({ ...noBatches, unconnected: 1 }));
    expect(seen).to.deep.equal(errors(recorded('03-unreachable/client')));
    expect(sum(new Map(seen), 'outbound_http_errors_total')).to.equal(batchSize.unconnected);
  });

  it('calls that a policy refuses show as in the recorded state 08', () => {
    const refused = (families: Family[]): [string, number][] =>
      [...traffic(families)].filter(([id]) => id.includes('authz_deny')).sort();
    const seen = refused(familiesAfter({ ...noBatches, refused: 1 }));
    expect(seen).to.deep.equal(refused(recorded('08-policy-deny-nonprobe/server')));
    expect(sum(new Map(seen), 'inbound_http_authz_deny_total')).to.equal(batchSize.refused);
    expect(refused(familiesAfter(noBatches))).to.deep.equal([]);
  });

  it('sessions that are no HTTP show as in the recorded state 04', () => {
    const opaque = (families: Family[]): [string, number][] =>
      [...traffic(families)].filter(([id]) => id.includes('target_port="3306"')).sort();
    const seen = opaque(familiesAfter({ ...noBatches, sessions: 1 }));
    expect(seen).to.deep.equal(opaque(recorded('04-opaque-tcp-mtls/server')));
    expect(sum(new Map(seen), 'inbound_tcp_authz_allow_total')).to.equal(batchSize.sessions);
  });

  it('probes grow only series of port 4191', () => {
    const [idle, probed] = [familiesAfter(noBatches), familiesAfter({ ...noBatches, probes: 3 })].map(samplesOf);
    const changed = [...probed!].filter(([id, { raw }]) => idle!.get(id)?.raw !== raw).map(([id]) => id);
    expect(changed).not.to.be.empty;
    expect(changed.filter((id) => !id.includes('port="4191"'))).to.deep.equal([]);
  });

  it('stuck calls are counted as requests and never as responses', () => {
    const before = traffic(familiesAfter(noBatches));
    const after = traffic(familiesAfter({ ...noBatches, stuck: 2 }));
    const grown = (name: string): number => sum(after, name) - sum(before, name);
    expect(grown('request_total')).to.equal(2 * batchSize.stuck);
    expect(grown('response_total')).to.equal(0);
    expect(grown('inbound_http_statuses_total')).to.equal(0);
  });

  it('one batch holds as many answers as the stand-in says', () => {
    const answers = (batches: typeof noBatches): number => sum(traffic(familiesAfter(batches)), 'response_total');
    const idle = answers(noBatches);
    expect(answers({ ...noBatches, success: 1 }) - idle).to.equal(batchSize.success);
    expect(answers({ ...noBatches, failure: 1 }) - idle).to.equal(batchSize.failure);
  });
});

function sum(samples: Map<string, number>, name: string): number {
  return [...samples].filter(([id]) => nameOf(id) === name).reduce((total, [, value]) => total + value, 0);
}
