// What is judged of a pod: restarts of what lasts, and not of what tries until it can; and of a Job's pod, what its namespace means for it.
import { expect } from 'chai';
import { podFrom } from '../../../src/controller/assemble.ts';
import { trimPod } from '../../../src/controller/trimmed.ts';
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
