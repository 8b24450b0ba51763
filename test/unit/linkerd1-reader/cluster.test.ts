// What is ours in a cluster, as names are judged without it: what records list, whatever others write into labels and names of ports.

import { expect } from 'chai';
import type { MadeName } from '../../../src/api/v1alpha1/namespace-migration.ts';
import { readCluster } from '../../../src/mesh/linkerd1/reader/cluster.ts';
import type { NamesIo } from '../../../src/mesh/names.ts';

const labelled = {
  labels: { 'app.kubernetes.io/managed-by': 'meshmigration' },
  annotations: { 'meshmigration.io/needed-by': 'nobody' },
};
const services = [
  { metadata: { name: 'tenant', namespace: 'open', uid: 'u1', ...labelled }, spec: { ports: [{ name: 'mm-80', port: 80 }] } },
  {
    metadata: { name: 'ported', namespace: 'open', uid: 'u2' },
    spec: {
      ports: [
        { name: 'http', port: 8080 },
        { name: 'mm-80', port: 80 },
      ],
    },
  },
];
const list: NamesIo['list'] = ({ plural }) => Promise.resolve({ kind: 'objects', items: plural === 'services' ? services : [] });
const reading = async (made: readonly MadeName[]) => {
  const found = await readCluster({ list, made: () => made });
  if (typeof found === 'string') throw new Error(found);
  return found;
};
const at = { kind: 'Service', namespace: 'open' };

describe('what was made for callers', () => {
  it('is nothing of what others mark as the operator’s', async () => {
    const { before, prepared } = await reading([{ ...at, name: 'tenant', uid: 'an-older-one' }]);
    expect(before.service('open', 'tenant')?.ports.map(({ name }) => name)).to.deep.equal(['mm-80']);
    expect(before.service('open', 'ported')?.ports.map(({ name }) => name)).to.deep.equal(['http', 'mm-80']);
    expect(prepared).to.equal(false);
  });

  it('is what records list, whole or partly', async () => {
    const { before, now, prepared } = await reading([
      { ...at, name: 'tenant', uid: 'u1' },
      { ...at, name: 'ported', uid: 'u2', partly: true },
    ]);
    expect(before.service('open', 'tenant')).to.equal(undefined);
    expect(before.service('open', 'ported')?.ports.map(({ name }) => name)).to.deep.equal(['http']);
    expect(now.service('open', 'tenant')).to.not.equal(undefined);
    expect(prepared).to.equal(true);
  });

  it('is told from the rest in what Linkerd 1 binds a name to', async () => {
    const { isThroughOurs } = await reading([
      { ...at, name: 'tenant', uid: 'u1' },
      { ...at, name: 'ported', uid: 'u2', partly: true },
    ]);
    const bound = (rest: string): string => `/#/io.l5d.k8s/${rest}`;

    expect(['open/http/tenant', 'open/80/ported', 'open/mm-80/ported'].map(bound).filter(isThroughOurs)).to.have.length(3);
    expect(['open/http/ported', 'tenant/http/open', 'open/http/other', 'tenant'].map(bound).filter(isThroughOurs)).to.deep.equal(
      [],
    );
  });
});
