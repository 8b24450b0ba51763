import { expect } from 'chai';
import type { NamespaceMigrationStatus } from '../../../src/api/v1alpha1/namespace-migration.ts';
import { changesBetween } from '../../../src/cli/status/changes.ts';
import type { Picture } from '../../../src/cli/status/picture.ts';
import { conditions, migration, record, row } from './objects.ts';

const failure = { reason: 'ProgressDeadlineExceeded', message: 'late', remedy: 'Repair it.' };

function pictureWith(status: NamespaceMigrationStatus): Picture {
  return { migrations: [migration()], records: [record('cart', status)] };
}

describe('the log of changes', () => {
  it('has one line for each workload and namespace that stands elsewhere now', () => {
    const before = pictureWith({ step: 'Cutover', workloads: [row('cart', 'Moving'), row('ledger', 'Moving')] });
    const after = pictureWith({
      step: 'Commit',
      progress: '1/2',
      workloads: [row('cart', 'Moving'), row('ledger', 'Failed', failure)],
    });

    expect(changesBetween(before, after)).to.deep.equal([
      'cart: Deployment/ledger Failed; ProgressDeadlineExceeded: late; remedy: Repair it.',
      'cart: Commit 1/2',
    ]);
  });

  it('is silent when nothing changed, or only a message of what is on its way', () => {
    const before = pictureWith({ step: 'Cutover', message: 'one', workloads: [row('cart', 'Moving', { message: '1 of 3' })] });
    const after = pictureWith({ step: 'Cutover', message: 'two', workloads: [row('cart', 'Moving', { message: '2 of 3' })] });

    expect(changesBetween(before, after)).to.deep.equal([]);
  });

  it('does not repeat the reason when a failed workload is back', () => {
    const before = pictureWith({ step: 'Cutover', workloads: [row('ledger', 'Failed', failure)] });
    const after = pictureWith({ step: 'Cutover', workloads: [row('ledger', 'Restored', failure)] });

    expect(changesBetween(before, after)).to.deep.equal(['cart: Deployment/ledger Restored']);
  });

  it('says when a namespace needs a look, although its step is the same', () => {
    const before = pictureWith({ step: 'Cutover', reason: 'InProgress', message: 'moving' });
    const after = pictureWith({
      step: 'Cutover',
      reason: 'Held',
      message: 'held by a person: audit',
      remedy: 'Remove the hold.',
    });

    expect(changesBetween(before, after)).to.deep.equal([
      'cart: Cutover; Held: held by a person: audit; remedy: Remove the hold.',
    ]);
  });

  it('tells the start of a wave before its namespaces, and the end of all at the end', () => {
    const before: Picture = { migrations: [migration({ status: { waves: [] } })], records: [] };
    const ended = migration({ status: { conditions: conditions('good', 'Migrated', 'migrated and verified') } });
    const after: Picture = { migrations: [ended], records: [record('cart', { step: 'Migrated' })] };

    expect(changesBetween(before, after)).to.deep.equal([
      'wave canary starts',
      'wave shop starts',
      'cart: Migrated',
      'wave canary came to its end',
      'Migrated: migrated and verified',
    ]);
  });

  it('names the migration where there are several, and says when one is gone', () => {
    const both: Picture = { migrations: [migration({ name: 'a' }), migration({ name: 'b' })], records: [] };
    const paused = migration({ name: 'b', status: { conditions: conditions('suspended', 'Paused', 'paused') } });

    expect(changesBetween(both, { migrations: [paused], records: [] })).to.deep.equal([
      'a: deleted; its namespaces stay as they are',
      'b: Paused: paused',
    ]);
  });
});
