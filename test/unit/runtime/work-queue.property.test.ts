import { expect } from 'chai';
import fc from 'fast-check';
import { createWorkQueue } from '../../../src/runtime/work-queue.ts';
import type { WorkQueue } from '../../../src/runtime/work-queue.ts';
import { createFakeClock } from './fake-clock.ts';
import type { FakeClock } from './fake-clock.ts';

type Step =
  | { readonly do: 'add'; readonly key: string }
  | { readonly do: 'addAfter'; readonly key: string; readonly ms: number }
  | { readonly do: 'retry'; readonly key: string }
  | { readonly do: 'pass'; readonly ms: number };

const key = fc.constantFrom('a', 'b', 'c', 'constructor');
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ do: fc.constant('add' as const), key }),
  fc.record({ do: fc.constant('addAfter' as const), key, ms: fc.integer({ min: -5, max: 400 }) }),
  fc.record({ do: fc.constant('retry' as const), key }),
  fc.record({ do: fc.constant('pass' as const), ms: fc.integer({ min: 0, max: 150 }) }),
);

interface Request {
  readonly key: string;
  readonly order: number;
  readonly at: number;
  readonly dueAt: number;
}

interface Hands {
  readonly queue: WorkQueue;
  readonly clock: FakeClock;
  readonly asked: (key: string, delayMs: number) => void;
}

async function take(one: Step, { queue, clock, asked }: Hands): Promise<void> {
  switch (one.do) {
    case 'pass':
      return clock.advance(one.ms);
    case 'add':
      asked(one.key, 0);
      queue.add(one.key, 'test');
      return;
    case 'addAfter':
      asked(one.key, one.ms);
      queue.addAfter(one.key, one.ms, 'test');
      return;
    case 'retry':
      asked(one.key, queue.retry(one.key, 'test'));
  }
}

describe('work queue, any order of requests', () => {
  it('never runs a key twice at once, loses no request, and is on time when a worker is free', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { maxLength: 40 }),
        fc.array(fc.integer({ min: 0, max: 120 }), { minLength: 1, maxLength: 8 }),
        fc.integer({ min: 1, max: 4 }),
        async (steps, durations, workers) => {
          const clock = createFakeClock(0);
          const requests: Request[] = [];
          const runs: { readonly key: string; readonly order: number; readonly start: number; end: number }[] = [];
          const running = new Set<string>();
          let order = 0;
          const queue = createWorkQueue({ clock, random: () => 0.5, onEscape: () => expect.fail('nothing escapes here') });
          queue.start(workers, async (item) => {
            expect(running.has(item.key), 'two runs of a key at once').to.equal(false);
            running.add(item.key);
            expect(running.size).to.be.at.most(workers);
            const run = { key: item.key, order: (order += 1), start: clock.monotonicMs(), end: Infinity };
            runs.push(run);
            await new Promise<void>((resolve) => void clock.after(durations[runs.length % durations.length]!, resolve));
            run.end = clock.monotonicMs();
            running.delete(item.key);
          });
          const asked = (name: string, delay: number): void =>
            void requests.push({
              key: name,
              order: (order += 1),
              at: clock.monotonicMs(),
              dueAt: clock.monotonicMs() + Math.max(0, delay),
            });
          for (const one of steps) await take(one, { queue, clock, asked });
          await clock.advance(100_000_000);
          for (const request of requests) {
            const run = runs.find((candidate) => candidate.key === request.key && candidate.order > request.order);
            expect(run, `a run of ${request.key} after ${request.at}`).not.to.equal(undefined);
            // With a worker for every key only a running run of the same key may hold it up.
            const held = runs.findLast(
              (other) => other.key === request.key && other.start < run!.start && other.end >= request.dueAt,
            );
            if (workers === 4)
              expect(run!.start).to.be.at.most(held === undefined ? request.dueAt : Math.max(request.dueAt, held.end));
          }
          expect(queue.depth()).to.equal(0);
          expect(clock.pending()).to.equal(0);
        },
      ),
      { numRuns: 1_000 },
    );
  }).timeout(60_000);
});
