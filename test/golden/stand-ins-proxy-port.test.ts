/**
 * The proxies' admin port in the stand-in, over HTTP: every recorded answer byte by byte, and each behaviour by its effect.
 */
import { expect } from 'chai';
import { nameOf, parseExposition, samplesOf } from '../support/exposition.ts';
import type { Behaviour } from '../support/linkerd2/proxy-behaviour.ts';
import { behaviourKey, behaviourOf } from '../support/linkerd2/proxy-behaviour.ts';
import type { Proxies } from '../support/linkerd2/proxies.ts';
import { serveProxies } from '../support/linkerd2/proxies.ts';
import type { Pod } from '../support/pod.ts';
import { directoryOf, recordedServerPod } from '../support/proxied-pod.ts';
import { recordedNames, recordedText } from '../support/recordings.ts';

let open: Proxies | undefined;
let now = 0;

async function serve(pod: Pod): Promise<(path: string) => Promise<Response>> {
  now = 1_000_000;
  open = await serveProxies(directoryOf(pod), { port: 0, clock: () => now });
  const { port } = open;
  return (path) => fetch(`http://127.0.0.1:${port}${path}`, { headers: { connection: 'close' } });
}

/** Growth over `seconds` of the samples whose id holds all words. */
async function growth(get: (path: string) => Promise<Response>, seconds: number, ...words: string[]): Promise<number> {
  const total = async (): Promise<number> => {
    const samples = samplesOf(parseExposition(await (await get('/metrics')).text()));
    const wanted = [...samples.values()].filter(({ id }) => nameOf(id) === words[0] && words.every((word) => id.includes(word)));
    return wanted.reduce((sum, { raw }) => sum + Number(raw), 0);
  };
  const before = await total();
  now += seconds * 1000;
  return (await total()) - before;
}

const asking = (behaviour: Behaviour): Pod => recordedServerPod({ annotations: { [behaviourKey]: behaviour } });
const app = 'target_port="8080"';

describe("the proxies' admin port in the stand-in", () => {
  afterEach(async () => {
    await open?.close();
    open = undefined;
  });

  const folder = 'linkerd2/proxy-metrics';
  for (const state of recordedNames(folder).filter((name) => /^\d\d-/.test(name))) {
    for (const side of ['client', 'server'] as const) {
      it(`${state}/${side}: serves the recorded answers byte by byte`, async () => {
        const get = await serve(recordedServerPod());
        open?.set({}, { recorded: { state, side } });
        const body = async (path: string): Promise<string> => (await get(path)).text();
        expect(await body('/metrics')).to.equal(recordedText(`${folder}/${state}/${side}.metrics.txt`));
        for (const path of ['ready', 'live']) {
          const recorded = recordedText(`${folder}/${state}/${side}.${path}.txt`);
          expect(await body(`/${path}`)).to.equal(recorded.split('\n\n')[1]);
        }
      });
    }
  }

  it('a proxy without identity says "not ready" with 503, as recorded, and lives', async () => {
    const get = await serve(asking('never-ready'));
    const [recorded, body] = recordedText('linkerd2/failures/f2-identity-down/late.ready.txt').split('\n\n');
    const answer = await get('/ready');
    expect(recorded).to.contain(`HTTP/1.1 ${String(answer.status)} ${answer.statusText}`);
    expect(await answer.text()).to.equal(body);
    expect((await get('/live')).status).to.equal(200);
  });

  it('healthy: answers grow at the asked rate and none of them fails', async () => {
    const get = await serve(recordedServerPod({ annotations: { 'standin.test/requests-per-second': '46' } }));
    expect(await growth(get, 10, 'response_total', app, 'classification="success"')).to.equal(460);
    expect(await growth(get, 10, 'response_total', app, 'classification="failure"')).to.equal(0);
  });

  it('failing: two thirds of the answers are failures', async () => {
    const get = await serve(asking('failing'));
    expect(await growth(get, 30, 'response_total', app, 'classification="failure"')).to.equal(400);
    expect(await growth(get, 30, 'response_total', app, 'classification="success"')).to.equal(200);
  });

  it('silent: nothing but the kubelet calls', async () => {
    const get = await serve(asking('silent'));
    expect(await growth(get, 600, 'response_total', app)).to.equal(0);
    expect(await growth(get, 600, 'response_total', 'target_port="4191"')).to.be.greaterThan(0);
  });

  it('hanging: ready, requests come in, answers do not', async () => {
    const get = await serve(asking('hanging'));
    expect((await get('/ready')).status).to.equal(200);
    expect(await growth(get, 10, 'request_total', app)).to.be.closeTo(200, 2);
    expect(await growth(get, 10, 'response_total', app)).to.equal(0);
  });

  it('resetting: connections to an undefined port are closed as forbidden', async () => {
    const get = await serve(asking('resetting'));
    const closes = ['outbound_tcp_route_close_total', 'route_name="undefined-port"', 'error="forbidden"'];
    expect(await growth(get, 30, ...closes)).to.be.closeTo(600, 1);
    expect(await growth(get, 30, 'response_total', app, 'classification="success"')).to.be.closeTo(600, 2);
  });

  it('a test changes the behaviour in mid-life: counters go on, and start from zero only with the proxy', async () => {
    const get = await serve(recordedServerPod());
    await growth(get, 10, 'response_total', app);
    open?.set({ namespace: 'mesh', workload: 'server' }, { behaviour: 'failing' });
    expect(await growth(get, 30, 'response_total', app, 'classification="failure"')).to.equal(400);
    open?.restart({ namespace: 'mesh' });
    expect(await growth(get, 0, 'response_total', app)).to.equal(0);
    const [started] = [...samplesOf(parseExposition(await (await get('/metrics')).text())).values()].filter(
      ({ id }) => id === 'process_start_time_seconds',
    );
    expect(Number(started?.raw)).to.equal(now / 1000);
  });

  it('a setting for another workload changes nothing', async () => {
    const get = await serve(recordedServerPod());
    open?.set({ workload: 'serv' }, { behaviour: 'never-ready' });
    expect((await get('/ready')).status).to.equal(200);
  });

  it('a pod without a proxy closes the connection, and so does an unreachable one', async () => {
    const plain = recordedServerPod();
    const get = await serve({ ...plain, spec: { containers: plain.spec.containers } });
    expect(await refused(get)).to.equal(true);
    await open?.close();
    expect(await refused(await serve(asking('unreachable')))).to.equal(true);
  });

  it('labels and metrics carry the address, port and namespace of the pod that is asked', async () => {
    const pod = recordedServerPod({ namespace: 'shop' });
    pod.status = { podIP: '10.5.0.7' };
    pod.spec.containers[0]!.ports = [{ containerPort: 9000 }];
    const body = await (await (await serve(pod))('/metrics')).text();
    expect(body).to.contain('target_addr="10.5.0.7:9000",target_ip="10.5.0.7",target_port="9000"');
    expect(body).not.to.match(/10\.245|8080|\.mesh\./);
  });

  it('a behaviour that does not exist is refused with the choices', () => {
    const pod = recordedServerPod({ annotations: { [behaviourKey]: 'wild' } });
    expect(() => behaviourOf(pod)).to.throw(/mesh\/server-1 is "wild"; use one of healthy, failing/);
  });
});

async function refused(get: (path: string) => Promise<Response>): Promise<boolean> {
  return get('/ready').then(
    () => false,
    () => true,
  );
}
