/**
 * Linkerd 1's stand-in against what the real one answered (test/recordings/linkerd1), over HTTP, and each fault by its effect.
 */
import { get } from 'node:http';
import { expect } from 'chai';
import { parse } from 'yaml';
import { exceptions, metricsAfter } from '../support/linkerd1/counters.ts';
import type { NameCount } from '../support/linkerd1/counters.ts';
import { recordedQueries, recordedRefusals } from '../support/linkerd1/delegations.ts';
import type { Linkerd1Admin } from '../support/linkerd1/install.ts';
import { serveLinkerd1 } from '../support/linkerd1/install.ts';
import { linkerd1Manifests } from '../support/linkerd1/manifests.ts';
import { parseMetricsJson, printMetricsJson, printPrometheus } from '../support/linkerd1/metrics.ts';
import { directoryOf, recordedServerPod } from '../support/proxied-pod.ts';
import { recordedJson, recordedText } from '../support/recordings.ts';

const both = ['01-idle', '03-success-only', '04-after-failures', '05-after-retries'];
const jsonOnly = ['k8s/after'];
const ids = (text: string): string[] =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => line.slice(0, line.lastIndexOf(' ')));

describe("Linkerd 1's metrics in the stand-in", () => {
  for (const state of [...both.map((name) => `fs/${name}`), ...jsonOnly]) {
    it(`${state}: reading and printing the JSON form changes not a byte`, () => {
      const text = recordedText(`linkerd1/${state}.metrics.json`);
      expect(printMetricsJson(parseMetricsJson(text))).to.equal(text.trimEnd());
    });
  }

  // In state 05 a minute ended between the two recordings, so the histograms are other ones.
  for (const state of both.filter((name) => name !== '05-after-retries')) {
    it(`${state}: the Prometheus form made from the JSON form has the recorded names and labels, in the recorded order`, () => {
      const made = printPrometheus(parseMetricsJson(recordedText(`linkerd1/fs/${state}.metrics.json`)));
      expect(ids(made).sort()).to.deep.equal(ids(recordedText(`linkerd1/fs/${state}.prometheus.txt`)).sort());
    });
  }

  it('05-after-retries: the Prometheus form has the recorded counters and gauges', () => {
    const flat = (text: string): string[] =>
      ids(text)
        .filter((id) => !/_(count|sum|avg)(\{|$)|quantile=/.test(id))
        .sort();
    const made = printPrometheus(parseMetricsJson(recordedText('linkerd1/fs/05-after-retries.metrics.json')));
    expect(flat(made)).to.deep.equal(flat(recordedText('linkerd1/fs/05-after-retries.prometheus.txt')));
  });

  const hello: NameCount = {
    router: 'outgoing',
    name: 'hello',
    client: '#/io.l5d.fs/hello',
    requests: 100,
    failures: 0,
    exception: exceptions.response,
    windowed: true,
  };
  const block = (metrics: ReadonlyMap<string, string>, prefix: string): [string, string][] =>
    [...metrics].filter(([path]) => path.startsWith(prefix));

  it('no calls: the recorded idle state', () => {
    const idle = recordedText('linkerd1/fs/01-idle.metrics.json').replaceAll('server/127.0.0.1/', 'server/0.0.0.0/');
    expect(printMetricsJson(metricsAfter([]))).to.equal(idle.trimEnd());
  });

  it('100 calls to a name: its service and its client are the recorded state 03', () => {
    const recorded = parseMetricsJson(recordedText('linkerd1/fs/03-success-only.metrics.json'));
    const made = metricsAfter([hello]);
    for (const prefix of ['rt/outgoing/service/svc/hello/', 'rt/outgoing/client/#/io.l5d.fs/hello/']) {
      expect(block(made, prefix).sort()).to.deep.equal(block(recorded, prefix).sort());
    }
  });

  it('failed calls and unroutable names count as in the recorded state 04', () => {
    const recorded = parseMetricsJson(recordedText('linkerd1/fs/04-after-failures.metrics.json'));
    const bad = { ...hello, name: 'bad', client: '#/io.l5d.fs/bad', requests: 21, failures: 21, windowed: false };
    const unknown = {
      ...bad,
      name: 'unknownname',
      client: undefined,
      requests: 10,
      failures: 10,
      exception: exceptions.unroutable,
    };
    const made = metricsAfter([bad, unknown]);
    for (const path of ['requests', 'success', 'failures', `failures/${exceptions.response}`]) {
      expect(made.get(`rt/outgoing/service/svc/bad/${path}`), path).to.equal(recorded.get(`rt/outgoing/service/svc/bad/${path}`));
    }
    const unroutable = `rt/outgoing/service/svc/unknownname/failures/${exceptions.unroutable}`;
    expect(made.get(unroutable)).to.equal(recorded.get(unroutable)).and.to.equal('10');
    expect(block(made, 'rt/outgoing/client/').filter(([path]) => path.includes('unknownname'))).to.deep.equal([]);
  });
});

interface Ask {
  readonly method?: string;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

describe("Linkerd 1's admin port in the stand-in", () => {
  let now = 0;
  let admin: Linkerd1Admin;
  const ask = (path: string, init: Ask = {}): Promise<Response> =>
    fetch(`http://127.0.0.1:${admin.port}${path}`, { ...init, headers: { connection: 'close', ...init.headers } });
  const text = async (path: string): Promise<string> => (await ask(path)).text();
  const requests = async (name: string): Promise<string | undefined> =>
    parseMetricsJson(await text('/admin/metrics.json')).get(`rt/outgoing/service/svc/${name}/requests`);

  beforeEach(async () => {
    now = 1_000_000;
    const pod = recordedServerPod({ name: 'l5d-1', labels: { app: 'l5d' } });
    admin = await serveLinkerd1(directoryOf(pod), ({ metadata }) => metadata.labels?.['app'] === 'l5d', {
      port: 0,
      clock: () => now,
    });
  });
  afterEach(() => admin.close());

  for (const state of [...both.map((name) => `fs/${name}`), ...jsonOnly]) {
    it(`${state}: serves the recorded answers byte by byte`, async () => {
      admin.serve({ recorded: state });
      expect(await text('/admin/metrics.json')).to.equal(recordedText(`linkerd1/${state}.metrics.json`));
      if (!jsonOnly.includes(state)) {
        expect(await text('/admin/metrics/prometheus')).to.equal(recordedText(`linkerd1/${state}.prometheus.txt`));
      }
    });
  }

  it('pings, shows its configuration and, with the Kubernetes namer, no bound name', async () => {
    expect(await text('/admin/ping')).to.equal('pong');
    expect(JSON.parse(await text('/config.json'))).to.deep.equal(recordedJson('linkerd1/k8s/config.json'));
    expect(JSON.parse(await text('/bound-names.json'))).to.deep.equal(['']);
    admin.serve({ boundNames: recordedJson('linkerd1/fs/bound-names.json') as string[] });
    expect(await text('/bound-names.json')).to.equal(recordedText('linkerd1/fs/bound-names.json').trimEnd());
    expect((await ask('/namer_state')).status).to.equal(404);
  });

  for (const [index, query] of recordedQueries().entries()) {
    it(`delegator query ${index}: ${query.namespace} ${query.path} is answered as recorded`, async () => {
      const { namespace, dtab, path } = query;
      const got = await ask(`/delegator.json?${new URLSearchParams({ namespace, dtab, path }).toString()}`);
      const body = await got.text();
      expect(got.status).to.equal(query.status);
      expect(typeof query.body === 'string' ? body : JSON.parse(body)).to.deep.equal(query.body);
    });
  }

  for (const { name, status, body } of recordedRefusals()) {
    it(`delegator request "${name}" is answered as recorded`, async () => {
      const [, posted] = /^POST \w+ \| (.*)$/.exec(name) ?? [];
      const post = { method: 'POST', body: posted ?? '', headers: { 'content-type': 'application/json' } };
      const got = await ask('/delegator.json', posted ? post : name === 'PUT' ? { method: 'PUT' } : {});
      const answer = await got.text();
      expect(got.status).to.equal(status);
      expect(typeof body === 'string' ? answer : JSON.parse(answer)).to.deep.equal(body);
    });
  }

  it('answers what a test adds, and says so when it knows no answer', async () => {
    admin.delegations.add('/svc/ledger', { type: 'neg', path: '/svc/ledger' });
    expect(JSON.parse(await text('/delegator.json?path=/svc/ledger'))).to.deep.equal({ type: 'neg', path: '/svc/ledger' });
    const unknown = await ask('/delegator.json?path=/svc/other');
    expect(unknown.status).to.equal(404);
    expect(await unknown.text()).to.match(/^no recorded answer .*other/);
  });

  it('counters grow with time, stop, vanish, and start anew with the process', async () => {
    admin.traffic.call({ name: 'hello', requestsPerSecond: 5, failurePercent: 20 });
    now += 10_000;
    expect(await requests('hello')).to.equal('50');
    expect(await text('/admin/metrics/prometheus')).to.contain('rt:service:failures{rt="outgoing", service="svc/hello"} 10\n');
    admin.traffic.call({ name: 'hello', requestsPerSecond: 0 });
    now += 10_000;
    expect(await requests('hello')).to.equal('50');
    admin.traffic.restart('l5d-1');
    expect(await requests('hello')).to.equal(undefined);
    admin.traffic.add('hello', { requests: 3 });
    expect(await requests('hello')).to.equal('3');
    admin.traffic.vanish('hello');
    expect(await requests('hello')).to.equal(undefined);
  });

  it('histograms are shown only after a minute', async () => {
    const count = async (): Promise<boolean> =>
      (await text('/admin/metrics/prometheus')).includes(
        'rt:service:request_latency_ms_count{rt="outgoing", service="svc/hello"}',
      );
    admin.traffic.call({ name: 'hello', requestsPerSecond: 1 });
    now += 30_000;
    expect(await count()).to.equal(false);
    now += 70_000;
    expect(await count()).to.equal(true);
  });

  it('hidden paths are 404, and a server that is down closes the connection', async () => {
    admin.fail({ hidden: ['/delegator.json', '/admin/metrics'] });
    const statuses = await Promise.all(
      ['/delegator.json', '/admin/metrics.json', '/admin/ping'].map(async (path) => (await ask(path)).status),
    );
    expect(statuses).to.deep.equal([404, 404, 200]);
    admin.fail({ down: true }, 'l5d-1');
    expect(
      await ask('/admin/ping').then(
        () => 'answered',
        () => 'closed',
      ),
    ).to.equal('closed');
    admin.fail({}, 'l5d-1');
    expect((await ask('/delegator.json')).status).to.equal(400);
  });

  it('a lying length breaks off before what it announced', async () => {
    admin.fail({ lyingLength: true });
    expect(
      await text('/admin/ping').then(
        () => 'whole',
        () => 'broken off',
      ),
    ).to.equal('broken off');
  });

  it('a slow server has its headers out at once and the body not', async () => {
    admin.fail({ slow: true });
    const seen = await new Promise<{ status: number | undefined; length: string | undefined; bytes: number }>(
      (resolve, reject) => {
        const request = get(`http://127.0.0.1:${admin.port}/admin/ping`, (response) => {
          resolve({ status: response.statusCode, length: response.headers['content-length'], bytes: response.readableLength });
          request.destroy();
        });
        request.once('error', reject);
      },
    );
    expect(seen).to.deep.equal({ status: 200, length: '4', bytes: 0 });
  });
});

describe("Linkerd 1's objects", () => {
  it('the ConfigMap holds the configuration that the admin port shows', () => {
    const map = linkerd1Manifests('mesh-one').find(({ kind }) => kind === 'ConfigMap') as
      { data?: Record<string, string> } | undefined;
    const config = parse(map?.data?.['config.yaml'] ?? '') as { routers: { label: string; dtab: string }[] };
    const shown = recordedJson('linkerd1/k8s/config.json') as { routers: { label: string; dtab: string }[] };
    const dtabs = ({ routers }: typeof config): string[] =>
      routers.map(({ label, dtab }) => `${label} ${dtab.replaceAll(/\s/g, '').replace(/;$/, '')}`);
    expect(dtabs(config)).to.deep.equal(dtabs(shown));
  });
});
