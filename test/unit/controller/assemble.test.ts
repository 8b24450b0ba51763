// What is judged of a pod: restarts of what lasts, and not of what tries until it can.
import { expect } from 'chai';
import { podFrom } from '../../../src/controller/assemble.ts';
import { trimPod } from '../../../src/controller/trimmed.ts';
import { aMigration } from '../../model/builders.ts';

const pod = {
  metadata: { name: 'web-1', namespace: 'shop', uid: 'web-1' },
  spec: {
    containers: [{ name: 'app' }],
    initContainers: [{ name: 'wait-for-db' }, { name: 'linkerd-proxy', restartPolicy: 'Always' }],
  },
};
const status = (name: string, restartCount: number): object => ({ name, restartCount, ready: true, state: {} });

function restartsOf(init: readonly object[], containers: readonly object[]): number {
  const object = { ...pod, status: { phase: 'Running', initContainerStatuses: init, containerStatuses: containers } };
  return podFrom(trimPod(object), { migration: aMigration(), resolve: () => undefined }).restarts;
}

describe('restarts of a pod', () => {
  it('are those of its containers and sidecars; an init container may try until it can', () => {
    expect(restartsOf([status('wait-for-db', 3), status('linkerd-proxy', 0)], [status('app', 0)])).to.equal(0);
    expect(restartsOf([status('wait-for-db', 0), status('linkerd-proxy', 2)], [status('app', 1)])).to.equal(2);
  });
});
