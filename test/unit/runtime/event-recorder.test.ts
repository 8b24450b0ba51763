import { expect } from 'chai';
import type { KubeWriter } from '../../../src/kube/client.ts';
import { KubeError } from '../../../src/kube/kube-error.ts';
import { createEventRecorder } from '../../../src/runtime/event-recorder.ts';
import type { EventNote, EventRecorder } from '../../../src/runtime/event-recorder.ts';
import { createFakeClock, settle } from './fake-clock.ts';
import type { FakeClock } from './fake-clock.ts';
import { createRecordedLog } from './recorded-log.ts';

interface Stored {
  count: number;
  readonly note: string;
}

interface Bench {
  readonly clock: FakeClock;
  readonly recorder: EventRecorder;
  /** Events on the server by 'namespace/name'. */
  readonly stored: Map<string, Stored>;
  readonly outcomes: string[];
  /** What the next calls meet; `lost` is done and not answered. */
  readonly fates: ('ok' | 'lost' | KubeError['kind'])[];
}

function bench(capacity = 500): Bench {
  const clock = createFakeClock();
  const stored = new Map<string, Stored>();
  const outcomes: string[] = [];
  const fates: Bench['fates'] = [];
  const meet = async (act: () => void): Promise<never> => {
    await Promise.resolve();
    const fate = fates.shift() ?? 'ok';
    if (fate !== 'ok' && fate !== 'lost') throw new KubeError({ kind: fate, message: fate });
    act();
    if (fate === 'lost') throw new KubeError({ kind: 'timeout', message: 'lost', ambiguous: true });
    return {} as never;
  };
  const writer: Pick<KubeWriter, 'create' | 'mergePatch'> = {
    create: (_kind, manifest) =>
      meet(() => {
        const key = `${manifest.metadata.namespace ?? ''}/${manifest.metadata.name ?? ''}`;
        if (stored.has(key)) throw new KubeError({ kind: 'alreadyExists', message: 'exists' });
        stored.set(key, { count: 1, note: manifest['note'] as string });
      }),
    mergePatch: (_kind, { name, namespace }, patch) =>
      meet(() => {
        const event = stored.get(`${namespace ?? ''}/${name}`);
        if (event === undefined) throw new KubeError({ kind: 'notFound', message: 'gone' });
        event.count = (patch['series'] as { count: number }).count;
      }),
  };
  let ids = 0;
  const recorder = createEventRecorder({
    writer,
    reportingController: 'example.com/operator',
    reportingInstance: 'operator-0',
    clock,
    random: () => 0.5,
    newId: () => `id${String((ids += 1))}`,
    log: createRecordedLog(),
    onOutcome: (outcome) => outcomes.push(outcome),
    capacity,
  });
  return { clock, recorder, stored, outcomes, fates };
}

const note = (reason: string, text = 'text'): EventNote => ({
  regarding: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'cart', namespace: 'shop', uid: 'u1' },
  type: 'Normal',
  reason,
  action: 'Move',
  note: text,
});
const counts = ({ stored }: Bench): Record<string, number> =>
  Object.fromEntries([...stored].map(([key, { count }]) => [key, count]));

describe('event recorder', () => {
  it('writes one Event beside its object and counts repetitions in it', async () => {
    const made = bench();
    for (let times = 0; times < 3; times += 1) made.recorder.record(note('WorkloadMoved'));
    await made.recorder.flush();
    expect(counts(made)).to.deep.equal({ 'shop/cart.id1': 3 });
  });

  it('begins a new Event for other words, after six quiet minutes, and when the old one is gone', async () => {
    const made = bench();
    made.recorder.record(note('WorkloadMoved'));
    made.recorder.record(note('WorkloadMoved', 'other words'));
    await made.recorder.flush();
    await made.clock.advance(360_000);
    made.recorder.record(note('WorkloadMoved'));
    await made.recorder.flush();
    expect(Object.values(counts(made))).to.deep.equal([1, 1, 1]);
    made.stored.clear();
    made.recorder.record(note('WorkloadMoved'));
    await made.recorder.flush();
    expect(Object.values(counts(made))).to.deep.equal([1]);
  });

  it('puts Events about cluster-scoped objects into the namespace default', async () => {
    const made = bench();
    made.recorder.record({ ...note('WaveStarted'), regarding: { apiVersion: 'v1', kind: 'Namespace', name: 'shop', uid: 'u2' } });
    await made.recorder.flush();
    expect([...made.stored.keys()]).to.deep.equal(['default/shop.id1']);
  });

  it('cuts a note to 1,024 bytes without breaking a character', async () => {
    const made = bench();
    for (const text of ['ž'.repeat(2_000), 'a' + 'ž'.repeat(2_000), '🐎'.repeat(999), 'x'.repeat(1_024)])
      made.recorder.record(note('Long', text));
    await made.recorder.flush();
    const notes = [...made.stored.values()].map((event) => event.note);
    expect(notes.every((text) => Buffer.byteLength(text) <= 1_024 && !text.includes('\uFFFD'))).to.equal(true);
    expect(notes[3]).to.equal('x'.repeat(1_024));
  });

  it('tries again after a failure that may pass, and makes no second Event when only the answer was lost', async () => {
    const made = bench();
    made.fates.push('unreachable', 'lost');
    made.recorder.record(note('WorkloadMoved'));
    await made.clock.advance(10_000);
    expect(counts(made)).to.deep.equal({ 'shop/cart.id1': 1 });
    expect(made.outcomes).to.deep.equal(['sent']);
  });

  it('drops what is refused, what keeps failing, and what does not fit, and goes on', async () => {
    const made = bench(2);
    made.fates.push('forbidden', 'server', 'server', 'server');
    for (const reason of ['One', 'Two', 'Three', 'Four']) made.recorder.record(note(reason));
    await made.clock.advance(60_000);
    expect(made.outcomes).to.deep.equal(['dropped', 'dropped', 'dropped', 'sent']);
    made.recorder.record(note('Five'));
    await made.clock.advance(1_000);
    expect(made.outcomes.at(-1)).to.equal('sent');
  });

  it('does not wait for a pause when it stops', async () => {
    const made = bench();
    made.fates.push('server', 'server', 'server');
    made.recorder.record(note('One'));
    await settle();
    await made.recorder.stop();
    expect(made.clock.pending()).to.equal(0);
    made.recorder.record(note('Two'));
    expect(made.outcomes).to.deep.equal(['dropped', 'dropped']);
  });
});
