// What the proxy's admin port says, read from recorded pages. What can't be read is never taken for zero trouble.

import { expect } from 'chai';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ProxyReading } from '../../../src/core/observation.ts';
import type { LivePod } from '../../../src/mesh/adapter.ts';
import { adapters } from '../../../src/mesh/registry.ts';

const folder = join(import.meta.dirname, '../../recordings/linkerd2');
const page = (state: string, side: 'client' | 'server'): string =>
  readFileSync(join(folder, 'proxy-metrics', state, `${side}.metrics.txt`), 'utf8');
const ready = { status: 200, body: 'ready\n' };

const { probe } = adapters.Linkerd2;
if (probe === undefined) throw new Error('Linkerd 2 has a proxy that can be asked');
const read = (answer: { status: number; body: string }, metrics: string): ProxyReading =>
  probe.read(answer, metrics, { port: 4191, pod: {} });
const reasonOf = (reading: ProxyReading): string => (reading.kind === 'unreachable' ? reading.reason : 'answered');

interface Row {
  state: string;
  side: 'client' | 'server';
  numbers: readonly [success: number, failure: number, hanging: number, resets: number, errors: number];
  /** Responses to calls of it: all of a server's but its sessions of another protocol. */
  served?: { requests: number; success: number };
}

// Counted by hand from the notes and pages of the recordings; the kubelet's probes and the admin port are left out.
const rows: readonly Row[] = [
  { state: '00-idle', side: 'client', numbers: [0, 0, 0, 0, 0] },
  { state: '00-idle', side: 'server', numbers: [0, 0, 0, 0, 0] },
  { state: '01-http-200', side: 'client', numbers: [23, 0, 0, 0, 0] },
  { state: '01-http-200', side: 'server', numbers: [23, 0, 0, 0, 0], served: { requests: 23, success: 23 } },
  { state: '02-http-5xx-404', side: 'client', numbers: [28, 10, 0, 0, 0] },
  { state: '02-http-5xx-404', side: 'server', numbers: [28, 10, 0, 0, 0], served: { requests: 38, success: 28 } },
  { state: '03-unreachable', side: 'client', numbers: [28, 21, 0, 3, 3] },
  { state: '04-opaque-tcp-mtls', side: 'server', numbers: [31, 16, 0, 0, 0], served: { requests: 44, success: 28 } },
  { state: '04-opaque-tcp-mtls', side: 'client', numbers: [31, 21, 0, 3, 3] },
  { state: '10-httproute', side: 'client', numbers: [44, 120, 2, 3, 14] },
];

describe("the admin port of Linkerd 2's proxy", () => {
  for (const { state, side, numbers, served = { requests: 0, success: 0 } } of rows) {
    it(`in the recorded state ${state} of the ${side}: ${numbers.join(', ')}`, () => {
      const [success, failure, hanging, undefinedPortResets, connectionErrors] = numbers;
      expect(read(ready, page(state, side))).to.deep.equal({
        kind: 'answered',
        ready: true,
        success,
        failure,
        served,
        hanging,
        undefinedPortResets,
        connectionErrors,
        refusedCalls: 0,
      });
    });
  }

  it('says that it is not ready', () => {
    expect(read({ status: 503, body: 'not ready\n' }, page('00-idle', 'client'))).to.deep.include({
      kind: 'answered',
      ready: false,
    });
    expect(read({ status: 503, body: 'not ready\n' }, '')).to.deep.include({ kind: 'answered', ready: false });
  });

  it('another answer on the ready path is no answer of a proxy', () => {
    for (const answer of [
      { status: 404, body: '' },
      { status: 200, body: 'ok' },
      { status: 500, body: 'ready' },
    ])
      expect(reasonOf(read(answer, page('00-idle', 'client')))).to.contain('neither ready nor not ready');
  });

  it('a page that was cut within a line can not be used', () => {
    const whole = page('02-http-5xx-404', 'client');
    const ends = Array.from({ length: Math.floor(whole.length / 997) }, (_, i) => i * 997).filter(
      (end) => whole[end - 1] !== '\n',
    );
    for (const end of ends) expect(reasonOf(read(ready, whole.slice(0, end)))).to.contain('cut');
  });

  it('a page of an older proxy, which does not end with # EOF, can be used', () => {
    const whole = page('01-http-200', 'client');
    expect(read(ready, whole.replace(/# EOF\n?$/, ''))).to.deep.equal(read(ready, whole));
  });

  it('is where the injected container says, moved by annotation or installation, and its calls count for nothing there either', () => {
    const proxy = (ports: readonly object[]): LivePod =>
      ({ spec: { containers: [{ name: 'app' }], initContainers: [{ name: 'linkerd-proxy', ports }] } }) as unknown as LivePod;
    const moved = probe.portOf(
      proxy([
        { name: 'linkerd-proxy', containerPort: 4143 },
        { name: 'linkerd-admin', containerPort: 9191 },
      ]),
    );
    const text = page('00-idle', 'server').replaceAll('target_port="4191"', 'target_port="9191"');

    expect([moved, probe.portOf(proxy([])), probe.portOf({ spec: { containers: [{ name: 'app' }] } })]).to.deep.equal([
      9191,
      4191,
      undefined,
    ]);
    expect(probe.read(ready, text, { port: 9191, pod: {} })).to.deep.equal(read(ready, page('00-idle', 'server')));
  });

  it('a page without its families can not be used', () => {
    const without = (family: string): string =>
      page('01-http-200', 'client')
        .split('\n')
        .filter((line) => !line.startsWith(family))
        .join('\n');
    expect(reasonOf(read(ready, without('response_total')))).to.equal('the metrics page has no response_total');
    expect(reasonOf(read(ready, without('request_total')))).to.equal('the metrics page has no request_total');
    expect(reasonOf(read(ready, '# EOF\n'))).to.equal('the metrics page has no request_total');
  });

  it('a counter that is no number can not be used', () => {
    const odd = ['NaN', '-1', 'x', ''].map((value) =>
      page('00-idle', 'client').replace(/^(request_total\{.*\}) \d+$/m, `$1 ${value}`),
    );
    for (const text of odd) expect(reasonOf(read(ready, text))).to.contain('unreadable line of request_total');
  });

  it('requests without a response hang, whatever else succeeded', () => {
    const hanging = page('00-idle', 'client').replace('# EOF', 'request_total{direction="outbound",target_port="80"} 7\n# EOF');
    expect(read(ready, hanging)).to.deep.include({ hanging: 7, success: 0, failure: 0 });
  });

  const withLines = (...lines: string[]): ProxyReading =>
    read(ready, page('00-idle', 'server').replace('# EOF', `${lines.join('\n')}\n# EOF`));
  const accepted = (tls: string, count: number): string =>
    `inbound_tcp_authz_allow_total{target_port="3306",tls="${tls}"} ${count}`;
  const sent = (tls: string, bytes: number): string =>
    `tcp_write_bytes_total{direction="inbound",peer="src",target_port="3306",tls="${tls}"} ${bytes}`;

  it('sessions of a protocol that is no HTTP count as answered where bytes came back to a caller of the mesh', () => {
    expect(withLines(accepted('true', 30), sent('true', 11))).to.deep.include({ success: 30, failure: 0 });
  });

  it('a session that was only accepted is no evidence, and neither is one of the kubelet', () => {
    expect(withLines(accepted('true', 30), sent('true', 0))).to.deep.include({ success: 0, failure: 0 });
    expect(withLines(accepted('no_identity', 30), sent('no_identity', 11))).to.deep.include({ success: 0, failure: 0 });
  });

  it('sessions that an error ended have failed, in both directions', () => {
    const closed = 'tcp_close_total{direction="inbound",peer="src",target_port="3306",tls="true",errno="ECONNRESET"} 4';
    const out = [
      'outbound_tcp_route_open_total{route_name="opaq",target_port="5432"} 9',
      'outbound_tcp_route_close_total{route_name="opaq",target_port="5432",error="unexpected"} 2',
      'tcp_write_bytes_total{direction="outbound",peer="src",target_port="5432"} 70',
    ];
    expect(withLines(accepted('true', 30), sent('true', 11), closed)).to.deep.include({ success: 26, failure: 4 });
    expect(withLines(...out)).to.deep.include({ success: 7, failure: 2 });
  });

  const denied = (family: 'http' | 'tcp', labels: string, count = 1): string =>
    `inbound_${family}_authz_deny_total{target_port="8080",tls="no_identity",${labels}} ${count}`;

  it('calls that a policy refuses for want of an identity are told, although they are among no responses', () => {
    expect(read(ready, page('08-policy-deny-nonprobe', 'server'))).to.deep.include({ refusedCalls: 3 });
    expect(withLines(denied('http', 'route_name="default"', 2), denied('tcp', 'srv_name="db"'))).to.deep.include({
      refusedCalls: 3,
      failure: 0,
    });
  });

  it('of refused calls those of the kubelet, of the admin port and of callers in the mesh are left out', () => {
    const others = [
      denied('http', 'route_name="probe"'),
      'inbound_http_authz_deny_total{target_port="4191",tls="no_identity",route_name="default"} 5',
      'inbound_http_authz_deny_total{target_port="8080",tls="true",route_name="default"} 5',
      'inbound_tcp_authz_deny_total{target_port="8080",tls="true"} 5',
    ];
    expect(withLines(...others)).to.deep.include({ refusedCalls: 0 });
    const pod: LivePod = { spec: { containers: [{ name: 'db', tcpProbed: [8080] }] } };
    const text = page('00-idle', 'server').replace('# EOF', `${denied('tcp', 'srv_name="db"', 9)}\n# EOF`);
    expect(probe.read(ready, text, { port: 4191, pod })).to.deep.include({ refusedCalls: 0 });
  });

  it('keeps the lines that tell of refused calls', () => {
    const kept = page('08-policy-deny-nonprobe', 'server')
      .split('\n')
      .filter((line) => probe.keeps(line));
    expect(read(ready, kept.join('\n'))).to.deep.equal(read(ready, page('08-policy-deny-nonprobe', 'server')));
  });

  it('labels may hold anything', () => {
    const line = 'response_total{direction="outbound",authority="a\\"},{b\\\\",classification="failure"} 5';
    expect(read(ready, page('00-idle', 'client').replace('# EOF', `${line}\n# EOF`))).to.deep.include({ failure: 5 });
  });
});
