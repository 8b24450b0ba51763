// Observer: how many may move at once, by the specs that were in force within the last seconds: a spec may change while
// the write that it allowed is on its way.
import { listAt, numberAt, textAt } from '../fields.ts';
import type { Change, Seen } from '../world.ts';

const graceMs = 3_000;

/** Remembers the specs of migrations. */
export class Limits {
  readonly #specs = new Map<string, { spec: Seen; until: number }[]>();

  note({ collection, old, now, at }: Change): void {
    if (collection !== 'migrations' || now === undefined) return;
    const { uid } = now.metadata;
    const recent = (this.#specs.get(uid) ?? []).filter(({ until }) => until > at);
    const last = recent.find(({ until }) => until === Infinity);
    if (last !== undefined && old !== undefined && old.metadata.generation === now.metadata.generation) return;
    const ended = recent.map((one) => (one.until === Infinity ? { ...one, until: at + graceMs } : one));
    this.#specs.set(uid, [...ended, { spec: now, until: Infinity }]);
  }

  /** Namespaces of a wave at once; of the most generous wave when none is named. */
  namespaces(uid: string, now: number, wave?: string): number {
    return this.#largest(uid, now, (spec) => {
      const usual = numberAt(spec, 'spec', 'pace', 'maxConcurrentNamespaces') ?? 1;
      const waves = listAt(spec, 'spec', 'waves').filter((one) => wave === undefined || textAt(one, 'name') === wave);
      return Math.max(...waves.map((one) => numberAt(one, 'maxConcurrentNamespaces') ?? usual), waves.length === 0 ? usual : 0);
    });
  }

  /** Workloads of a namespace at once. */
  workloads(uid: string, now: number): number {
    return this.#largest(uid, now, (spec) => numberAt(spec, 'spec', 'pace', 'maxConcurrentWorkloads') ?? 3);
  }

  // A migration that is not known yet limits nothing: its first write may overtake the watch that tells of it.
  #largest(uid: string, now: number, limitOf: (spec: Seen) => number): number {
    const inForce = (this.#specs.get(uid) ?? []).filter(({ until }) => until > now);
    return inForce.length === 0 ? Infinity : Math.max(...inForce.map(({ spec }) => limitOf(spec)));
  }
}
