// What is asked about a namespace: some questions only where others found something.
import { expect } from 'chai';
import type { MeshMigration } from '../../../src/api/v1alpha1/mesh-migration.ts';
import { askNamespace } from '../../../src/controller/preflight-facts.ts';
import type { MeshAnswers } from '../../../src/controller/preflight-facts.ts';
import type { KubeReader } from '../../../src/kube/client.ts';
import { KubeError } from '../../../src/kube/kube-error.ts';
import { aMigration } from '../../model/builders.ts';

/** Asks about a namespace in which there is what the table says; a kind whose list fails has no entry. */
async function ask(there: Readonly<Record<string, number>>): Promise<{ asked: string[]; limits: unknown }> {
  const asked: string[] = [];
  const listOf = ({ plural }: { plural: string }): Promise<unknown> => {
    asked.push(plural);
    const count = plural in there ? there[plural] : undefined;
    if (count === undefined) return Promise.reject(new KubeError({ kind: 'forbidden', message: 'no' }));
    return Promise.resolve(Array.from({ length: count }, () => ({ metadata: { name: plural } })));
  };
  const migration: Pick<MeshMigration, 'spec'> = aMigration();
  const answers = { facts: { source: {}, target: {} } } as unknown as MeshAnswers;
  const facts = await askNamespace({ listOf } as unknown as KubeReader, migration as MeshMigration, 'shop', answers);
  return { asked, limits: facts.target['limitranges'] };
}

const nothing = { resourcequotas: 0, horizontalpodautoscalers: 0, networkpolicies: 0, ingresses: 0, limitranges: 1 };

describe('LimitRanges of a namespace', () => {
  it('are not asked for where neither quotas nor autoscalers could depend on them', async () => {
    const { asked, limits } = await ask(nothing);
    expect(asked).to.not.include('limitranges');
    expect(limits).to.deep.equal({ kind: 'objects', items: [] });
  });

  it('are asked for beside a quota, an autoscaler, or where these could not be read', async () => {
    const { resourcequotas: _, ...unread } = nothing;
    for (const there of [{ ...nothing, resourcequotas: 1 }, { ...nothing, horizontalpodautoscalers: 1 }, unread]) {
      const { asked, limits } = await ask(there);
      expect(asked).to.include('limitranges');
      expect(limits).to.have.property('items').that.has.length(1);
    }
  });
});
