// Kinds of routes that a cluster does not have: no remedy leads to another that leads back.

import { expect } from 'chai';
import type { NamesIo } from '../../../src/mesh/names.ts';
import { profilesProblem, readGateway } from '../../../src/mesh/linkerd1/reader/gateway.ts';

describe('a cluster without routes', () => {
  it('is told which CRDs either kind needs', async () => {
    const gateway = await readGateway(() => Promise.resolve({ kind: 'objects', items: [] }));
    const profiles = await profilesProblem(() => Promise.resolve({ kind: 'error', message: 'nothing is served there' }));

    for (const { remedy } of [gateway, profiles] as { remedy: string }[])
      expect(remedy).to.contain('httproutes.gateway.networking.k8s.io').and.to.contain('serviceprofiles.linkerd.io');
    expect(gateway).to.deep.include({ ok: false });
    expect(profiles?.why).to.contain('serviceprofiles.linkerd.io').and.to.contain('nothing is served there');
  });

  it('is told the version that it has where the target supports another', async () => {
    const verdictOn = async (version: string | undefined): Promise<string> => {
      const annotations = version === undefined ? {} : { 'gateway.networking.k8s.io/bundle-version': version };
      const list: NamesIo['list'] = ({ name }) =>
        Promise.resolve({ kind: 'objects', items: name === 'definitions' ? [{ metadata: { annotations } }] : [] });
      const gateway = await readGateway(list);
      return gateway.ok ? 'supported' : gateway.why;
    };
    for (const version of ['v1.2.1', 'v1.5.1', '1.4.0']) expect(await verdictOn(version), version).to.equal('supported');
    for (const version of ['v1.0.0', 'v1.6.0', 'v1.7.0', 'v2.2.0', 'v0.8.1', 'newest'])
      expect(await verdictOn(version)).to.contain(`the Gateway API here is ${version}`);
    expect(await verdictOn(undefined)).to.contain('of no known version');
  });
});
