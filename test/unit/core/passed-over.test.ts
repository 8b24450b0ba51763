// Namespaces that a selector selects and that are not moved: told where that may be a mistake.

import { expect } from 'chai';
import { aMigration, aMigrationObservation, aNamespace, aRecord, at } from '../../model/builders.ts';
import { decideAll } from './deciding.ts';

const noCounts = { total: 0, pending: 0, inFlight: 0, migrated: 0, partiallyMigrated: 0, rolledBack: 0, failed: 0, blocked: 0 };
const status = { waves: [{ name: 'all', startTime: at(0), namespaces: noCounts }] };
const record = aRecord({ step: 'Migrated', attempt: 1 }, { name: 'shop' });
const seen = (excluded: readonly string[], assumed: readonly string[], spec = {}) =>
  decideAll(
    aMigrationObservation({
      migration: { ...aMigration({ waves: [{ name: 'all', namespaceSelector: {} }], ...spec }), status },
      records: [{ ...record, spec: { ...record.spec, wave: 'all' } }],
      namespaces: ['shop', 'kube-system', 'mesh', 'cafe'].map((name) => aNamespace({ name })),
      isExcluded: (name) => excluded.includes(name) || assumed.includes(name),
      isAssumed: (name) => assumed.includes(name),
    }),
  ).status;
const readyOf = ({ conditions = [] }: ReturnType<typeof seen>): string | undefined => {
  const ready = conditions.find(({ type }) => type === 'Ready');
  return ready && `${ready.status} ${ready.reason}`;
};

describe('namespaces that are passed over', () => {
  it('are no news where the operator never touches them', () => {
    const end = seen(['kube-system', 'mesh', 'cafe'], []);
    expect(readyOf(end)).to.equal('True Migrated');
    expect(end.failures).to.deep.equal([]);
  });

  it('are told one by one where only an object in them looks like a mesh', () => {
    const end = seen(['kube-system', 'mesh'], ['cafe']);
    expect(readyOf(end)).to.equal('True Migrated');
    expect(end.failures).to.have.length(1);
    const [failure] = end.failures ?? [];
    expect(failure).to.include({ namespace: 'cafe', reason: 'NamespacePassedOver' });
    expect(failure?.remedy).to.contain('Name the namespace of the mesh to leave in spec.source');
  });

  it('are refused with the spec where a wave names them', () => {
    const { failures = [] } = seen(['kube-system', 'mesh'], ['cafe'], { waves: [{ name: 'all', namespaces: ['shop', 'cafe'] }] });
    expect(failures[0]).to.include({
      reason: 'ExcludedNamespace',
      message: 'spec.waves[0].namespaces: "cafe" has something that looks like the source mesh',
      remedy: 'Take "cafe" out of wave "all", or name the namespace of the source mesh in spec.source.',
    });
  });
});
