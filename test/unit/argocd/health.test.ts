// The health check for Argo CD, on statuses that the core decides. The check is written in the part of Lua that says the same in
// JavaScript word by word; it is translated here and run, for want of a Lua of our own.

import { expect } from 'chai';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runInNewContext } from 'node:vm';
import { parse } from 'yaml';
import type { MeshMigration, MeshMigrationSpec } from '../../../src/api/v1alpha1/mesh-migration.ts';
import type { NamespaceMigrationStatus } from '../../../src/api/v1alpha1/namespace-migration.ts';
import { aMigration, aMigrationObservation, aRecord, aRow, at } from '../../model/builders.ts';
import { decideAll } from '../core/deciding.ts';

const file = join(import.meta.dirname, '../../../config/argocd/argocd-cm.yaml');
const { data } = parse(readFileSync(file, 'utf8')) as { data: Record<string, string> };
const lua = data['resource.customizations.health.meshmigration.io_MeshMigration'] ?? '';

const words: readonly (readonly [RegExp, string])[] = [
  [/local (\w+) = \{ (\w+) = (.*), (\w+) = (.*) \}/, 'let $1 = { $2: $3, $4: $5 }'],
  [/for _, (\w+) in ipairs\((.*)\) do/, 'for (const $1 of $2) {'],
  [/elseif (.*) then/, '} else if ($1) {'],
  [/\bif (.*) then/, 'if ($1) {'],
  [/\bend\b/, '}'],
  [/ ~= nil/, ' !== undefined'],
  [/ == nil/, ' === undefined'],
  [/ ~= /, ' !== '],
  [/ == /, ' === '],
  [/ or /, ' || '],
  [/ and /, ' && '],
];

function translated(text: string): string {
  const line = (one: string): string => words.reduce((sum, [from, to]) => sum.replaceAll(new RegExp(from, 'g'), to), one);
  return text.split('\n').map(line).join('\n');
}

function healthOf(obj: unknown): { status: string; message: string } {
  const text = `(() => { ${translated(lua)} })()`;
  // What Argo CD hands over is plain data.
  return runInNewContext(text, { obj: JSON.parse(JSON.stringify(obj)) as unknown }) as { status: string; message: string };
}

const counts = { total: 1, pending: 0, inFlight: 0, migrated: 0, partiallyMigrated: 0, rolledBack: 0, failed: 0, blocked: 0 };

/** The migration as the operator leaves it, with one namespace that stands so. */
function decided(record: NamespaceMigrationStatus, spec: Partial<MeshMigrationSpec> = {}): MeshMigration {
  const migration = {
    ...aMigration(spec),
    status: { waves: [{ name: 'first', startTime: at(0), namespaces: counts }] },
  };
  const { status } = decideAll(aMigrationObservation({ migration, records: [aRecord({ attempt: 1, ...record })] }));
  return { ...migration, status };
}

const halted = { step: 'Halted', failed: true, reason: 'WorkloadFailed', message: 'it failed', remedy: 'Repair it.' } as const;
const row = aRow({ state: 'Listed', reason: 'Held', message: 'held', remedy: 'Free it.' });

describe('the health of a MeshMigration in Argo CD', () => {
  const stands: Readonly<Record<string, readonly [MeshMigration, string]>> = {
    moves: [decided({ step: 'Cutover' }), 'Progressing'],
    'is migrated': [decided({ step: 'Migrated' }), 'Healthy'],
    'is paused': [decided({ step: 'Cutover' }, { paused: true }), 'Suspended'],
    'has failed': [decided(halted), 'Degraded'],
    'has exceptions left': [decided({ step: 'PartiallyMigrated', workloads: [row] }), 'Degraded'],
    'is rolled back by request': [
      decided({ step: 'RolledBack', restoreCause: 'Request' }, { desiredState: 'RolledBack' }),
      'Healthy',
    ],
    'nobody has looked at': [{ ...aMigration(), status: { observedGeneration: -1 } }, 'Progressing'],
  };
  for (const [what, [migration, status]] of Object.entries(stands)) {
    it(`that ${what} is ${status}`, () => {
      expect(healthOf(migration).status).to.equal(status);
    });
  }

  it('says what the migration says', () => {
    expect(healthOf(decided({ step: 'Migrated' })).message).to.equal('migrated and verified');
  });

  it('is none of an older spec, nor of one that is being deleted', () => {
    const migration = decided({ step: 'Migrated' });
    const edited = { ...migration, metadata: { ...migration.metadata, generation: 2 } };
    const deleting = { ...migration, metadata: { ...migration.metadata, deletionTimestamp: at(0) } };

    expect([healthOf(edited).status, healthOf(deleting).status]).to.deep.equal(['Progressing', 'Progressing']);
  });
});
