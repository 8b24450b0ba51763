// Namespaces that are left alone, whoever calls into them.

import { expect } from 'chai';
import { closedPlaces } from '../../../src/controller/names/closed.ts';
import type { ClosedBy } from '../../../src/controller/names/closed.ts';
import { missingOf } from '../../../src/controller/names/diff.ts';
import type { WantedObject } from '../../../src/mesh/names.ts';
import type { Unstructured } from '../../../src/kube/object.ts';
import { aMigration } from '../../model/builders.ts';

const annotations: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  open: {},
  kept: { 'meshmigration.io/hold': 'audit' },
};
const by = {
  views: { namespaces: { get: (name: string) => ({ annotations: annotations[name] ?? {} }) } },
  surroundings: { meshes: () => Promise.resolve({ controlPlaneNamespaces: ['linkerd'] }) },
  isExcluded: (name: string) => name.startsWith('kube-') || name === 'payments',
} as unknown as ClosedBy;

const ports = [
  { name: 'mm-unnamed', port: 7777, protocol: 'TCP' },
  { name: 'mm-80', port: 80, protocol: 'TCP', targetPort: 8080 },
];
const wanted = (namespace: string): WantedObject => ({
  how: 'apply',
  manifest: { apiVersion: 'v1', kind: 'Service', metadata: { name: 'web', namespace }, spec: { ports } },
});
const live = (namespace: string, entries: readonly object[] = [{ port: 7777, targetPort: 8080 }]): Unstructured => ({
  ...{ apiVersion: 'v1', kind: 'Service', metadata: { name: 'web', namespace, uid: 'u', resourceVersion: '7' } },
  spec: { ports: entries },
});

describe('namespaces that are left alone', () => {
  const missing = async (namespace: string, entries?: readonly object[]) => {
    const closed = await closedPlaces(by)(aMigration());
    return missingOf([wanted(namespace)], {
      namespace: 'shop',
      live: [live(namespace, entries)],
      closed,
      recorded: () => undefined,
    });
  };

  for (const [namespace, why] of [
    ['kube-system', 'it is excluded'],
    ['payments', 'it is excluded'],
    ['linkerd', 'a control plane of a mesh lives in it'],
    ['kept', 'a person holds it (audit)'],
  ] as const)
    it(`get no port for callers elsewhere, but an edit for a person: ${namespace}, ${why}`, async () => {
      const found = await missing(namespace);
      expect(found.writes).to.deep.equal([]);
      expect(found.conflicts).to.deep.equal([
        {
          message: `callers need port 80 on Service ${namespace}/web, and the operator leaves namespace ${namespace} alone: ${why}`,
          remedy: `On Service ${namespace}/web, name its port 7777, for example http and add port 80 named http-80 with targetPort 8080 by hand.`,
        },
      ]);
    });

  it('are no obstacle where a person has made what is needed, and the others are written', async () => {
    const hand = await missing('kept', ports);
    const open = await missing('open');
    expect([hand.writes, hand.conflicts]).to.deep.equal([[], []]);
    expect(open.writes.map(({ how }) => how)).to.deep.equal(['apply']);
  });

  it('keep their annotations: how a mesh treats a Service is no reason to wait', async () => {
    const closed = await closedPlaces(by)(aMigration());
    const metadata = { name: 'web', namespace: 'kept', annotations: { 'balancer.linkerd.io/failure-accrual': 'consecutive' } };
    const advice: WantedObject = { how: 'apply', manifest: { apiVersion: 'v1', kind: 'Service', metadata } };
    const found = missingOf([advice], { namespace: 'shop', live: [live('kept')], closed, recorded: () => undefined });
    expect([found.writes, found.conflicts, found.leftOut.length]).to.deep.equal([[], [], 1]);
  });
});
