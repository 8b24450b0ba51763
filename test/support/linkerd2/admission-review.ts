/**
 * Stand-in for Linkerd 2: one AdmissionReview in, one out (Kubernetes docs, "Dynamic Admission Control"). What it must know of the
 * cluster (namespace annotations, a pod's owner) is asked through `ClusterFacts`; it listens on no port.
 */
import type { PatchOperation } from '../json-patch.ts';
import type { Pod } from '../pod.ts';
import { inject } from './inject.ts';
import type { Injection, Owner } from './inject.ts';
import type { Annotations, InjectorValues } from './values.ts';

/** What the injector reads of the cluster. */
export interface ClusterFacts {
  namespaceAnnotations(namespace: string): Promise<Annotations>;
  /** The pod's controller in the end: a Deployment for a ReplicaSet's pod, a CronJob for its Job's; undefined for a bare pod. */
  ownerOf(pod: Pod, namespace: string): Promise<Owner | undefined>;
}

/** The parts of `admission.k8s.io/v1` AdmissionReview that are read. */
export interface AdmissionReview {
  readonly request: {
    readonly uid: string;
    readonly namespace: string;
    readonly kind: { readonly kind: string };
    readonly dryRun?: boolean;
    readonly object: Pod;
  };
}

/** The answer to send, and what was decided about the pod (undefined for other kinds). */
export interface ReviewOutcome {
  readonly answer: Readonly<Record<string, unknown>>;
  readonly decided: { readonly injection: Injection; readonly owner: Owner | undefined } | undefined;
}

/** Reviews one object. Anything but a pod is allowed unchanged. */
export async function review({ request }: AdmissionReview, facts: ClusterFacts, values: InjectorValues): Promise<ReviewOutcome> {
  if (request.kind.kind !== 'Pod') return { answer: allowed(request.uid, []), decided: undefined };
  const [namespaceAnnotations, owner] = await Promise.all([
    facts.namespaceAnnotations(request.namespace),
    facts.ownerOf(request.object, request.namespace),
  ]);
  const injection = inject({ pod: request.object, namespace: request.namespace, namespaceAnnotations, owner, values });
  const answer = injection.verdict === 'denied' ? denied(request.uid, injection.message) : allowed(request.uid, injection.patch);
  return { answer, decided: { injection, owner } };
}

function allowed(uid: string, patch: readonly PatchOperation[]): Readonly<Record<string, unknown>> {
  const patched =
    patch.length === 0 ? {} : { patchType: 'JSONPatch', patch: Buffer.from(JSON.stringify(patch)).toString('base64') };
  return envelope({ uid, allowed: true, ...patched });
}

function denied(uid: string, message: string): Readonly<Record<string, unknown>> {
  return envelope({ uid, allowed: false, status: { message } });
}

function envelope(response: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return { apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', response };
}
