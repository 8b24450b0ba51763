// What is judged of a pod and a workload: restarts of what lasts, and not of what tries until it can; what its namespace means for a
// Job's pod; what the source counted before.
import { expect } from 'chai';
import { podFrom, workloadFrom } from '../../../src/controller/assemble.ts';
import { trimNamespace, trimPod, trimWorkload } from '../../../src/controller/trimmed.ts';
import type { ServiceCount } from '../../../src/core/traffic.ts';
import type { KubeObject } from '../../../src/kube/object.ts';
import { aMigration, aNamespace } from '../../model/builders.ts';

const pod = {
  metadata: { name: 'web-1', namespace: 'shop', uid: 'web-1' },
  spec: {
    containers: [{ name: 'app' }],
    initContainers: [{ name: 'wait-for-db' }, { name: 'linkerd-proxy', restartPolicy: 'Always' }],
  },
};
const status = (name: string, restartCount: number): object => ({ name, restartCount, ready: true, state: {} });

const namespace = { ...aNamespace(), owners: {} };
const context = { migration: aMigration(), facts: { source: {}, target: {} }, resolve: () => undefined };

function restartsOf(init: readonly object[], containers: readonly object[]): number {
  const object = { ...pod, status: { phase: 'Running', initContainerStatuses: init, containerStatuses: containers } };
  return podFrom(trimPod(object), { ...context, namespace }).restarts;
}

describe('restarts of a pod', () => {
  it('are those of its containers and sidecars; an init container may try until it can', () => {
    expect(restartsOf([status('wait-for-db', 3), status('linkerd-proxy', 0)], [status('app', 0)])).to.equal(0);
    expect(restartsOf([status('wait-for-db', 0), status('linkerd-proxy', 2)], [status('app', 1)])).to.equal(2);
  });
});

describe('a pod', () => {
  const owned = (kind: string, spec: object = pod.spec): ReturnType<typeof trimPod> =>
    trimPod({
      ...{ ...pod, spec },
      metadata: { ...pod.metadata, ownerReferences: [{ apiVersion: 'v1', kind, name: 'x', uid: 'x', controller: true }] },
    });
  const refusing = { ...namespace, annotations: { 'config.linkerd.io/proxy-enable-native-sidecar': 'false' } };

  it('is assembled once while its spec is the same, whatever is read of its namespace', () => {
    const web = owned('ReplicaSet');
    expect(podFrom(web, { ...context, namespace: refusing })).to.equal(podFrom(web, { ...context, namespace }));
  });

  it('of a Job is judged by its namespace, too', () => {
    const job = owned('Job', { containers: [{ name: 'app' }] });
    expect(podFrom(job, { ...context, namespace: refusing }).exception?.reason).to.equal('NotNativeSidecar');
  });
});

describe('what the source counted for a workload', () => {
  const namespace = trimNamespace({ metadata: { name: 'shop', uid: 'shop' } });
  const template = { metadata: { labels: { app: 'web', tier: 'front' } }, spec: { containers: [] } };
  const web = trimWorkload('Deployment')({ metadata: { name: 'web', uid: 'web' }, spec: { template } } as KubeObject);
  const context = {
    migration: aMigration(),
    namespace,
    facts: { source: {}, target: {} },
    budgets: [],
    resolve: () => undefined,
  };
  const of = (...selected: readonly [app: string, requests: number][]): ServiceCount[] =>
    selected.map(([app, requests]) => ({ counted: { requests, success: requests }, selector: new Map([['app', app]]) }));

  it('is the sum of the Services that select its pods, and the workload is the same object in each pass', () => {
    const countedBefore = of(['web', 20], ['web', 10], ['other', 5]);
    const first = workloadFrom(web, { ...context, countedBefore });
    expect(first.baseline).to.deep.equal({ requests: 30, success: 30 });
    expect(workloadFrom(web, { ...context, countedBefore })).to.equal(first);
  });

  it('is absent where nothing was counted', () => {
    const countedBefore = of(['other', 5]);
    expect(workloadFrom(web, { ...context, countedBefore })).not.to.have.property('baseline');
    expect(workloadFrom(web, { ...context, countedBefore })).to.equal(workloadFrom(web, context));
  });
});
