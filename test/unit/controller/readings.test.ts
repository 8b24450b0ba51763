// Asking proxies beside the work: who waits for an answer, whose answer wakes somebody up, and how long it is used.
import { expect } from 'chai';
import { createReadings } from '../../../src/controller/readings.ts';
import type { Readings, Wanted } from '../../../src/controller/readings.ts';
import type { TrimmedPod } from '../../../src/controller/trimmed.ts';
import type { ProxyReading } from '../../../src/core/observation.ts';
import type { ProxyProbe } from '../../../src/mesh/adapter.ts';

const reading: ProxyReading = {
  kind: 'answered',
  ready: true,
  success: 1,
  failure: 0,
  served: { requests: 1, success: 1 },
  hanging: 0,
  undefinedPortResets: 0,
  connectionErrors: 0,
  refusedCalls: 0,
};
const paths = { portOf: () => 4191, keeps: () => true, readyPath: '/ready', metricsPath: '/metrics', portsRememberedSeconds: 45 };
const probe: ProxyProbe = { ...paths, read: () => reading };
const podOf = (uid: string): TrimmedPod => ({ uid, name: uid, namespace: 'shop', address: '10.0.0.1' }) as unknown as TrimmedPod;

/** Proxies that answer when the test says so, and a clock that the test moves. */
class World {
  now = 0;
  asked = 0;
  readonly woken: string[] = [];
  private readonly waiting: (() => void)[] = [];
  readonly readings: Readings = createReadings({
    monotonicMs: () => this.now,
    wallMs: () => 1_000_000 + this.now,
    onAnswer: (namespace) => this.woken.push(namespace),
    get: (url) =>
      new Promise((resolve) => {
        if (url.endsWith('/ready')) this.asked += 1;
        this.waiting.push(() => resolve({ status: 200, body: 'ready' }));
      }),
  });

  async answerAll(): Promise<void> {
    for (let i = 0; i < 10; i += 1) {
      await new Promise((resolve) => setImmediate(resolve));
      for (const answer of this.waiting.splice(0)) answer();
    }
  }

  async seen(wanted: Partial<Wanted> = {}): Promise<string[]> {
    const one: Wanted = { pod: podOf('p1'), againAfterMs: 1_500, usableMs: 20_000, patient: false, ...wanted };
    return [...(await this.readings.of([one], probe)).keys()];
  }
}

describe('readings', () => {
  it('of a workload that moves are not waited for; their arrival wakes its namespace', async () => {
    const world = new World();
    expect(await world.seen()).to.deep.equal([]);
    expect(world.woken).to.deep.equal([]);
    await world.answerAll();
    expect(world.woken).to.deep.equal(['shop']);
    expect(await world.seen()).to.deep.equal(['p1']);
  });

  it('are asked for once at a time, however often somebody looks', async () => {
    const world = new World();
    await world.seen();
    await world.seen();
    await world.answerAll();
    await world.seen();
    expect(world.asked).to.equal(1);
  });

  it('that are due are renewed while the last one still counts, until it is too old', async () => {
    const world = new World();
    await world.seen();
    await world.answerAll();
    world.now = 2_000;
    expect(await world.seen()).to.deep.equal(['p1']);
    world.now = 30_000;
    expect(await world.seen()).to.deep.equal([]);
    await world.answerAll();
    expect(world.asked).to.equal(2);
  });

  it('of verified workloads are waited for where there is none, and renewed without waking anybody', async () => {
    const world = new World();
    const patient = world.seen({ patient: true });
    await world.answerAll();
    expect(await patient).to.deep.equal(['p1']);
    world.now = 5_000;
    expect(await world.seen({ patient: true })).to.deep.equal(['p1']);
    await world.answerAll();
    expect([world.asked, world.woken.length]).to.deep.equal([2, 0]);
  });

  it('of pods that are gone are forgotten', async () => {
    const world = new World();
    await world.seen();
    await world.answerAll();
    world.readings.retain('shop', []);
    expect(await world.seen()).to.deep.equal([]);
  });

  /** The last of some answers, as it is handed on, asked for every two seconds with one among them that can't be used. */
  const followed = async (...told: readonly Partial<typeof reading>[]): Promise<ProxyReading | undefined> => {
    const world = new World();
    const answers = told.map((answer): ProxyReading => ({ ...reading, ...answer }));
    answers.splice(1, 0, { kind: 'unreachable', reason: 'the page was cut' });
    const answering: ProxyProbe = { ...paths, read: () => answers.shift() ?? reading };
    const one: Wanted = { pod: podOf('p1'), againAfterMs: 1_500, usableMs: 1_900, patient: true };
    let seen: ProxyReading | undefined;
    for (let i = 0; i < 4; i += 1) {
      world.now += 2_000;
      const answer = world.readings.of([one], answering);
      await world.answerAll();
      seen = (await answer).get('p1');
    }
    return seen;
  };

  it('follow how the count of resets grows, also over an answer that could not be used', async () => {
    const seen = await followed({ undefinedPortResets: 2 }, { undefinedPortResets: 5 }, { undefinedPortResets: 5 });
    expect(seen).to.deep.include({
      undefinedPortResets: 5,
      resets: { readAt: 1_008_000, sameSince: 1_006_000, lowerAt: 1_002_000, rememberedMs: 45_000 },
    });
  });

  it('say when fewer calls were refused last, and begin anew with another process', async () => {
    const grown = await followed({ refusedCalls: 2 }, { refusedCalls: 3 }, { refusedCalls: 3 });
    expect(grown).to.deep.include({ refusedCalls: 3, fewerRefusedAt: 1_002_000 });
    for (const counts of [
      [2, 2, 2],
      [2, 3, 1],
    ])
      expect(await followed(...counts.map((refusedCalls) => ({ refusedCalls })))).not.to.have.property('fewerRefusedAt');
  });

  it('hold no more of what pods answer than a small heap can bear', async () => {
    let [held, most] = [0, 0];
    const readings = createReadings({
      monotonicMs: () => 0,
      wallMs: () => 0,
      onAnswer: () => undefined,
      get: async (_url, { maximumBytes, lines }) => {
        const bytes = lines?.maximumBytes ?? maximumBytes;
        held += bytes;
        most = Math.max(most, held);
        await new Promise((resolve) => setImmediate(resolve));
        held -= bytes;
        return { status: 200, body: 'ready' };
      },
    });
    const wanted = Array.from({ length: 200 }, (_, i): Wanted => ({
      pod: podOf(`p${i}`),
      againAfterMs: 1_500,
      usableMs: 20_000,
      patient: true,
    }));
    expect((await readings.of(wanted, probe)).size).to.equal(200);
    expect(most / 1024 / 1024, 'MiB').to.be.within(2, 32);
  });
});
