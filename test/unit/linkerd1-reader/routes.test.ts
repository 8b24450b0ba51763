// Kinds of routes that a cluster does not have: no remedy leads to another that leads back.

import { expect } from 'chai';
import { profilesProblem, readGateway } from '../../../src/mesh/linkerd1/reader/gateway.ts';

describe('a cluster without routes', () => {
  it('is told which CRDs either kind needs', async () => {
    const gateway = await readGateway(() => Promise.resolve({ kind: 'objects', items: [] }));
    const profiles = await profilesProblem(() => Promise.resolve({ kind: 'error', message: 'nothing is served there' }));

    for (const { remedy } of [gateway, profiles] as { remedy: string }[])
      expect(remedy).to.contain('httproutes.gateway.networking.k8s.io').and.to.contain('serviceprofiles.linkerd.io');
    expect(profiles?.why).to.contain('serviceprofiles.linkerd.io').and.to.contain('nothing is served there');
  });
});
