import { expect } from 'chai';
import { podPatch } from '../../src/admission/pod-patch.ts';
import type { PodTemplate } from '../../src/mesh/adapter.ts';
import { allAdapters } from '../../src/mesh/registry.ts';
import { applyPatch } from '../support/json-patch.ts';
import { corpus, withoutEmpty } from './admission-corpus.ts';

const patched = (pod: unknown, namespace: object): unknown =>
  applyPatch(pod, podPatch(pod as PodTemplate, { metadata: namespace }, allAdapters));

describe('the webhook on the corpus of pods', () => {
  for (const { name, why, pod, namespace, expected } of corpus) {
    it(`${name}: ${why}`, () => {
      expect(withoutEmpty(patched(pod, namespace))).to.deep.equal(withoutEmpty(expected));
    });

    it(`${name}: a second time nothing changes`, () => {
      const once = patched(pod, namespace);
      expect(patched(once, namespace)).to.deep.equal(once);
    });
  }

  it('a pod of any shape is passed through without an error', () => {
    const odd = [
      {},
      { metadata: null, spec: null },
      {
        metadata: { annotations: { 'meshmigration.io/to': 'none', 'meshmigration.io/from': 'linkerd1' } },
        spec: { containers: [null, 3, { env: 'x' }] },
      },
      { metadata: { annotations: { 'meshmigration.io/to': 7, __proto__: 'x' } }, spec: { containers: {} } },
    ];
    for (const pod of odd) expect(podPatch(pod as unknown as PodTemplate, {}, allAdapters)).to.deep.equal([]);
  });
});
