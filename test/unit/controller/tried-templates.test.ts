// The template that dry runs are made of: read once, and again when it is another.
import { expect } from 'chai';
import { templateOf } from '../../../src/controller/dry-run-pod.ts';
import type { DryRunInput } from '../../../src/controller/dry-run-pod.ts';
import { createTriedTemplates } from '../../../src/controller/tried-templates.ts';

/** An input whose reads are counted. */
function input(reads: string[], workload?: { uid: string; fingerprint: string }): DryRunInput {
  const get = (_kind: unknown, { name }: { name: string }): Promise<unknown> => {
    reads.push(name);
    return Promise.resolve({ spec: { template: { metadata: {}, spec: { containers: [{ name, image: 'app' }] } } } });
  };
  const of = workload && { kind: 'Deployment', name: workload.uid, ...workload };
  return { client: { get }, namespace: 'shop', ...(of && { workload: of }) } as unknown as DryRunInput;
}

describe('a template that was tried', () => {
  it('is read once while it stays as it is, and anew when it or the workload is another', async () => {
    const reads: string[] = [];
    const tried = createTriedTemplates();
    const web = { uid: 'web', fingerprint: '1' };
    for (const workload of [web, web, { ...web, fingerprint: '2' }, { uid: 'api', fingerprint: '2' }])
      await tried.of(input(reads, workload));
    expect(reads).to.deep.equal(['web', 'web', 'api']);
    expect(tried.last('shop')).to.equal('api');
  });

  it('is forgotten with its namespace, and is none where there is no workload to try', async () => {
    const reads: string[] = [];
    const tried = createTriedTemplates();
    await tried.of(input(reads, { uid: 'web', fingerprint: '1' }));
    tried.forget('shop');
    expect(tried.last('shop')).to.equal(undefined);
    expect(await tried.of(input(reads))).to.deep.include({ metadata: {} });
    expect(reads).to.deep.equal(['web']);
  });

  it('of a StatefulSet has the volumes that its controller adds for claims, so that what mounts them is not refused', async () => {
    const claims = [{ metadata: { name: 'data' } }];
    const template = {
      metadata: {},
      spec: { containers: [{ name: 'db', volumeMounts: [{ name: 'data' }] }], volumes: [{ name: 'conf' }, { name: 'data' }] },
    };
    const client = { get: () => Promise.resolve({ spec: { volumeClaimTemplates: claims, template } }) };
    const workload = { kind: 'StatefulSet', name: 'db' };
    const tried = await templateOf({ client, namespace: 'shop', workload } as unknown as DryRunInput);
    expect(tried['spec']).to.deep.equal({ ...template.spec, volumes: [{ name: 'conf' }, { name: 'data', emptyDir: {} }] });
  });
});
