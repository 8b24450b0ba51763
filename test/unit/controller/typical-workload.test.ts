// Whether a dry run can stand for a workload of the namespace at all.
import { expect } from 'chai';
import type { TrimmedWorkload } from '../../../src/controller/trimmed.ts';
import { noneCouldMove } from '../../../src/controller/typical-workload.ts';
import { aMigration } from '../../model/builders.ts';

const workload = (change: object = {}, spec: object = {}): TrimmedWorkload =>
  ({
    kind: 'Deployment',
    name: 'web',
    deleting: false,
    template: { metadata: {}, spec },
    keys: {},
    ...change,
  }) as TrimmedWorkload;

describe('a namespace in which no workload could move', () => {
  it('has none, or only such as leave, are owned, or use the network of the host', () => {
    const others = [workload({ deleting: true }), workload({ owner: 'App/shop' }), workload({}, { hostNetwork: true })];
    expect(noneCouldMove([], aMigration())).to.equal(true);
    expect(noneCouldMove(others, aMigration())).to.equal(true);
    expect(noneCouldMove([...others, workload()], aMigration())).to.equal(false);
  });
});
