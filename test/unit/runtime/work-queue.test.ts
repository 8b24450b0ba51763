import { expect } from 'chai';
import { createWorkQueue } from '../../../src/runtime/work-queue.ts';
import type { WorkItem, WorkQueue } from '../../../src/runtime/work-queue.ts';
import { createFakeClock, settle } from './fake-clock.ts';
import type { FakeClock } from './fake-clock.ts';

interface Run extends WorkItem {
  readonly at: number;
  readonly end: () => void;
}

interface Bench {
  readonly clock: FakeClock;
  readonly queue: WorkQueue;
  readonly runs: Run[];
  readonly escaped: unknown[];
}

function bench(workers = 2): Bench {
  const clock = createFakeClock(0);
  const runs: Run[] = [];
  const escaped: unknown[] = [];
  const queue = createWorkQueue({ clock, random: () => 0.5, onEscape: (error) => escaped.push(error) });
  queue.start(workers, (item) => new Promise<void>((end) => runs.push({ ...item, at: clock.monotonicMs(), end })));
  return { clock, queue, runs, escaped };
}

const keys = (runs: readonly Run[]): string[] => runs.map((run) => run.key);

describe('work queue', () => {
  it('runs keys in the order they came, as many at once as there are workers', async () => {
    const { queue, runs } = bench(2);
    for (const key of ['a', 'b', 'c']) queue.add(key, 'test');
    expect(keys(runs)).to.deep.equal(['a', 'b']);
    expect(queue.depth()).to.equal(1);
    runs[0]!.end();
    await settle();
    expect(keys(runs)).to.deep.equal(['a', 'b', 'c']);
  });

  it('runs a key once more, not at the same time, when it is added while it runs', async () => {
    const { queue, runs } = bench();
    queue.add('a', 'first');
    queue.add('a', 'second');
    queue.add('a', 'third');
    expect(runs).to.have.length(1);
    runs[0]!.end();
    await settle();
    expect(runs.map((run) => run.reasons)).to.deep.equal([['first'], ['second', 'third']]);
    runs[1]!.end();
    await settle();
    expect(runs).to.have.length(2);
  });

  it('lets the earliest of several delays win', async () => {
    const { clock, queue, runs } = bench();
    queue.addAfter('a', 500, 'late');
    queue.addAfter('a', 100, 'early');
    queue.addAfter('a', 300, 'between');
    await clock.advance(99);
    expect(runs).to.have.length(0);
    await clock.advance(1);
    expect(runs.map(({ at, reasons }) => ({ at, reasons }))).to.deep.equal([{ at: 100, reasons: ['late', 'early', 'between'] }]);
    runs[0]!.end();
    await clock.advance(1_000);
    expect(runs).to.have.length(1);
  });

  it('keeps a delay that was asked for while the key runs', async () => {
    const { clock, queue, runs } = bench();
    queue.add('a', 'now');
    queue.addAfter('a', 200, 'later');
    runs[0]!.end();
    await clock.advance(200);
    expect(runs.map((run) => run.at)).to.deep.equal([0, 200]);
  });

  it('waits for the running key when its delay is over first', async () => {
    const { clock, queue, runs } = bench();
    queue.add('a', 'now');
    queue.addAfter('a', 200, 'later');
    await clock.advance(300);
    expect(runs).to.have.length(1);
    runs[0]!.end();
    await settle();
    expect(runs.map((run) => run.at)).to.deep.equal([0, 300]);
  });

  it('backs off longer with each failure of a key, and not after forget', async () => {
    const { queue } = bench();
    expect([queue.retry('a', 'retry'), queue.retry('a', 'retry'), queue.retry('a', 'retry')]).to.deep.equal([100, 200, 400]);
    expect(queue.retry('b', 'retry')).to.equal(100);
    queue.forget('a');
    expect(queue.retry('a', 'retry')).to.equal(100);
    for (let failures = 0; failures < 100; failures += 1) queue.retry('a', 'retry');
    expect(queue.retry('a', 'retry')).to.equal(60_000);
    await queue.stop();
  });

  it('waits at least as long as the server asked', () => {
    const { queue } = bench();
    expect(queue.retry('a', 'retry', 7_000)).to.equal(7_000);
  });

  it('tells each run how often its key failed in a row', async () => {
    const { clock, queue, runs } = bench();
    queue.retry('a', 'retry');
    queue.retry('a', 'retry');
    await clock.advance(1_000);
    expect(runs[0]!.failures).to.equal(2);
  });

  it('goes on after a run whose failure escaped', async () => {
    const clock = createFakeClock();
    const escaped: unknown[] = [];
    const seen: string[] = [];
    const queue = createWorkQueue({ clock, random: () => 0, onEscape: (error, key) => escaped.push([key, error]) });
    queue.start(1, ({ key }) => {
      seen.push(key);
      return Promise.reject(new Error('escaped'));
    });
    queue.add('a', 'test');
    queue.add('b', 'test');
    await settle();
    expect(seen).to.deep.equal(['a', 'b']);
    expect(escaped).to.have.length(2);
  });

  it('begins nothing after stop, and stop waits for what runs', async () => {
    const { clock, queue, runs } = bench(1);
    queue.add('a', 'test');
    queue.add('b', 'test');
    queue.addAfter('c', 10, 'test');
    let stopped = false;
    const stop = queue.stop().then(() => (stopped = true));
    queue.add('d', 'test');
    await clock.advance(100);
    expect(stopped).to.equal(false);
    runs[0]!.end();
    await stop;
    expect(keys(runs)).to.deep.equal(['a']);
    expect(clock.pending()).to.equal(0);
  });

  it('says how long running keys have taken', async () => {
    const { clock, queue } = bench();
    queue.add('a', 'test');
    await clock.advance(2_000);
    queue.add('b', 'test');
    await clock.advance(1_000);
    expect(queue.running()).to.deep.equal({ keys: 2, totalSeconds: 4, longestSeconds: 3 });
  });
});
