// Reading a running Linkerd 1 over real sockets, in every state in which it may be found.

import { expect } from 'chai';
import type { L5dReading } from '../../../src/mesh/linkerd1/reader/l5d.ts';
import { readL5d } from '../../../src/mesh/linkerd1/reader/l5d.ts';
import { pagesWith, usualConfig, withPods } from './l5d-pods.ts';
import type { Pages } from './l5d-pods.ts';

const read = (pods: readonly Pages[], timeoutMs = 400): Promise<L5dReading | string> =>
  withPods(pods, (io, spec) => readL5d(spec, io, timeoutMs));

async function reading(pods: readonly Pages[], timeoutMs?: number): Promise<L5dReading> {
  const found = await read(pods, timeoutMs);
  if (typeof found === 'string') throw new Error(found);
  return found;
}

const countsOf = ({ routers }: L5dReading): Record<string, number> =>
  Object.fromEntries([...(routers[0]?.counters ?? [])].map(([name, { requests }]) => [name, requests]));

describe('reading a running Linkerd 1', () => {
  it('sums the counters of all pods', async () => {
    const found = await reading([pagesWith({ hello: 3 }), pagesWith({ hello: 4, world: 1 })]);
    expect(countsOf(found)).to.deep.equal({ 'svc/hello': 7, 'svc/world': 1 });
    expect(found.problems).to.deep.equal([]);
  });

  it('waits one deadline for all dead pods together, and tells which they are', async () => {
    const dead: Pages = { '/config.json': () => undefined, '/admin/metrics.json': () => undefined };
    const started = performance.now();
    const found = await reading([dead, pagesWith({ hello: 3 }), dead, dead], 300);
    expect(performance.now() - started).to.be.within(280, 5_000);
    expect(countsOf(found)).to.deep.equal({ 'svc/hello': 3 });
    expect(found.problems).to.have.length(3);
    expect(found.problems[0]).to.equal('l5d pod l5d-system/l5d-0: /config.json does not answer: no whole answer within 0.3 s');
  });

  it('waits one deadline for a pod that tells its configuration and nothing more', async () => {
    const config = { ...usualConfig, telemetry: [{ kind: 'io.l5d.prometheus' }] };
    const half = {
      ...pagesWith({}, config),
      '/admin/metrics.json': () => undefined,
      '/admin/metrics/prometheus': () => undefined,
    };
    const started = performance.now();
    const found = await reading([half, pagesWith({ hello: 3 }, config)], 1_000);
    expect(performance.now() - started).to.be.within(980, 1_900);
    expect(found.problems).to.have.length(1);
  });

  it('takes neither one byte at a time nor a lying length for an answer', async () => {
    const slow: Pages = {
      ...pagesWith({ hello: 1 }),
      '/admin/metrics.json': (_request, response) => {
        const timer = setInterval(() => response.write('{'), 20);
        response.on('close', () => clearInterval(timer));
      },
    };
    const lying: Pages = {
      ...pagesWith({ hello: 1 }),
      '/admin/metrics.json': (_request, response) =>
        response
          .writeHead(200, { 'content-length': 500 })
          .write('{"rt/outgoing/service/svc/x/requests":9}', () => response.destroy()),
    };
    const found = await reading([slow, lying, pagesWith({ hello: 5 })], 300);
    expect(countsOf(found)).to.deep.equal({ 'svc/hello': 5 });
    expect(found.problems.map((problem) => problem.slice(0, 50))).to.deep.equal([
      'l5d pod l5d-system/l5d-0: /admin/metrics.json does',
      'l5d pod l5d-system/l5d-1: /admin/metrics.json does',
    ]);
  });

  it('reads the Prometheus form under the telemeter’s own path and prefix where the JSON form is hidden', async () => {
    const config = { ...usualConfig, telemetry: [{ kind: 'io.l5d.prometheus', path: '/metrics', prefix: 'l5d_' }] };
    const text = [
      'l5d_rt:service:requests{rt="outgoing", service="svc/hello"} 12',
      'l5d_rt:service:failures{rt="outgoing", service="svc/hello", exception="x"} 2',
      'l5d_rt:service:requests{rt="other", service="svc/hello"} 99',
      'rt:service:requests{rt="outgoing", service="svc/unprefixed"} 1',
    ].join('\n');
    const found = await reading([{ '/config.json': JSON.stringify(config), '/metrics': text }]);
    expect(countsOf(found)).to.deep.equal({ 'svc/hello': 12 });
  });

  it('says which page is hidden', async () => {
    expect(await read([{ '/config.json': JSON.stringify(usualConfig) }])).to.equal(
      'no l5d pod tells its counters, so names in use are unknown: l5d pod l5d-system/l5d-0: /admin/metrics.json is hidden (404); look at admin.security in its configuration',
    );
    expect(await read([{}]))
      .to.contain('no l5d pod tells its configuration')
      .and.to.contain('/config.json is hidden (404)');
  });

  it('does not choose between pods that run different configurations', async () => {
    const other = { ...usualConfig, routers: [{ ...usualConfig.routers[0], dtab: '/svc => /#/io.l5d.k8s/shop/http' }] };
    expect(await read([pagesWith({}), pagesWith({}, other)])).to.contain('l5d pods run different configurations');
  });

  it('says so when no router listens where applications call', async () => {
    const moved = { ...usualConfig, routers: [{ ...usualConfig.routers[0], servers: [{ port: 5140 }] }] };
    expect(await read([pagesWith({}, moved)])).to.equal(
      'no router of Linkerd 1 listens on 4140; set spec.source.linkerd1.proxyPorts',
    );
  });

  it('takes bytes that are no UTF-8 for no answer, in names as well', async () => {
    const bytes = Buffer.from([0xff, 0xfe, 0x00, 0x80, 0xc3, 0x28]);
    const raw =
      (...parts: readonly (string | Buffer)[]): Pages[string] =>
      (_request, response) =>
        void response.end(Buffer.concat(parts.map((part) => Buffer.from(part))));
    expect(await read([{ ...pagesWith({}), '/config.json': raw(bytes) }])).to.contain("/config.json can't be read");
    expect(await read([{ ...pagesWith({}), '/admin/metrics.json': raw(bytes) }])).to.contain('its metrics are no JSON');
    const named = raw(
      '{"rt/outgoing/service/svc/',
      bytes.subarray(0, 2),
      '/requests":3,"rt/outgoing/service/svc/hello/requests":4}',
    );
    expect(countsOf(await reading([{ ...pagesWith({}), '/admin/metrics.json': named }]))).to.deep.equal({
      'svc/\ufffd\ufffd': 3,
      'svc/hello': 4,
    });
  });

  it('answers garbage with a sentence', async () => {
    const binary = Buffer.from([0xff, 0xfe, 0x00, 0x80]).toString('latin1');
    for (const config of [binary, '', '{"routers": [', '[]', 'null']) {
      expect(await read([{ ...pagesWith({}), '/config.json': config }]), config)
        .to.be.a('string')
        .and.to.contain('/config.json');
    }
    for (const metrics of [binary, '', '[1]', 'null', '{"rt/outgoing']) {
      expect(await read([{ ...pagesWith({}), '/admin/metrics.json': metrics }]), metrics)
        .to.be.a('string')
        .and.to.contain('metrics');
    }
  });
});

describe('where the dtab is kept elsewhere', () => {
  const withNamerd = {
    ...usualConfig,
    routers: [
      {
        ...usualConfig.routers[0],
        dtab: '',
        interpreter: { kind: 'io.l5d.namerd', dst: '/$/inet/namerd/4100', namespace: 'prod' },
      },
    ],
  };

  it('it is read from namerd’s HTTP API', async () => {
    const pages = { ...pagesWith({}, withNamerd), '/api/1/dtabs/prod': '[{"prefix":"/svc","dst":"/#/io.l5d.k8s/default/http"}]' };
    const found = await withPods([pages], (io, spec) => {
      const linkerd1 = { ...spec.source.linkerd1, namerd: `http://127.0.0.2:${spec.source.linkerd1?.adminPort ?? 0}` };
      return readL5d({ ...spec, source: { ...spec.source, linkerd1 } }, io, 400);
    });
    expect(typeof found === 'string' ? found : found.routers[0]?.dtab).to.equal('/svc => /#/io.l5d.k8s/default/http');
  });

  it('it is read from the DTab object of that name', async () => {
    const dtabs = [{ metadata: { name: 'prod', namespace: 'namerd' }, dentries: [{ prefix: '/svc', dst: '/x' }] }];
    const found = await withPods([pagesWith({}, withNamerd)], (io, spec) => readL5d(spec, io, 400), { dtabs });
    expect(typeof found === 'string' ? found : found.routers[0]?.dtab).to.equal('/svc => /x');
  });

  it('it is unknown, with what is missing, where it can’t be read', async () => {
    expect(await read([pagesWith({}, withNamerd)])).to.equal(
      'router outgoing: 0 DTab objects are called prod; set spec.source.linkerd1.namerd',
    );
  });
});
