/**
 * Stand-in for Linkerd 2: reads what the injector must know from a real API server. Owners never change, so each is looked up once.
 */
import type { KubeClient } from '../../../src/kube/client.ts';
import type { KubeObject, OwnerReference } from '../../../src/kube/object.ts';
import { JOB, NAMESPACE, REPLICA_SET } from '../../../src/kube/resource-kind.ts';
import type { ResourceKind } from '../../../src/kube/resource-kind.ts';
import type { Pod } from '../pod.ts';
import type { ClusterFacts } from './admission-review.ts';
import type { Owner } from './inject.ts';

/** Kinds that stand between a pod and the workload that people know. */
const between: Readonly<Record<string, ResourceKind>> = { ReplicaSet: REPLICA_SET, Job: JOB };

/** Facts of the cluster behind `client`. */
export function clusterFacts(client: Pick<KubeClient, 'get'>): ClusterFacts {
  const owners = new Map<string, Promise<Owner>>();
  return {
    namespaceAnnotations: async (namespace) => (await client.get(NAMESPACE, { name: namespace })).metadata.annotations ?? {},
    ownerOf: async (pod, namespace) => {
      const reference = controllerOf(pod);
      if (reference === undefined) return undefined;
      const key = reference.uid ?? `${namespace}/${reference.kind}/${reference.name}`;
      const known = owners.get(key) ?? lookUp(client, reference, namespace);
      owners.set(key, known);
      return known;
    },
  };
}

type Reference = Pick<OwnerReference, 'apiVersion' | 'kind' | 'name'> & { uid?: string; controller?: boolean };

function controllerOf(object: Pod | KubeObject): Reference | undefined {
  return object.metadata.ownerReferences?.find((reference: Reference) => reference.controller === true);
}

async function lookUp(client: Pick<KubeClient, 'get'>, reference: Reference, namespace: string): Promise<Owner> {
  const kind = between[reference.kind];
  // A controller that is gone already stands for itself.
  const object = kind && (await client.get(kind, { name: reference.name, namespace }).catch(() => undefined));
  const { apiVersion, kind: ownerKind, name, uid } = (object && controllerOf(object)) ?? reference;
  return { apiVersion, kind: ownerKind, name, ...(uid === undefined ? {} : { uid }) };
}
