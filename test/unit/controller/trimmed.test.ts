// What is kept of objects on arrival.
import { expect } from 'chai';
import { trimNamespace, trimPod, trimWorkload } from '../../../src/controller/trimmed.ts';
import type { KubeObject } from '../../../src/kube/object.ts';

function deployment(spec: object, status: object = {}, template: object = {}): KubeObject {
  const metadata = { name: 'web', namespace: 'shop', uid: 'u1', resourceVersion: '7', generation: 2 };
  return { metadata, spec: { template: { metadata: {}, spec: { containers: [] }, ...template }, ...spec }, status } as KubeObject;
}

describe('a trimmed workload', () => {
  const trim = trimWorkload('Deployment');

  it('has the same fingerprint whatever our keys are, and another one after a deploy', () => {
    const plain = trim(deployment({})).fingerprint;
    const keyed = trim(deployment({}, {}, { metadata: { annotations: { 'meshmigration.io/to': 'linkerd2' } } })).fingerprint;
    const deployed = trim(deployment({}, {}, { spec: { containers: [{ name: 'app', image: 'app:2' }] } })).fingerprint;
    expect(keyed).to.equal(plain);
    expect(deployed).not.to.equal(plain);
  });

  it('is complete only when every pod is new, available and seen in this generation', () => {
    const done = { observedGeneration: 2, replicas: 2, updatedReplicas: 2, availableReplicas: 2, readyReplicas: 2 };
    expect(trim(deployment({ replicas: 2 }, done)).rollout.complete).to.equal(true);
    for (const change of [{ observedGeneration: 1 }, { updatedReplicas: 1 }, { replicas: 3 }, { availableReplicas: 1 }]) {
      expect(trim(deployment({ replicas: 2 }, { ...done, ...change })).rollout.complete, JSON.stringify(change)).to.equal(false);
    }
  });

  it('reads how many pods may be away, rounded as the controller of each kind does', () => {
    const away = (replicas: number, rollingUpdate?: object): number =>
      trim(deployment({ replicas, ...(rollingUpdate && { strategy: { rollingUpdate } }) })).rollout.unavailable;
    expect([away(1), away(3), away(4), away(9)]).to.deep.equal([0, 0, 1, 2]);
    expect([away(3, { maxUnavailable: '100%' }), away(3, { maxUnavailable: '50%' })]).to.deep.equal([3, 1]);
    expect([away(1, { maxUnavailable: 1, maxSurge: 1 }), away(3, { maxUnavailable: 0, maxSurge: 0 })]).to.deep.equal([1, 1]);
  });

  it('reads a surge as a number or as a percentage, rounded up', () => {
    const surge = (maxSurge: unknown): number =>
      trim(deployment({ replicas: 3, strategy: { rollingUpdate: { maxSurge } } })).rollout.surge;
    expect([surge('25%'), surge(2), surge('0%'), surge(0)]).to.deep.equal([1, 2, 0, 0]);
  });

  it('keeps the ports that the kubelet only opens connections to, by name or number', () => {
    const ports = [{ name: 'db', containerPort: 5432 }];
    const probes = { livenessProbe: { tcpSocket: { port: 'db' } }, readinessProbe: { tcpSocket: { port: 9000 } } };
    const other = { name: 'web', ports, livenessProbe: { httpGet: { port: 'db' } }, startupProbe: { tcpSocket: { port: 'x' } } };
    const { spec } = trim(deployment({}, {}, { spec: { containers: [{ name: 'db', ports, ...probes }, other] } })).template;
    expect(spec?.containers?.map(({ tcpProbed }) => tcpProbed)).to.deep.equal([[5432, 9000], undefined]);
  });

  it('says who owns minReadySeconds by the managed fields', () => {
    const owned = (manager: string): KubeObject => {
      const object = deployment({ minReadySeconds: 5 });
      const managedFields = [{ manager, fieldsV1: { 'f:spec': { 'f:minReadySeconds': {} } } }];
      return { ...object, metadata: { ...object.metadata, managedFields } } as unknown as KubeObject;
    };
    expect(trim(owned('meshmigration')).rollout.minReadyOwner).to.equal('us');
    expect(trim(owned('kubectl')).rollout.minReadyOwner).to.equal('other');
    expect(trim(deployment({})).rollout.minReadyOwner).to.equal('nobody');
  });
});

describe('a trimmed StatefulSet', () => {
  it('is not complete after a rollback while a stuck pod is not ready, though both revisions are equal', () => {
    const status = { observedGeneration: 2, replicas: 2, readyReplicas: 1, currentRevision: 'a', updateRevision: 'a' };
    expect(trimWorkload('StatefulSet')(deployment({ replicas: 2 }, status)).rollout.complete).to.equal(false);
  });
});

describe('a trimmed namespace', () => {
  it('says who set each of its keys, but for us', () => {
    const entry = (manager: string, map: string, key: string) => ({
      manager,
      fieldsV1: { 'f:metadata': { [`f:${map}`]: { '.': {}, [`f:${key}`]: {} } } },
    });
    const managedFields = [
      entry('kubectl-create', 'labels', 'team'),
      entry('argocd-controller', 'annotations', 'linkerd.io/inject'),
      entry('kubectl-annotate', 'annotations', 'linkerd.io/inject'),
      entry('meshmigration', 'labels', 'meshmigration.io/to'),
    ];
    const metadata = { name: 'shop', uid: 'u1', resourceVersion: '7', managedFields };

    expect(trimNamespace({ metadata }).owners).to.deep.equal({
      team: 'kubectl-create',
      'linkerd.io/inject': 'argocd-controller and kubectl-annotate',
    });
  });
});

describe('a trimmed pod', () => {
  const pod = (kind: string, name: string, labels: Record<string, string> = {}): KubeObject => {
    const ownerReferences = [{ apiVersion: 'v1', kind, name, uid: 'o', controller: true }];
    return { metadata: { name: 'p', namespace: 'shop', uid: 'p1', resourceVersion: '1', labels, ownerReferences } };
  };

  it('names the Deployment behind its ReplicaSet and the CronJob behind its Job', () => {
    expect(trimPod(pod('ReplicaSet', 'web-7d4b9', { 'pod-template-hash': '7d4b9' })).workload).to.equal('Deployment/web');
    expect(trimPod(pod('ReplicaSet', 'alone')).workload).to.equal('ReplicaSet/alone');
    expect(trimPod(pod('Job', 'nightly-28370880')).workload).to.equal('CronJob/nightly');
    expect(trimPod(pod('Job', 'once')).workload).to.equal('Job/once');
    expect(trimPod(pod('Job', 'import-2')).workload).to.equal('Job/import-2');
    expect(trimPod(pod('StatefulSet', 'db')).workload).to.equal('StatefulSet/db');
  });
});
