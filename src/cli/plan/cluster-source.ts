// What a plan is made from: live lists, and answers of pods through the API server's proxy, since a pod's address is seldom reachable
// from where people sit. Writes nothing.

import type { KubeReader } from '../../kube/client.ts';
import { isKubeError } from '../../kube/kube-error.ts';
import type { KubeObjectLike, PreflightFact, PreflightQuestion } from '../../mesh/adapter.ts';
import type { NamesIo } from '../../mesh/names.ts';

/** Asks the cluster as the operator would. */
export function clusterSource(client: KubeReader): NamesIo {
  const pods = new Map<string, { namespace: string; name: string }>();
  return {
    async list(question) {
      const answer = await ask(client, question);
      if (question.plural === 'pods' && answer.kind === 'objects') for (const pod of answer.items) remember(pods, pod);
      return answer;
    },
    async http(url, { timeoutMs, json }) {
      const { hostname, port, pathname } = new URL(url);
      const pod = pods.get(hostname.replace(/^\[|\]$/g, ''));
      if (pod === undefined) throw new Error(`${hostname} is no pod that the API server could ask`);
      const query = json === undefined ? '' : `?${new URLSearchParams(JSON.parse(json) as Record<string, string>).toString()}`;
      const path = `/api/v1/namespaces/${pod.namespace}/pods/${pod.name}:${port}/proxy${pathname}${query}`;
      try {
        return { status: 200, body: JSON.stringify(await client.getRaw(path, { timeoutMs })) };
      } catch (error) {
        if (isKubeError(error, 'notFound')) return { status: 404, body: '' };
        throw error;
      }
    },
  };
}

function remember(pods: Map<string, { namespace: string; name: string }>, pod: KubeObjectLike): void {
  const { name, namespace } = pod.metadata ?? {};
  const { podIP } = (pod['status'] ?? {}) as { podIP?: string };
  if (podIP !== undefined && name !== undefined && namespace !== undefined) pods.set(podIP, { namespace, name });
}

async function ask(client: KubeReader, question: PreflightQuestion): Promise<PreflightFact> {
  const { group, version, plural, namespace, labelSelector, objectName } = question;
  const kind = { group, version, plural, kind: plural, namespaced: namespace !== undefined };
  const fieldSelector = objectName === undefined ? undefined : `metadata.name=${objectName}`;
  try {
    const { items } = await client.list(kind, { namespace, labelSelector, fieldSelector });
    return { kind: 'objects', items };
  } catch (error) {
    if (!isKubeError(error)) throw error;
    return { kind: 'error', message: `${plural} could not be listed: ${error.message}` };
  }
}
