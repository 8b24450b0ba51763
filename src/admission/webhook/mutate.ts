// Webhook room: from a review to its answer. The namespace is read only for pods without keys of their own; when it
// can't be read there is no answer, and the API server's failurePolicy lets the pod pass unchanged.

import { keys } from '../../api/v1alpha1/group.ts';
import type { KubeReader } from '../../kube/client.ts';
import { NAMESPACE } from '../../kube/resource-kind.ts';
import type { MeshAdapter, ObjectKeys } from '../../mesh/adapter.ts';
import { annotationOf } from '../../mesh/pod-parts.ts';
import { podPatch } from '../pod-patch.ts';
import { answerReview, readReview } from './review.ts';

/** What an answer needs. */
export interface MutateOptions {
  reader: Pick<KubeReader, 'get'>;
  adapters: readonly MeshAdapter[];
}

// Below the timeout that the API server is told, so that its log has our reason and not only "timeout".
const namespaceTimeoutMs = 2_000;

/** Answers the body of a request. Throws a ReviewError for a bad body and a KubeError when the namespace can't be read. */
export async function mutate(body: string, { reader, adapters }: MutateOptions): Promise<string> {
  const { uid, namespace, pod } = readReview(body);
  const keyed = annotationOf(pod, keys.to) !== undefined;
  const around: { metadata?: ObjectKeys } = keyed
    ? {}
    : await reader.get(NAMESPACE, { name: namespace }, { timeoutMs: namespaceTimeoutMs });
  return answerReview(uid, podPatch(pod, around, adapters));
}
