// Bad input that the API server itself refuses, by the CRDs alone. The answer must hold the field, the value
// where there is one, and what to write instead. What only the operator can know is not here.

import { expect } from 'chai';
import { MESH_MIGRATION, NAMESPACE_MIGRATION } from '../../../src/api/v1alpha1/group.ts';
import { apiServer, refusal, tryCreate } from './api-server.ts';
import { meshMigration, namespaceMigration, type LooseSpec } from './manifests.ts';
import { wave, type Mistake } from './mistake.ts';
import { choices, numbers, records } from './mistakes-in-values.ts';
import { meshes, wavesAndSelectors } from './mistakes-in-waves.ts';

function refuses(rows: Mistake[], attempt: (changes: LooseSpec) => Promise<unknown>): void {
  for (const [mistake, changes, field, says] of rows) {
    it(`refuses ${mistake}`, async () => {
      const causes = await refusal(() => attempt(changes));

      expect(causes.filter((cause) => cause.startsWith(`${field}: `)).join('\n')).to.match(says);
    });
  }
}

describe('the API server, given a bad MeshMigration,', function () {
  this.timeout(120_000);
  before(apiServer);
  const attempt = (changes: LooseSpec) => tryCreate(MESH_MIGRATION, meshMigration('bad', changes));

  refuses([...meshes, ...wavesAndSelectors, ...numbers, ...choices], attempt);

  for (const [place, changes] of Object.entries({
    'spec.pausd': { pausd: true },
    'spec.waves[0].namespace': wave({ namespace: 'shop' }),
    'spec.health.soak': { health: { soak: 60 } },
  })) {
    it(`refuses the unknown field ${place} under strict validation`, async () => {
      const causes = await refusal(() => attempt(changes));

      expect(causes.join('\n')).to.include(`unknown field "${place}"`);
    });
  }
});

describe('the API server, given a bad NamespaceMigration,', function () {
  this.timeout(120_000);
  before(apiServer);

  refuses(records, (changes) => tryCreate(NAMESPACE_MIGRATION, namespaceMigration('shop', changes)));

  it('refuses a name that no namespace can have', async () => {
    const causes = await refusal(() => tryCreate(NAMESPACE_MIGRATION, namespaceMigration('shop.eu')));

    expect(causes.join('\n')).to.match(/shop\.eu can not be a namespace; a NamespaceMigration has the name of its namespace/);
  });
});
