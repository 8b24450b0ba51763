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
const workloads = [{ kind: 'Deployment', name: 'web', rollout: { complete: true } }] as unknown as TrimmedWorkload[];
const record = (committed: boolean): NamespaceMigration =>
  ({ spec: { source: 'Linkerd1', target: 'Linkerd2' }, status: { committed } }) as unknown as NamespaceMigration;

describe('proxies that are asked', () => {
  for (const committed of [false, true])
    it(`are those of known workloads, not of whoever carries the keys (${committed ? '' : 'not '}committed)`, () => {
      const pods = [pod('mine', 'Deployment/web'), pod('bare'), pod('foreign', 'Rollout/other'), pod('gone', 'Deployment/gone')];
      expect(movedPods(record(committed), pods, workloads).map((wanted) => wanted.pod.name)).to.deep.equal(['mine']);
    });
});
