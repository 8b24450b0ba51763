// Specs that nobody foresaw, put together by chance: each is refused with a field and a sentence, or it can be carried out,
// so that the operator comes to a status that says where it stands. Nothing is stored and nothing reconciles.

import { expect } from 'chai';
import fc from 'fast-check';
import { MESH_MIGRATION } from '../../../src/api/v1alpha1/group.ts';
import type { MeshMigrationSpec } from '../../../src/api/v1alpha1/mesh-migration.ts';
import { KubeError } from '../../../src/kube/kube-error.ts';
import { aMigration, aMigrationObservation, aNamespace } from '../../model/builders.ts';
import { decideAll } from '../../unit/core/deciding.ts';
import { apiServer, tryCreate } from './api-server.ts';
import { meshMigration, type LooseSpec } from './manifests.ts';

const odd = fc.constantFrom<unknown>(
  ...[null, '', ' ', 'Linkerd2', 'linkerd2', 'constructor', '__proto__', 'A'.repeat(64), 'ü', 'a\u0000b', true, false],
  ...[-1, 0, 1, 1.5, 2 ** 31, 2 ** 53, -(2 ** 63), '10m', [], [null], {}, { '': '' }, { toString: 'x' }],
);
const either = (good: unknown): fc.Arbitrary<unknown> => fc.oneof({ weight: 30, arbitrary: fc.constant(good) }, odd);
const name = fc.constantFrom<unknown>(
  'shop',
  'Shop',
  'shop.eu',
  'constructor',
  'kube-system',
  'all',
  'n-1',
  '-a',
  'a'.repeat(63),
);
const goodName = fc.constantFrom('shop', 'all', 'constructor', 'n-1', 'kube-system', 'a'.repeat(63));
const labels = fc.dictionary(fc.constantFrom('team', 'a/b', 'A b', '', 'constructor'), either('payments'), { maxKeys: 2 });
const expression = fc.record(
  { key: either('team'), operator: either('In'), values: fc.oneof(odd, fc.array(either('a'), { maxLength: 3 })) },
  { requiredKeys: ['key', 'operator'] },
);
const wave = fc.record(
  {
    name: fc.oneof(name, odd),
    namespaces: fc.oneof(fc.array(name, { maxLength: 4 }), odd),
    namespaceSelector: fc.oneof(
      fc.record({ matchLabels: labels, matchExpressions: fc.array(expression, { maxLength: 2 }) }),
      odd,
    ),
    requireApproval: either(true),
    soakSeconds: either(0),
    maxConcurrentNamespaces: either(2),
  },
  { requiredKeys: ['name'] },
);
const spec = fc.record(
  {
    source: either({ mesh: 'Linkerd1' }),
    target: either({ mesh: 'Linkerd2' }),
    waves: fc.oneof(
      { weight: 2, arbitrary: fc.array(wave, { maxLength: 4 }) },
      {
        weight: 7,
        arbitrary: fc
          .uniqueArray(goodName, { minLength: 1, maxLength: 4 })
          .map((names) => names.map((n) => ({ name: n, namespaces: ['shop', n] }))),
      },
      {
        weight: 1,
        arbitrary: fc
          .uniqueArray(name, { minLength: 1, maxLength: 5 })
          .map((names) => names.map((n) => ({ name: n, namespaces: ['shop'] }))),
      },
      { weight: 1, arbitrary: fc.constant(Array.from({ length: 100 }, (_, i) => ({ name: `W${i}`, namespaces: ['shop'] }))) },
    ),
    advanceThrough: fc.oneof({ weight: 5, arbitrary: fc.constant(undefined) }, name, odd),
    desiredState: either('RolledBack'),
    paused: either(true),
    pace: either({ maxConcurrentNamespaces: 1000 }),
    restart: either({ progressDeadlineSeconds: 86_400, minReadySeconds: 3600 }),
    health: either({ minimumRequests: 0, soakSeconds: 0 }),
    rollback: either({ onFailure: 'None', maximumFailedNamespaces: 100_000 }),
    deletionPolicy: either('Rollback'),
  },
  { requiredKeys: [] },
);

/** What the API server says; undefined when it accepts the spec as it is. */
async function answerTo(changes: LooseSpec): Promise<KubeError | undefined> {
  try {
    await tryCreate(MESH_MIGRATION, meshMigration('odd', changes));
    return undefined;
  } catch (error) {
    if (error instanceof KubeError) return error;
    throw error;
  }
}

function decideOn(changes: LooseSpec): void {
  const accepted = meshMigration('odd', changes)['spec'] as MeshMigrationSpec;
  const { status } = decideAll(
    aMigrationObservation({
      migration: aMigration(withoutNull(accepted)),
      namespaces: ['shop', 'all', 'constructor', 'kube-system'].map((n) => aNamespace({ name: n, labels: { team: 'payments' } })),
    }),
  );
  expect(status.conditions?.map(({ type }) => type)).to.include('Ready');
}

// As the API server stores it: a null of an optional field is dropped.
function withoutNull<T extends object>(from: T): T {
  return JSON.parse(JSON.stringify(from, (_key, value: unknown) => (value === null ? undefined : value))) as T;
}

describe('a MeshMigration put together by chance', function () {
  this.timeout(120_000);
  before(apiServer);

  it('is refused with the field and a sentence, or can be carried out', async () => {
    const seen = { refused: 0, accepted: 0 };
    await fc.assert(
      fc.asyncProperty(spec, async (changes) => {
        const error = await answerTo(changes);
        seen[error === undefined ? 'accepted' : 'refused'] += 1;
        if (error === undefined) decideOn(changes);
        else
          expect(
            error.causes.every(({ field, message }) => field !== '' && message !== '') && error.message.length > 20,
          ).to.equal(true);
      }),
      { numRuns: 400 },
    );

    expect(Math.min(seen.refused, seen.accepted), JSON.stringify(seen)).to.be.above(20);
  });
});
