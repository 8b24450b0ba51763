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
});
