import { expect } from 'chai';
import { KubeError } from '../../../src/kube/kube-error.ts';
import { runController, TerminalError } from '../../../src/runtime/controller.ts';
import type { Controller, Reconcile } from '../../../src/runtime/controller.ts';
import { createWorkQueue } from '../../../src/runtime/work-queue.ts';
import type { WorkQueue } from '../../../src/runtime/work-queue.ts';
import { createFakeClock, settle } from './fake-clock.ts';
import type { FakeClock } from './fake-clock.ts';
import { createRecordedLog } from './recorded-log.ts';
import type { Line } from './recorded-log.ts';

interface Bench {
  readonly clock: FakeClock;
  readonly queue: WorkQueue;
  readonly controller: Controller;
  readonly lines: readonly Line[];
  readonly outcomes: string[];
  /** When reconciles ran. */
  readonly times: number[];
}

function bench(reconcile: Reconcile): Bench {
  const clock = createFakeClock(0);
  const log = createRecordedLog();
  const outcomes: string[] = [];
  const times: number[] = [];
  const queue = createWorkQueue({ clock, random: () => 0.5, onEscape: (error) => outcomes.push(`escaped ${String(error)}`) });
  let ids = 0;
  const controller = runController({
    name: 'migration',
    queue,
    workers: 1,
    clock,
    log,
    newId: () => `id-${String((ids += 1))}`,
    metrics: {
      workers: () => undefined,
      started: () => undefined,
      finished: (outcome) => outcomes.push(outcome),
      panicked: () => outcomes.push('panic'),
    },
    reconcile: (key, context) => {
      times.push(clock.monotonicMs());
      return reconcile(key, context);
    },
  });
  return { clock, queue, controller, lines: log.lines, outcomes, times };
}

describe('controller', () => {
  it('is done with a key that asks for nothing', async () => {
    const made = bench(() => Promise.resolve({}));
    made.queue.add('a', 'watch pods');
    await made.clock.advance(1_000_000);
    expect(made.outcomes).to.deep.equal(['success']);
  });

  it('looks again after the time a reconcile asks for', async () => {
    let runs = 0;
    const made = bench(() => Promise.resolve((runs += 1) < 3 ? { requeueAfterMs: 5_000 } : {}));
    made.queue.add('a', 'watch pods');
    await made.clock.advance(1_000_000);
    expect(made.times).to.deep.equal([0, 5_000, 10_000]);
    expect(made.outcomes).to.deep.equal(['requeue_after', 'requeue_after', 'success']);
  });

  it('backs off while it fails, starts anew after a success, and speaks up when it keeps failing', async () => {
    let runs = 0;
    const made = bench(() => ((runs += 1) === 6 ? Promise.resolve({}) : Promise.reject(new Error('no luck'))));
    made.queue.add('a', 'watch pods');
    await made.clock.advance(10_000);
    expect(made.times).to.deep.equal([0, 100, 300, 700, 1_500, 3_100]);
    const failures = made.lines.filter(({ message }) => message === 'reconcile failed').map(({ level }) => level);
    expect(failures).to.deep.equal(['warn', 'warn', 'warn', 'warn', 'error']);
    made.queue.add('a', 'watch pods');
    await made.clock.advance(100);
    expect(made.times.slice(6)).to.deep.equal([10_000, 10_100]);
    await made.controller.stop();
  });

  it('waits as long as a 429 asks, also when it is the cause of another error', async () => {
    const overload = new KubeError({ kind: 'tooManyRequests', message: 'later', retryAfterSeconds: 12 });
    let runs = 0;
    const made = bench(() =>
      (runs += 1) === 1 ? Promise.reject(new Error('wrapped', { cause: overload })) : Promise.resolve({}),
    );
    made.queue.add('a', 'watch pods');
    await made.clock.advance(60_000);
    expect(made.times).to.deep.equal([0, 12_000]);
  });

  it('does not repeat what no repetition cures, until somebody asks again', async () => {
    const made = bench(() => Promise.reject(new TerminalError('bad spec')));
    made.queue.add('a', 'watch pods');
    await made.clock.advance(1_000_000);
    expect(made.outcomes).to.deep.equal(['terminal']);
    made.queue.add('a', 'watch pods');
    await settle();
    expect(made.outcomes).to.deep.equal(['terminal', 'terminal']);
  });

  it('counts a bug as such and goes on, also when the reconcile throws before it returns a promise', async () => {
    const made = bench((key) => {
      if (key === 'bad') throw new TypeError('undefined is not a function');
      return Promise.resolve({});
    });
    made.queue.add('bad', 'watch pods');
    made.queue.add('good', 'watch pods');
    await settle();
    expect(made.outcomes).to.deep.equal(['panic', 'error', 'success']);
    await made.controller.stop();
  });

  it('gives each run an id of its own, on every line, and says what queued the key', async () => {
    const made = bench((_key, { log }) => {
      log.info('step');
      return Promise.resolve({});
    });
    made.queue.add('a', 'watch pods');
    await settle();
    made.queue.add('a', 'watch namespaces');
    await settle();
    const lines = made.lines.map(({ message, fields }) => [message, fields['controller'], fields['key'], fields['reconcileID']]);
    expect(lines).to.deep.equal([
      ['reconcile started', 'migration', 'a', 'id-1'],
      ['step', 'migration', 'a', 'id-1'],
      ['reconcile started', 'migration', 'a', 'id-2'],
      ['step', 'migration', 'a', 'id-2'],
    ]);
    expect(made.lines[0]!.fields['queuedBy']).to.deep.equal(['watch pods']);
  });

  it('tells a running reconcile to end, and waits for it', async () => {
    let told = false;
    const made = bench(
      (_key, { signal }) =>
        new Promise((resolve) => {
          signal.addEventListener('abort', () => {
            told = true;
            resolve({ requeueAfterMs: 1 });
          });
        }),
    );
    made.queue.add('a', 'watch pods');
    await made.controller.stop();
    await made.clock.advance(1_000);
    expect(told).to.equal(true);
    expect(made.times).to.have.length(1);
  });
});
