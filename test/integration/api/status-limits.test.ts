// How the API server counts the length of a text of a status, and what it says of one that is too long.

import { expect } from 'chai';
import { NAMESPACE_MIGRATION } from '../../../src/api/v1alpha1/group.ts';
import { withinLimits } from '../../../src/core/within-limits.ts';
import { apiServer, refusal } from './api-server.ts';
import type { ApiServer } from './api-server.ts';
import { namespaceMigration } from './manifests.ts';

describe('a status of a NamespaceMigration', function () {
  this.timeout(120_000);
  let server: ApiServer;
  const store = (message: string): Promise<unknown> =>
    server.client.jsonPatch(NAMESPACE_MIGRATION, { name: 'told' }, [{ op: 'add', path: '/status', value: { message } }], {
      subresource: 'status',
    });
  before(async () => {
    server = await apiServer();
    await server.client.create(NAMESPACE_MIGRATION, namespaceMigration('told'));
  });

  it('may have as many characters as its CRD says, however many bytes they have', async () => {
    const stored = (await store('🚧'.repeat(4096))) as { status: { message: string } };

    expect(stored.status.message).to.equal('🚧'.repeat(4096));
  });

  it('is refused with one character more, and the refusal names the field', async () => {
    const causes = await refusal(() => store('🚧'.repeat(4097)));

    expect(causes.join()).to.match(/^status\.message: .*4096/);
  });

  it('is taken as it was cut', async () => {
    const { message } = withinLimits({ message: '🚧'.repeat(5000) }, 'NamespaceMigration');
    const stored = (await store(message)) as { status: { message: string } };

    expect(stored.status.message).to.equal(message);
  });
});
