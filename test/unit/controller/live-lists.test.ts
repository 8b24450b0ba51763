// Live lists: what is there now, with bodies from the watch where it holds exactly that.
import { expect } from 'chai';
import { livePods } from '../../../src/controller/live-lists.ts';
import type { LivePods, Lister } from '../../../src/controller/live-lists.ts';
import { trimPod } from '../../../src/controller/trimmed.ts';
import type { TrimmedPod } from '../../../src/controller/trimmed.ts';
import type { ListOptions } from '../../../src/kube/client.ts';
import type { KubeObject } from '../../../src/kube/object.ts';

const owned = (workload: string) => ({
  labels: { app: workload, 'pod-template-hash': 'abc' },
  ownerReferences: [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: `${workload}-abc`, uid: 'rs', controller: true }],
});

function pod(name: string, version: string, more: { workload?: string; deleting?: boolean } = {}): KubeObject {
  const { workload = 'web', deleting = false } = more;
  const deletion = deleting ? { deletionTimestamp: '2026-01-01T00:00:00Z' } : {};
  return { metadata: { name, namespace: 'shop', uid: name, resourceVersion: version, ...owned(workload), ...deletion } };
}

/** A server and a watch that may be behind it. */
function world(live: readonly KubeObject[], watched: readonly KubeObject[]): { lister: Lister; asked: ListOptions[] } {
  const asked: ListOptions[] = [];
  const held = watched.map(trimPod);
  const listOf = (_kind: unknown, make: (object: KubeObject) => unknown, options: ListOptions = {}): Promise<unknown> => {
    asked.push(options);
    const app = options.labelSelector?.replace('app=', '');
    return Promise.resolve(live.filter((o) => app === undefined || o.metadata.labels?.['app'] === app).map(make));
  };
  const workload = { get: (key: string) => ({ selector: `app=${key.split('/')[1] ?? ''}` }), all: () => [] };
  const lister = { client: { listOf }, views: { workloads: { Deployment: workload }, pods: { held: () => held } } };
  return { lister: lister as unknown as Lister, asked };
}

const shown = (pods: readonly TrimmedPod[]): string[] =>
  pods.map((p) => `${p.name}@${p.resourceVersion}${p.deleting ? ' deleting' : ''}`).sort();

async function look(live: readonly KubeObject[], watched: readonly KubeObject[], which: LivePods = 'all') {
  const { lister, asked } = world(live, watched);
  return { pods: shown(await livePods(lister, 'shop', which)), asked };
}

describe('a live list of pods', () => {
  it('asks for versions alone where the watch holds just these', async () => {
    const { pods, asked } = await look([pod('a', '5')], [pod('a', '5')]);
    expect(pods).to.deep.equal(['a@5']);
    expect(asked.map((o) => o.metadataOnly)).to.deep.equal([true]);
  });

  it('reads what the watch has not seen yet', async () => {
    const { pods, asked } = await look([pod('a', '6'), pod('b', '7')], [pod('a', '5')]);
    expect(pods).to.deep.equal(['a@6', 'b@7']);
    expect(asked.map((o) => o.metadataOnly)).to.deep.equal([true, undefined]);
  });

  it('shows nothing that only the watch still holds', async () => {
    expect((await look([pod('a', '5')], [pod('a', '5'), pod('gone', '4')])).pods).to.deep.equal(['a@5']);
  });

  it('needs no body of a pod that is being deleted', async () => {
    const { pods, asked } = await look([pod('a', '9', { deleting: true })], [pod('a', '5')]);
    expect([pods, asked.length]).to.deep.equal([['a@5 deleting'], 1]);
  });

  it('of one workload leaves the others as the watch has them', async () => {
    const other = { workload: 'api' };
    const live = [pod('a', '5'), pod('b', '9', other)];
    const { pods, asked } = await look(live, [pod('a', '5'), pod('b', '2', other)], new Set(['Deployment/web']));
    expect(pods).to.deep.equal(['a@5', 'b@2']);
    expect(asked.map((o) => o.labelSelector)).to.deep.equal(['app=web']);
  });

  it('of several workloads reads all their pods', async () => {
    const other = { workload: 'api' };
    const live = [pod('a', '5'), pod('b', '9', other)];
    const both = new Set(['Deployment/web', 'Deployment/api']);
    expect((await look(live, [pod('a', '5'), pod('b', '2', other)], both)).pods).to.deep.equal(['a@5', 'b@9']);
  });
});
