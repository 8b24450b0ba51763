// What is missing, what is held, and how exactly it is taken away from Services of others.

import { expect } from 'chai';
import { heldBy, missingOf } from '../../../src/controller/names/diff.ts';
import { retraction } from '../../../src/controller/names/managed.ts';
import { namesManager, neededBy, ownLabel } from '../../../src/core/names.ts';
import type { Unstructured } from '../../../src/kube/object.ts';

const manager = namesManager('shop');
const port = (number: number, name?: string) => ({
  port: number,
  protocol: 'TCP',
  targetPort: 8080,
  ...(name !== undefined && { name }),
});
const key = (number: number): string => `k:{"port":${number},"protocol":"TCP"}`;
const all = { '.': {}, 'f:name': {}, 'f:port': {}, 'f:protocol': {}, 'f:targetPort': {} };
const claim = (name: string, ports: Readonly<Record<string, object>>, operation = 'Apply') => ({
  manager: name,
  operation,
  fieldsV1: { 'f:spec': { 'f:ports': ports } },
});

const service = (ports: readonly object[], managedFields: readonly object[]): Unstructured =>
  ({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'hello', namespace: 'default', uid: 'u', resourceVersion: '7', managedFields },
    spec: { ports },
  }) as unknown as Unstructured;

const removals = (object: Unstructured): string[] =>
  retraction(object, manager).flatMap((operation) => (operation.op === 'remove' ? [operation.path] : []));

describe('what is taken away from a Service of somebody else', () => {
  it('is our port and our name for the unnamed one, and nothing else', () => {
    const owner = claim('kubectl', { [key(7777)]: { '.': {}, 'f:port': {}, 'f:targetPort': {} } }, 'Update');
    const ours = claim(manager, { [key(7777)]: { '.': {}, 'f:name': {}, 'f:port': {}, 'f:protocol': {} }, [key(80)]: all });
    const object = service([port(7777, 'mm-unnamed'), port(80, 'mm-80')], [owner, ours]);

    expect(removals(object)).to.deep.equal(['/metadata/managedFields/1', '/spec/ports/1', '/spec/ports/0/name']);
    expect(retraction(object, manager).slice(0, 2)).to.deep.equal([
      { op: 'test', path: '/metadata/uid', value: 'u' },
      { op: 'test', path: '/metadata/resourceVersion', value: '7' },
    ]);
  });

  it('is only our claim where callers of another namespace need the same port', () => {
    const other = claim(namesManager('books'), { [key(80)]: all });
    expect(removals(service([port(80, 'mm-80')], [other, claim(manager, { [key(80)]: all })]))).to.deep.equal([
      '/metadata/managedFields/1',
    ]);
  });

  it('is only our claim where a person has made the port their own', () => {
    const renamed = service([port(80, 'http')], [claim(manager, { [key(80)]: all })]);
    const owned = service(
      [port(80, 'mm-80')],
      [claim('argocd', { [key(80)]: { '.': {}, 'f:targetPort': {} } }), claim(manager, { [key(80)]: all })],
    );

    expect(removals(renamed)).to.deep.equal(['/metadata/managedFields/0']);
    expect(removals(owned)).to.deep.equal(['/metadata/managedFields/1']);
  });

  it('is nothing where we have nothing', () => {
    expect(retraction(service([port(80, 'mm-80')], [claim('argocd', { [key(80)]: all })]), manager)).to.deep.equal([]);
  });
});

describe('what callers of a namespace need', () => {
  const manifest = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'hello', namespace: 'shop' },
    spec: { type: 'ExternalName', externalName: 'a' },
  };
  const wanted = [{ how: 'create', manifest }] as const;
  const existing = (needed: string | undefined, spec: object = manifest.spec): Unstructured => ({
    ...manifest,
    metadata: {
      ...manifest.metadata,
      uid: 'u',
      resourceVersion: '7',
      ...(needed !== undefined && { labels: { [ownLabel.key]: ownLabel.value }, annotations: { [neededBy]: needed } }),
    },
    spec,
  });

  const missing = (live: readonly Unstructured[]) => missingOf(wanted, { namespace: 'shop', live, closed: () => undefined });

  it('is created with whose it is and who needs it', () => {
    const [write] = missing([]).writes;
    expect(write?.how).to.equal('create');
    expect(write?.manifest.metadata).to.deep.include({
      labels: { 'app.kubernetes.io/managed-by': 'meshmigration' },
      annotations: { 'meshmigration.io/needed-by': 'shop' },
    });
  });

  it('is there already, or shared with others', () => {
    expect(missing([existing('shop')])).to.deep.equal({ writes: [], conflicts: [], leftOut: [] });
    const [write] = missing([existing('books')]).writes;
    expect(write).to.deep.include({ how: 'share', neededBy: 'books,shop' });
  });

  it('is never taken from somebody else, and never changed under others', () => {
    expect(missing([existing(undefined)]).conflicts[0]?.message).to.contain("somebody else's");
    const other = missing([existing('books,shop', { type: 'ExternalName', externalName: 'b' })]);
    expect(other).to.deep.include({
      writes: [],
      conflicts: [{ message: 'Service shop/hello is made differently for callers in books' }],
    });
  });

  it('is given up by its last namespace, and unshared by the others', () => {
    expect(heldBy('shop', [existing('shop')])[0]?.how).to.equal('delete');
    expect(heldBy('shop', [existing('books,shop')])[0]).to.deep.include({ how: 'unshare', neededBy: 'books' });
    expect(heldBy('shop', [existing('books'), existing(undefined)])).to.deep.equal([]);
    expect(heldBy('shop', [service([port(80, 'mm-80')], [claim(manager, { [key(80)]: all })])])[0]?.how).to.equal('retract');
  });
});
