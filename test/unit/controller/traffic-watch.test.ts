// What a namespace keeps of the source's counters: what was counted before it began to move, and nothing that the move itself brought.

import { expect } from 'chai';
import type { NamespaceMigration, NamespaceMigrationStatus } from '../../../src/api/v1alpha1/namespace-migration.ts';
import { createTrafficWatch } from '../../../src/controller/names/traffic.ts';
import type { ServiceCount } from '../../../src/core/traffic.ts';
import type { NamesReading } from '../../../src/mesh/names.ts';
import { aMigration } from '../../model/builders.ts';

const migration = aMigration();
const at = (status: NamespaceMigrationStatus): NamespaceMigration =>
  ({ metadata: { name: 'shop', uid: 'shop' }, spec: {}, status }) as unknown as NamespaceMigration;
const preparing = at({ step: 'Prepare' });
const moving = at({ step: 'Cutover' });

/** A watch of one proxy, which has counted nothing of its own accord. */
class World {
  now = 0;
  readonly watch = createTrafficWatch({
    io: { http: () => Promise.reject(new Error('nobody answers')), list: () => Promise.reject(new Error('nobody answers')) },
    wallMs: () => this.now,
    onLook: () => undefined,
  });

  async begin(): Promise<this> {
    this.watch.look(migration);
    await new Promise((resolve) => setImmediate(resolve));
    return this;
  }

  /** The proxy's counters of Service `shop/web` and of a name that leads nowhere, as somebody else reads them. */
  async counts(requests: number, success = requests): Promise<void> {
    this.now += 100;
    const names = new Map(['web', 'nowhere'].map((name) => [name, { requests, success }] as const));
    const traffic = {
      proxies: [{ id: 'l5d', served: requests, names }],
      problems: [],
      serviceOf: (name: string) => (name === 'web' ? 'shop/web' : undefined),
      selectorOf: () => new Map([['app', 'web']]),
    };
    const reading = { traffic, settings: [] } as unknown as NamesReading;
    await this.watch.alongside(migration, () => {
      this.now += 1;
      return Promise.resolve(reading);
    });
  }

  before(record: NamespaceMigration): readonly ServiceCount[] | undefined {
    return this.watch.countedBefore(migration, record);
  }
}

const counted = (found: readonly ServiceCount[] | undefined): unknown => found?.map((one) => one.counted);

describe('what the source counted before a namespace moved', () => {
  it('stays as it was, and the same object, whatever is counted while it moves', async () => {
    const world = await new World().begin();
    await world.counts(10);
    await world.counts(40);
    expect(world.before(preparing)).to.equal(undefined);
    const first = world.before(moving);
    await world.counts(90, 40);

    expect(counted(first)).to.deep.equal([{ requests: 30, success: 30 }]);
    expect(world.before(at({ step: 'Soak' }))).to.equal(first);
  });

  it('is not counted anew for another try, since the one before has left its failures', async () => {
    const world = await new World().begin();
    await world.counts(10);
    await world.counts(40);
    world.before(preparing);
    await world.counts(90, 40);
    const again = { attempt: 2 };
    world.before(at({ step: 'Prepare', ...again }));

    expect(counted(world.before(at({ step: 'Cutover', ...again })))).to.deep.equal([{ requests: 30, success: 30 }]);
  });

  it('is unknown to who came when it moved already, or took it over from another', async () => {
    for (const late of [moving, at({ step: 'Prepare', attempt: 2 }), at({ step: 'Prepare', keyed: ['12345678'] })]) {
      const world = await new World().begin();
      await world.counts(10);
      await world.counts(40);
      world.before(late);
      expect(world.before(moving)).to.equal(undefined);
    }
  });

  it('is forgotten with its migration', async () => {
    const world = await new World().begin();
    await world.counts(10);
    await world.counts(40);
    world.before(preparing);
    world.watch.retain(new Set([migration.metadata.uid]));
    expect(world.before(moving)).not.to.equal(undefined);
    world.watch.retain(new Set());
    expect(world.before(moving)).to.equal(undefined);
    expect(world.watch.look(migration)).to.have.property('why');
  });
});
