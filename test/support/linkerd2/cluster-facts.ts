/**
 * Stand-in for Linkerd 2: reads what the injector must know from a real API server. Owners never change, so each is looked up once.
 */
import type { KubeClient } from '../../../src/kube/client.ts';
import { KubeError } from '../../../src/kube/kube-error.ts';
import type { KubeObject, OwnerReference } from '../../../src/kube/object.ts';
import { JOB, NAMESPACE, REPLICA_SET } from '../../../src/kube/resource-kind.ts';
import type { ResourceKind } from '../../../src/kube/resource-kind.ts';
import type { Pod } from '../pod.ts';
import type { ClusterFacts } from './admission-review.ts';
import type { Owner } from './inject.ts';
import type { Annotations } from './values.ts';

/** Kinds that stand between a pod and the workload that people know. */
const between: Readonly<Record<string, ResourceKind>> = { ReplicaSet: REPLICA_SET, Job: JOB };

/** Facts of the cluster behind `client`. While the API server does not answer, a namespace is as it was last seen, as with the real one. */
export function clusterFacts(client: Pick<KubeClient, 'get'>): ClusterFacts {
  const owners = new Map<string, Owner>();
  const lastSeen = new Map<string, Annotations>();
  const namespaceAnnotations = async (name: string): Promise<Annotations> => {
    try {
      const annotations = (await client.get(NAMESPACE, { name })).metadata.annotations ?? {};
      lastSeen.set(name, annotations);
      return annotations;
    } catch (error) {
      const known = lastSeen.get(name);
      if (known === undefined) throw error;
      return known;
    }
  };
  const ownerOf = async (pod: Pod, namespace: string): Promise<Owner | undefined> => {
    const reference = controllerOf(pod);
    if (reference === undefined) return undefined;
    const key = reference.uid ?? `${namespace}/${reference.kind}/${reference.name}`;
    const owner = owners.get(key) ?? (await lookUp(client, reference, namespace));
    owners.set(key, owner);
    return owner;
  };
  return { namespaceAnnotations, ownerOf };
}

type Reference = Pick<OwnerReference, 'apiVersion' | 'kind' | 'name'> & { uid?: string; controller?: boolean };

function controllerOf(object: Pod | KubeObject): Reference | undefined {
  return object.metadata.ownerReferences?.find((reference: Reference) => reference.controller === true);
}

async function lookUp(client: Pick<KubeClient, 'get'>, reference: Reference, namespace: string): Promise<Owner> {
  const kind = between[reference.kind];
  const object = kind && (await client.get(kind, { name: reference.name, namespace }).catch(goneAlready));
  const { apiVersion, kind: ownerKind, name, uid } = (object && controllerOf(object)) ?? reference;
  return { apiVersion, kind: ownerKind, name, ...(uid === undefined ? {} : { uid }) };
}

/** A controller that is gone already stands for itself. */
function goneAlready(error: unknown): undefined {
  if (error instanceof KubeError && error.kind === 'notFound') return undefined;
  throw error;
}
