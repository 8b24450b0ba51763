// Pods that are created only to see what comes of them, refused for reasons that have nothing to do with meshes.
import { expect } from 'chai';
import { tryKeyedPod, tryPlainPod } from '../../../src/controller/dry-run.ts';
import type { KeyedPodInput } from '../../../src/controller/dry-run.ts';
import { KubeError } from '../../../src/kube/kube-error.ts';
import type { Manifest } from '../../../src/kube/object.ts';
import { listAt } from '../../../src/core/fields.ts';
import { aMigration } from '../../model/builders.ts';

const quota = new KubeError({ kind: 'forbidden', status: 403, message: 'exceeded quota: pods, requested: pods=1' });
const field = 'spec.ephemeralContainers';
const onCreate = { reason: 'FieldValueForbidden', field, message: 'cannot be set on create' };
const twice = { reason: 'FieldValueDuplicate', field: `${field}[0].name`, message: 'Duplicate value: "linkerd-proxy"' };
const invalid = (...causes: readonly { reason: string; field: string; message: string }[]): KubeError =>
  new KubeError({ kind: 'invalid', status: 422, message: 'invalid', causes });

/** An input whose API server refuses every pod: those with a fault of their own with `validation`, others with `refusal`. */
function input(refusal: KubeError, validation: KubeError, idle = false): KeyedPodInput & { created: Manifest[] } {
  const created: Manifest[] = [];
  const create = (_kind: unknown, manifest: Manifest): Promise<never> => {
    created.push(manifest);
    return Promise.reject(listAt(manifest, ...field.split('.')).length > 0 ? validation : refusal);
  };
  const client = { create } as unknown as KeyedPodInput['client'];
  return { client, migration: aMigration(), namespace: 'shop', settings: {}, idle, created };
}

describe('whether new pods still join, where a pod is refused after injectors have changed it', () => {
  it('is told by what validation says of a pod that can not be valid', async () => {
    expect(await tryPlainPod(input(quota, invalid(onCreate)))).to.deep.include({ kind: 'pass' });
    const joined = await tryPlainPod(input(quota, invalid(twice, onCreate)));
    expect(joined).to.deep.include({ kind: 'fail', reason: 'StillCommitted' });
  });

  it('is unknown where that is not told either, or where nobody answered', async () => {
    const elsewhere = { reason: 'FieldValueInvalid', field: 'spec.containers[0].image', message: '' };
    const never = new KubeError({ kind: 'unreachable', message: 'no connection' });
    for (const [refusal, validation] of [
      [quota, quota],
      [quota, invalid(elsewhere)],
      [never, invalid(onCreate)],
    ] as const)
      expect(await tryPlainPod(input(refusal, validation))).to.deep.include({ kind: 'unknown' });
  });
});

describe('a keyed pod that is refused', () => {
  const refusal = new KubeError({ kind: 'forbidden', status: 403, message: 'no bare pods' });

  it('stops a namespace in which workloads could move, and no other', async () => {
    expect((await tryKeyedPod(input(refusal, refusal))).target).to.deep.include({ kind: 'fail', reason: 'TargetNotReady' });
    expect((await tryKeyedPod(input(quota, refusal))).findings).to.have.length(1);
    for (const one of [refusal, quota])
      expect(await tryKeyedPod(input(one, one, true))).to.deep.equal({
        target: { kind: 'pass' },
        admission: { kind: 'pass' },
        findings: [],
      });
    const never = new KubeError({ kind: 'unreachable', message: 'no connection' });
    expect((await tryKeyedPod(input(never, never, true))).target).to.deep.include({ kind: 'unknown' });
  });

  it('has the controller that its workload’s pods have, whose deletion it never blocks', async () => {
    const owners = async (kind?: string): Promise<unknown> => {
      const one = input(refusal, refusal);
      const get = (): Promise<unknown> => Promise.resolve({ spec: {} });
      const workload = kind === undefined ? {} : { workload: { kind, name: 'web' } };
      await tryKeyedPod({ ...one, client: { ...one.client, get }, ...workload } as unknown as KeyedPodInput);
      return one.created[0]?.metadata.ownerReferences?.map(({ uid: _, name: __, ...owner }) => owner);
    };
    expect(await owners()).to.deep.equal([{ apiVersion: 'apps/v1', kind: 'ReplicaSet', controller: true }]);
    expect(await owners('Deployment')).to.deep.equal([{ apiVersion: 'apps/v1', kind: 'ReplicaSet', controller: true }]);
    expect(await owners('StatefulSet')).to.deep.equal([{ apiVersion: 'apps/v1', kind: 'StatefulSet', controller: true }]);
    expect(await owners('CronJob')).to.deep.equal([{ apiVersion: 'batch/v1', kind: 'Job', controller: true }]);
  });
});
