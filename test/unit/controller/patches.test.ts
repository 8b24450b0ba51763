// Patches of keys, applied to live objects as RFC 6902 says.
import { expect } from 'chai';
import type { Action } from '../../../src/core/action.ts';
import { keyOperations, namespaceOperations } from '../../../src/controller/patches.ts';
import type { KubeObject } from '../../../src/kube/object.ts';
import type { JsonPatchOperation } from '../../../src/kube/object.ts';

type Json = Record<string, unknown>;

/** The object after the patch. Throws where a test fails. */
function patched(live: KubeObject, operations: readonly JsonPatchOperation[] = []): KubeObject & Templated {
  const copy = structuredClone(live) as unknown as Json;
  for (const operation of operations) {
    const segments = operation.path
      .slice(1)
      .split('/')
      .map((s) => s.replaceAll('~1', '/').replaceAll('~0', '~'));
    const last = segments.pop() ?? '';
    const holder = segments.reduce((at, segment) => at[segment] as Json, copy);
    if (operation.op === 'remove') Reflect.deleteProperty(holder, last);
    else if (operation.op !== 'test') holder[last] = operation.value;
    else if (holder[last] !== operation.value) throw new Error(`test failed at ${operation.path}`);
  }
  return copy as unknown as KubeObject & Templated;
}

interface Templated {
  spec: { minReadySeconds?: number; template: { metadata: { annotations: object } } };
}

const workload = { kind: 'Deployment' as const, namespace: 'shop', name: 'web', uid: 'u1', resourceVersion: '7' };

function deployment(annotations?: Record<string, string>, minReadySeconds?: number): KubeObject {
  const metadata = { name: 'web', namespace: 'shop', uid: 'u1', resourceVersion: '7' };
  const template = { metadata: { labels: { app: 'web' }, ...(annotations !== undefined && { annotations }) } };
  return { metadata, spec: { template, ...(minReadySeconds !== undefined && { minReadySeconds }) } } as KubeObject;
}

function restore(
  changes: (Action & { kind: 'restoreTemplate' })['changes'],
  dropMinReadySeconds = false,
): Action & { kind: 'restoreTemplate' } {
  return { kind: 'restoreTemplate', workload, changes, dropMinReadySeconds };
}

describe('the patch that takes keys off a template', () => {
  it('removes our keys, keeps those of others, and takes minReadySeconds away in the same write', () => {
    const live = deployment({ 'meshmigration.io/to': 'linkerd2', 'team.example/owner': 'a' }, 10);
    const patch = keyOperations(live, restore([{ key: 'meshmigration.io/to', from: 'linkerd2', to: undefined }], true));
    const after = patched(live, patch);
    expect(after.spec.template.metadata.annotations).to.deep.equal({ 'team.example/owner': 'a' });
    expect(after.spec).not.to.have.property('minReadySeconds');
  });

  it('is refused by its own tests when the key has another value by now', () => {
    const live = deployment({ 'meshmigration.io/to': 'istio' });
    const patch = keyOperations(live, restore([{ key: 'meshmigration.io/to', from: 'linkerd2', to: undefined }]));
    expect(() => patched(live, patch)).to.throw('test failed');
  });

  it('is no write at all when the keys are gone already, or when the object is another one of that name', () => {
    const change = [{ key: 'meshmigration.io/to', from: 'linkerd2', to: undefined }];
    expect(keyOperations(deployment(), restore(change))).to.equal(undefined);
    const recreated = {
      ...deployment({ 'meshmigration.io/to': 'linkerd2' }),
      metadata: { name: 'web', namespace: 'shop', uid: 'u2', resourceVersion: '9' },
    };
    expect(keyOperations(recreated, restore(change))).to.equal(undefined);
  });

  it('makes the map where a template has no annotations yet', () => {
    const live = deployment();
    const patch = keyOperations(live, restore([{ key: 'meshmigration.io/restored', from: undefined, to: 'abc-1' }]));
    const after = patched(live, patch);
    expect(after.spec.template.metadata.annotations).to.deep.equal({ 'meshmigration.io/restored': 'abc-1' });
  });
});

describe('the patch of a namespace', () => {
  const namespace = (metadata: object): KubeObject => ({
    metadata: { name: 'shop', uid: 'n1', resourceVersion: '3', ...metadata },
  });
  const action = (
    changes: Pick<Action & { kind: 'changeNamespace' }, 'labels' | 'annotations'>,
  ): Action & { kind: 'changeNamespace' } => ({
    kind: 'changeNamespace',
    namespace: 'shop',
    uid: 'n1',
    why: 'Commit',
    ...changes,
  });

  it('writes labels and annotations in one patch and makes the maps it needs', () => {
    const live = namespace({});
    const labels = [{ key: 'meshmigration.io/to', from: undefined, to: 'linkerd2' }];
    const annotations = [{ key: 'linkerd.io/inject', from: undefined, to: 'enabled' }];
    const after = patched(live, namespaceOperations(live, action({ labels, annotations })));
    expect(after.metadata.labels).to.deep.equal({ 'meshmigration.io/to': 'linkerd2' });
    expect(after.metadata.annotations).to.deep.equal({ 'linkerd.io/inject': 'enabled' });
  });

  it('restores an empty value as empty and an absent one as absent', () => {
    const live = namespace({ annotations: { a: 'ours', b: 'ours' } });
    const annotations = [
      { key: 'a', from: 'ours', to: '' },
      { key: 'b', from: 'ours', to: undefined },
    ];
    const after = patched(live, namespaceOperations(live, action({ labels: [], annotations })));
    expect(after.metadata.annotations).to.deep.equal({ a: '' });
  });
});
