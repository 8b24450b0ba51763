// What only the operator can find wrong with a spec: Stalled with a reason and a sentence, and a failure that names the field,
// the value and the fix. What the API server refuses itself is in test/integration/api.

import { expect } from 'chai';
import type { MeshMigrationSpec } from '../../../src/api/v1alpha1/mesh-migration.ts';
import { aMigration, aMigrationObservation, aNamespace, aRecord } from '../../model/builders.ts';
import { decideAll, inShort } from './deciding.ts';

interface Mistake {
  readonly spec: Partial<MeshMigrationSpec>;
  readonly reason: string;
  readonly says: readonly string[];
  readonly fix: string;
}

const mistakes: Readonly<Record<string, Mistake>> = {
  'an excluded namespace that a wave names': {
    spec: {
      waves: [
        { name: 'first', namespaces: ['shop'] },
        { name: 'second', namespaces: ['kube-system'] },
      ],
    },
    reason: 'ExcludedNamespace',
    says: ['spec.waves[1].namespaces', '"kube-system"'],
    fix: 'Take "kube-system" out of wave "second".',
  },
  'an approval that names no wave': {
    spec: { advanceThrough: 'frist' },
    reason: 'InvalidSpec',
    says: ['spec.advanceThrough', '"frist"'],
    fix: 'Name one of: first.',
  },
  'a wave that has started and is gone': {
    spec: { waves: [{ name: 'renamed', namespaces: ['shop'] }] },
    reason: 'InvalidSpec',
    says: ['spec.waves', '"first"', '"shop"'],
    fix: 'Put the wave "first" back.',
  },
};

describe('a spec that can not be carried out, by', () => {
  for (const [what, { spec, reason, says, fix }] of Object.entries(mistakes)) {
    it(`${what}: stalls, starts nothing, and says field, value and fix`, () => {
      const records = what.includes('started') ? [aRecord({ step: 'Migrated', attempt: 1 })] : [];
      const namespaces = [aNamespace(), aNamespace({ name: 'kube-system' })];
      const decision = decideAll(aMigrationObservation({ migration: aMigration(spec), records, namespaces }));
      const stalled = decision.status.conditions?.find(({ type }) => type === 'Stalled');
      const [failure] = decision.status.failures ?? [];

      expect(inShort(decision)).to.deep.equal([]);
      expect(stalled).to.deep.include({ status: 'True', reason });
      expect(failure).to.deep.include({ reason, remedy: fix });
      for (const word of says) expect(failure?.message).to.include(word);
    });
  }
});
