// What is told to meshes beside the answers to their questions.
import { expect } from 'chai';
import { createSurroundings } from '../../../src/controller/surroundings.ts';
import type { SurroundingsOptions } from '../../../src/controller/surroundings.ts';
import { aMigration } from '../../model/builders.ts';

describe('facts about a namespace', () => {
  it('tell both meshes where the operator itself is', async () => {
    const client = { listOf: () => Promise.resolve([]) } as unknown as SurroundingsOptions['client'];
    const own = { metadata: { name: 'movers', labels: { team: 'platform' } } };
    const surroundings = createSurroundings({ client, monotonicMs: () => 0, admission: 'auto', ownNamespace: () => own });
    const facts = await surroundings.namespaceFacts(aMigration(), 'shop', Infinity);
    for (const role of ['source', 'target'] as const)
      expect(facts[role]['operator namespace']).to.deep.equal({ kind: 'objects', items: [own] });
  });
});
