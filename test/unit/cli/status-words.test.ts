// What the status says of a problem, and how often.

import { expect } from 'chai';
import type { MeshMigration } from '../../../src/api/v1alpha1/mesh-migration.ts';
import type { NamespaceMigration } from '../../../src/api/v1alpha1/namespace-migration.ts';
import { paint, unicodeGlyphs } from '../../../src/cli/line.ts';
import { pageLines } from '../../../src/cli/status/page.ts';
import { conditions, migration, record } from './objects.ts';

/** The page of one migration, whose records are given. */
function pageOf(one: { migration: MeshMigration; records: NamespaceMigration[] }): string[] {
  const picture = { migrations: [one.migration], records: one.records };
  return pageLines(picture, undefined, { width: 80, glyphs: unicodeGlyphs }).map((line) => paint(line, false));
}

describe('the status', () => {
  it('says which field keeps a namespace back, and nothing of the sort where everything goes back', () => {
    const told = (remedy: string): string =>
      pageOf({
        migration: migration(),
        records: [record('cart', { step: 'RolledBack', restoreCause: 'Request', reason: 'RolledBack', message: 'kept', remedy })],
      }).join('\n');

    expect(told('desiredState: null')).to.contain('RolledBack: kept').and.to.contain('> desiredState: null');
    expect(told('Set retry-at.')).to.not.contain('retry-at');
  });

  it('tells the first failure once, in its place in the tree', () => {
    const failures = [{ namespace: 'cart', reason: 'Overlap', message: 'of another', remedy: 'Choose.' }];
    const message = 'Some wait. First of failures: cart: Overlap: of another. Remedy: Choose.';
    const lines = pageOf({
      migration: migration({ status: { failures, conditions: conditions('stalled', 'Blocked', message) } }),
      records: [],
    }).join('\n');

    expect(lines.split('of another')).to.have.length(2);
    expect(lines).to.contain('Stalled (Blocked): Some wait.');
  });

  it('of a migration that was created again under its name takes no record of the old one for its own', () => {
    const old = record('sandbox', { step: 'Migrated', reason: 'MigrationGone', message: 'deleted' }, { wave: 'gone' });
    const records = [{ ...old, spec: { ...old.spec, migrationRef: { name: 'demo', uid: 'uid-of-the-old-one' } } }];
    const lines = pageOf({ migration: migration(), records }).join('\n');

    expect(lines).to.match(/sandbox +Pending/);
    expect(lines).to.not.contain('the spec has no more').and.to.not.contain('by label');
  });

  it('gives the operator a moment to see what was just created', () => {
    const made = migration({ status: { conditions: [] } });
    made.metadata.creationTimestamp = '2026-03-01T10:00:00Z';
    const heading = (seconds: number): string => {
      const now = Date.parse('2026-03-01T10:00:00Z') + seconds * 1000;
      const picture = { migrations: [made], records: [] };
      return pageLines(picture, undefined, { width: 80, glyphs: unicodeGlyphs, now })
        .map((line) => paint(line, false))
        .join('\n');
    };

    expect(heading(3)).to.contain('Just created').and.to.not.contain('check that the operator runs');
    expect(heading(11)).to.contain('Not seen by the operator');
  });

  it('cuts nothing where it is read later', () => {
    const message = `going on ${'and on '.repeat(30)}until the end`;
    const picture = {
      migrations: [migration()],
      records: [record('cart', { step: 'Cutover', reason: 'InProgress', message })],
    };
    const lines = pageLines(picture, undefined, { width: 80, glyphs: unicodeGlyphs, whole: true });

    expect(lines.map((line) => paint(line, false)).join('\n')).to.contain(message);
  });

  it('of the way back has no durations, no forward words, and counts what is in the source', () => {
    const lines = pageOf({
      migration: migration({
        spec: { desiredState: 'RolledBack' },
        status: {
          conditions: conditions('running', 'Restoring', 'going back'),
          workloads: { total: 5, pending: 0, moving: 1, verified: 1, armed: 0, failed: 0, restored: 3, drifted: 0, listed: 0 },
        },
      }),
      records: [],
    }).join('\n');

    expect(lines).to.contain('3/5 in the source, 1 going back, 1 in the');
    expect(lines).to.not.contain('took');
  });
});
