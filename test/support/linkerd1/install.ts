/**
 * Stand-in for Linkerd 1: its DaemonSet in a cluster, and the admin port 9990 of every l5d pod served by this process. No traffic goes through
 * it: what it has counted is what a test says.
 */
import type { KubeClient } from '../../../src/kube/client.ts';
import type { KubeObject } from '../../../src/kube/object.ts';
import { DAEMON_SET } from '../../../src/kube/resource-kind.ts';
import { createAll } from '../api-objects.ts';
import type { Pod } from '../pod.ts';
import type { PodDirectory } from '../pod-directory.ts';
import { followPods } from '../pod-directory.ts';
import { startPodServer } from '../pod-server.ts';
import { recordedJson } from '../recordings.ts';
import { until } from '../until.ts';
import type { AdminContent, AdminFaults } from './admin.ts';
import { answerAdmin } from './admin.ts';
import type { Delegations } from './delegations.ts';
import { delegations } from './delegations.ts';
import { linkerd1Manifests } from './manifests.ts';
import type { Traffic } from './traffic.ts';
import { startTraffic } from './traffic.ts';

/** Where and when. */
export interface Linkerd1Options {
  /** `l5d-system` when absent. */
  readonly namespace?: string;
  /** Milliseconds since 1970; the machine's clock when absent. */
  readonly clock?: () => number;
  /** 9990 when absent; 0 for any free one. */
  readonly port?: number;
}

/** The admin servers of all l5d pods. */
export interface Linkerd1Admin {
  readonly traffic: Traffic;
  readonly delegations: Delegations;
  readonly port: number;
  /** Replaces what is served (configuration, bound names, a recorded state). */
  serve(content: Partial<AdminContent>): void;
  /** What is wrong from now on, on one pod by name or on all; `{}` mends it. */
  fail(faults: AdminFaults, pod?: string): void;
  close(): Promise<void>;
}

/** An installed stand-in. */
export interface Linkerd1 extends Linkerd1Admin {
  readonly namespace: string;
}

/** Creates the objects, waits until every node has a ready l5d pod, and serves their admin port. Must run inside the cluster's network. */
export async function installLinkerd1(client: KubeClient, options: Linkerd1Options = {}): Promise<Linkerd1> {
  const namespace = options.namespace ?? 'l5d-system';
  await createAll(client, linkerd1Manifests(namespace));
  await until(async () => isComplete(await client.get<DaemonSet>(DAEMON_SET, { name: 'l5d', namespace })), {
    what: `DaemonSet ${namespace}/l5d is ready on every node`,
  });
  const directory = await followPods(client);
  const isL5d = ({ metadata }: Pod): boolean => metadata.namespace === namespace && metadata.labels?.['app'] === 'l5d';
  try {
    return { namespace, ...(await serveLinkerd1(directory, isL5d, options)) };
  } catch (error) {
    await directory.close();
    throw error;
  }
}

/** Serves the admin port of the pods in a directory that `isL5d` says are Linkerd 1. */
export async function serveLinkerd1(
  directory: PodDirectory,
  isL5d: (pod: Pod) => boolean,
  options: Linkerd1Options = {},
): Promise<Linkerd1Admin> {
  const traffic = startTraffic(() => [...directory.pods()].filter(isL5d), options.clock ?? Date.now);
  const answers = delegations();
  const faults = new Map<string | undefined, AdminFaults>();
  let content: AdminContent = { config: recordedJson('linkerd1/k8s/config.json'), boundNames: [''] };
  const server = await startPodServer({
    port: options.port ?? 9990,
    directory,
    handle: (pod, request, response) =>
      isL5d(pod) &&
      answerAdmin(
        {
          content,
          faults: faults.get(pod.metadata.name) ?? faults.get(undefined) ?? {},
          counts: () => traffic.countsOf(pod),
          delegations: answers,
        },
        request,
        response,
      ),
  });
  return {
    traffic,
    delegations: answers,
    port: server.port,
    serve: (changed) => {
      content = { ...content, ...changed };
    },
    fail: (wrong, pod) => faults.set(pod, wrong),
    close: async () => {
      await server.close();
      await directory.close();
    },
  };
}

type DaemonSet = KubeObject & {
  readonly status?: { readonly desiredNumberScheduled?: number; readonly numberReady?: number };
};

function isComplete({ status }: DaemonSet): boolean {
  const wanted = status?.desiredNumberScheduled ?? 0;
  return wanted > 0 && status?.numberReady === wanted;
}
