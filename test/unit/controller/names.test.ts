// What is missing, what is held, and how exactly it is taken away from Services of others.

import { expect } from 'chai';
import { heldBy, missingOf } from '../../../src/controller/names/diff.ts';
import { retraction } from '../../../src/controller/names/managed.ts';
import { namesManager, neededBy, ownLabel, recordedIn } from '../../../src/core/names.ts';
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

  const madeHere = { kind: 'Service', namespace: 'shop', name: 'hello', uid: 'u' };
  const missing = (live: readonly Unstructured[]) =>
    missingOf(wanted, { namespace: 'shop', live, closed: () => undefined, recorded: recordedIn([madeHere]) });

  it('is created with whose it is and who needs it', () => {
    const [write] = missing([]).writes;
    expect(write?.how).to.equal('create');
    expect(write?.manifest.metadata).to.deep.include({
      labels: { 'app.kubernetes.io/managed-by': 'meshmigration' },
      annotations: { 'meshmigration.io/needed-by': 'shop' },
    });
  });

  it('is there already, or shared with others', () => {
    expect(missing([existing('shop')])).to.deep.equal({ writes: [], conflicts: [], leftOut: [], made: [madeHere] });
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
    const held = (...live: readonly Unstructured[]) => heldBy('shop', live, [madeHere]);
    expect(held(existing('shop'))[0]?.how).to.equal('delete');
    expect(held(existing('books,shop'))[0]).to.deep.include({ how: 'unshare', neededBy: 'books' });
    expect(held(existing('books'), existing(undefined))).to.deep.equal([]);
    const ported = service([port(80, 'mm-80')], [claim(manager, { [key(80)]: all })]);
    expect(heldBy('shop', [ported], [{ ...madeHere, namespace: 'default', partly: true }])[0]?.how).to.equal('retract');
  });

  it('is listed before it is made, and by its uid once it is there', () => {
    expect(missing([]).made).to.deep.equal([{ kind: 'Service', namespace: 'shop', name: 'hello' }]);
    expect(missing([existing('shop')]).made).to.deep.equal([madeHere]);
  });
});

describe('what somebody else marks as the operator’s', () => {
  const marked = (name: string, more: object = {}): Unstructured => ({
    ...{ apiVersion: 'v1', kind: 'Service', spec: {} },
    metadata: {
      ...{ name, namespace: 'open', uid: `u-${name}`, resourceVersion: '7' },
      labels: { [ownLabel.key]: ownLabel.value },
      annotations: { [neededBy]: 'shop' },
      ...more,
    },
  });
  const annotated = (uid: string): Unstructured =>
    ({
      ...{ apiVersion: 'v1', kind: 'Service', spec: { ports: [port(80, 'http')] } },
      metadata: {
        ...{ name: 'theirs', namespace: 'open', uid, resourceVersion: '7', annotations: { note: 'x' } },
        managedFields: [
          { manager, operation: 'Apply', fieldsV1: { 'f:metadata': { 'f:annotations': { '.': {}, 'f:note': {} } } } },
        ],
      },
    }) as unknown as Unstructured;

  it('is not held by the namespace that it names, by label, annotation or field manager', () => {
    const live = [marked('bait'), annotated('u-theirs')];
    expect(heldBy('shop', live, [])).to.deep.equal([]);
    expect(heldBy('shop', live, [{ kind: 'Service', namespace: 'open', name: 'bait', uid: 'an-older-one' }])).to.deep.equal([]);
  });

  it('and was made is left once it is being deleted: a finalizer of others holds nobody', () => {
    const made = [{ kind: 'Service', namespace: 'open', name: 'ours', uid: 'u-ours' }];
    const leaving = { deletionTimestamp: '2026-01-01T00:00:00Z', finalizers: ['a.b/c'] };
    expect(heldBy('shop', [marked('ours')], made).map(({ how }) => how)).to.deep.equal(['delete']);
    expect(heldBy('shop', [marked('ours', leaving)], made)).to.deep.equal([]);
  });

  it('keeps annotations that the operator never writes, whoever claims them in its name', () => {
    expect(removals(annotated('u'))).to.deep.equal(['/metadata/managedFields/0']);
  });

  it('is never taken for an alias that is there already', () => {
    const manifest = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'bait', namespace: 'open' }, spec: {} };
    const found = missingOf([{ how: 'create', manifest }], {
      ...{ namespace: 'shop', live: [marked('bait')], closed: () => undefined, recorded: recordedIn([]) },
    });
    expect([found.writes, found.made]).to.deep.equal([[], []]);
    expect(found.conflicts[0]?.message).to.contain('no NamespaceMigration says that it was made');
  });
});
