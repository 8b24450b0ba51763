// Whose proxies are asked: those of workloads that get a verdict, and of nobody else.
import { expect } from 'chai';
import type { NamespaceMigration } from '../../../src/api/v1alpha1/namespace-migration.ts';
import { movedPods } from '../../../src/controller/moved-pods.ts';
import type { TrimmedPod, TrimmedWorkload } from '../../../src/controller/trimmed.ts';

const keys = {
  'meshmigration.io/to': 'linkerd2',
  'meshmigration.io/from': 'linkerd1',
  'meshmigration.io/cutover': '12345678-1',
};
const pod = (name: string, workload?: string): TrimmedPod =>
  ({
    name,
    keys,
    ready: true,
    deleting: false,
    job: false,
    ...(workload !== undefined && { workload }),
  }) as unknown as TrimmedPod;
const web = { kind: 'Deployment', name: 'web', uid: '87654321-0', keys, rollout: { complete: true } };
const workloads = [web] as unknown as TrimmedWorkload[];
const record = (committed: boolean, keyed: readonly string[] = []): NamespaceMigration =>
  ({ spec: { source: 'Linkerd1', target: 'Linkerd2' }, status: { committed, keyed } }) as unknown as NamespaceMigration;

describe('proxies that are asked', () => {
  for (const committed of [false, true])
    it(`are those of known workloads, not of whoever carries the keys (${committed ? '' : 'not '}committed)`, () => {
      const pods = [pod('mine', 'Deployment/web'), pod('bare'), pod('foreign', 'Rollout/other'), pod('gone', 'Deployment/gone')];
      expect(movedPods(record(committed), pods, workloads).map((wanted) => wanted.pod.name)).to.deep.equal(['mine']);
    });

  it('are not waited for until their workload was verified, also where no status tells of it yet', () => {
    const mine = [pod('mine', 'Deployment/web')];
    const patience = (keyed: readonly string[]): boolean[] =>
      movedPods(record(false, keyed), mine, workloads).map((wanted) => wanted.patient);

    expect(patience(['87654321:Next:1:template:1'])).to.deep.equal([false]);
    expect(patience(['87654321-template'])).to.deep.equal([true]);
  });
});
