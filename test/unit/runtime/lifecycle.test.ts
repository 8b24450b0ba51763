import { expect } from 'chai';
import { EventEmitter } from 'node:events';
import { runLifecycle } from '../../../src/runtime/lifecycle.ts';
import type { Component, Lifecycle } from '../../../src/runtime/lifecycle.ts';
import { createFakeClock, settle } from './fake-clock.ts';
import type { FakeClock } from './fake-clock.ts';
import { createRecordedLog } from './recorded-log.ts';

interface Bench {
  readonly clock: FakeClock;
  readonly signals: EventEmitter;
  readonly done: string[];
  readonly lifecycle: Lifecycle;
  code(): number | undefined;
}

function bench(...components: readonly Partial<Component>[]): Bench {
  const clock = createFakeClock();
  const signals = new EventEmitter();
  const done: string[] = [];
  const named = components.map((component, index): Component => {
    const name = String(index + 1);
    return {
      name,
      start: async (signal) => {
        done.push(`start ${name}`);
        await component.start?.(signal);
      },
      stop: async () => {
        done.push(`stop ${name}`);
        await component.stop?.();
      },
    };
  });
  const lifecycle = runLifecycle({ components: named, signals, clock, log: createRecordedLog(), stopDeadlineMs: 25_000 });
  let code: number | undefined;
  void lifecycle.exitCode.then((value) => (code = value));
  return { clock, signals, done, lifecycle, code: () => code };
}

const forever = (): Promise<void> => new Promise(() => undefined);

describe('lifecycle', () => {
  it('starts in order, one after the other, and stops in reverse on a signal', async () => {
    let release: () => void = () => undefined;
    const made = bench({ start: () => new Promise((resolve) => (release = resolve)) }, {});
    await settle();
    expect(made.done).to.deep.equal(['start 1']);
    release();
    await settle();
    made.signals.emit('SIGTERM');
    expect(await made.lifecycle.exitCode).to.equal(0);
    expect(made.done).to.deep.equal(['start 1', 'start 2', 'stop 2', 'stop 1']);
    expect(made.signals.listenerCount('SIGTERM')).to.equal(0);
    expect(made.clock.pending()).to.equal(0);
  });

  it('stops what was started, and what failed to start, when a start fails', async () => {
    const made = bench({}, { start: () => Promise.reject(new Error('no port')) }, {});
    expect(await made.lifecycle.exitCode).to.equal(1);
    expect(made.done).to.deep.equal(['start 1', 'start 2', 'stop 2', 'stop 1']);
  });

  it('does not let a start that waits hold up the stop', async () => {
    const made = bench({}, { start: forever });
    await settle();
    made.signals.emit('SIGINT');
    expect(await made.lifecycle.exitCode).to.equal(0);
    expect(made.done).to.deep.equal(['start 1', 'start 2', 'stop 2', 'stop 1']);
  });

  it('gives up a stop that takes too long', async () => {
    const made = bench({ stop: forever });
    await settle();
    made.lifecycle.stop('test');
    await made.clock.advance(24_900);
    expect(made.code()).to.equal(undefined);
    await made.clock.advance(200);
    expect(made.code()).to.equal(1);
  });

  it('stops the others although one fails to', async () => {
    const made = bench({}, { stop: () => Promise.reject(new Error('stuck')) });
    await settle();
    made.lifecycle.stop('test');
    expect(await made.lifecycle.exitCode).to.equal(1);
    expect(made.done).to.deep.equal(['start 1', 'start 2', 'stop 2', 'stop 1']);
  });

  it('ends at once on a second signal and on a failure', async () => {
    const impatient = bench({ stop: forever });
    await settle();
    impatient.signals.emit('SIGTERM');
    impatient.signals.emit('SIGTERM');
    expect(await impatient.lifecycle.exitCode).to.equal(1);

    const lost = bench({});
    await settle();
    lost.lifecycle.fail('lost the leadership');
    expect(await lost.lifecycle.exitCode).to.equal(1);
    expect(lost.done).to.deep.equal(['start 1']);
  });
});
