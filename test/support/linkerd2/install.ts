/**
 * Stand-in for Linkerd 2: installs it into a cluster. The control plane's objects as recorded, and the injector as a real mutating webhook
 * served by this process. The proxies' admin ports are `startProxies`.
 */
import type { KubeClient } from '../../../src/kube/client.ts';
import type { KubeObject } from '../../../src/kube/object.ts';
import { DEPLOYMENT, MUTATING_WEBHOOK_CONFIGURATION } from '../../../src/kube/resource-kind.ts';
import { CORE_EVENT, createAll } from '../api-objects.ts';
import { issueCertificate } from '../certificate.ts';
import { until } from '../until.ts';
import type { AdmissionReview, ReviewOutcome } from './admission-review.ts';
import { clusterFacts } from './cluster-facts.ts';
import { controlPlaneObjects, names, webhookConfiguration } from './control-plane.ts';
import { ownerEvent } from './event.ts';
import { createHash, randomBytes } from 'node:crypto';
import type { InjectorValues } from './values.ts';
import { recordedValues } from './values.ts';
import { startWebhookServer } from './webhook-server.ts';

/** Deployments of the control plane. */
export type Component = 'linkerd-identity' | 'linkerd-destination' | 'linkerd-proxy-injector';

/** How it is installed. */
export interface Linkerd2Options {
  /** Namespace of the control plane, `linkerd` when absent. */
  readonly namespace?: string;
  /** False: the Deployments have no replicas, as when nobody could schedule them. True (default) waits until they are Available. */
  readonly ready?: boolean;
  /** Chart values that differ from the recorded ones (CNI, native sidecars off). */
  readonly values?: Partial<InjectorValues>;
}

/** An installed stand-in. */
export interface Linkerd2 {
  readonly namespace: string;
  readonly values: InjectorValues;
  /** Down: the webhook refuses connections and its Deployment has no pods. Answers when that is so; up again likewise. */
  setInjectorDown(down: boolean): Promise<void>;
  /** Takes the pods of one Deployment away or brings them back; the webhook goes with the injector's. */
  setDown(component: Component, down: boolean): Promise<void>;
  /** Pods and Services reviewed so far. */
  reviewed(): number;
  /** Errors of writing events, for a test to look at; empty when all is well. */
  problems(): readonly unknown[];
  /** Takes the webhook configuration away, then stops serving. The control plane's objects stay. */
  close(): Promise<void>;
}

/** Creates the objects, serves the webhook on loopback (the API server must share this process's network) and waits until it acts. */
export async function installLinkerd2(client: KubeClient, options: Linkerd2Options = {}): Promise<Linkerd2> {
  const namespace = options.namespace ?? names.namespace;
  const certificate = issueCertificate({
    dnsNames: [`${names.injector}.${namespace}.svc`],
    addresses: ['127.0.0.1'],
    now: new Date(),
  });
  const values: InjectorValues = {
    ...recordedValues,
    controlPlaneNamespace: namespace,
    trustAnchorsPem: certificate.caPem,
    trustRootSha256: createHash('sha256').update(certificate.caPem).digest('hex'),
    ...options.values,
  };
  const events = eventWriter(client);
  const server = await startWebhookServer({ certificate, facts: clusterFacts(client), values, onReviewed: events.write });
  const ready = options.ready ?? true;
  await createAll(client, controlPlaneObjects({ namespace, trustRootPem: certificate.caPem }).map(scaledTo(ready ? 1 : 0)));
  await createAll(client, [webhookConfiguration(server.url, certificate.caPem, namespace)]);
  if (ready) for (const component of components) await scaled(client, namespace, component, 1);

  const setDown = async (component: Component, down: boolean): Promise<void> => {
    if (component === names.injector) await server.setDown(down);
    await client.mergePatch(DEPLOYMENT, { name: component, namespace }, { spec: { replicas: down ? 0 : 1 } });
    await scaled(client, namespace, component, down ? 0 : 1);
  };
  return {
    namespace,
    values,
    setDown,
    setInjectorDown: (down) => setDown(names.injector, down),
    reviewed: server.reviewed,
    problems: () => events.problems,
    close: async () => {
      await client.delete(MUTATING_WEBHOOK_CONFIGURATION, { name: names.webhookConfiguration });
      await server.close();
      await events.settled();
    },
  };
}

const components: readonly Component[] = ['linkerd-identity', 'linkerd-destination', 'linkerd-proxy-injector'];

function scaledTo(replicas: number): <T extends { readonly kind: string }>(object: T) => T {
  return (object) =>
    object.kind === 'Deployment' ? { ...object, spec: { ...(object as unknown as { spec: object }).spec, replicas } } : object;
}

type Deployment = KubeObject & { readonly status?: { readonly readyReplicas?: number; readonly replicas?: number } };

async function scaled(client: KubeClient, namespace: string, name: Component, replicas: number): Promise<void> {
  await until(
    async () => {
      const { status } = await client.get<Deployment>(DEPLOYMENT, { name, namespace });
      return (status?.readyReplicas ?? 0) === replicas && (status?.replicas ?? 0) === replicas;
    },
    { what: `${namespace}/${name} has ${replicas} ready pods` },
  );
}

interface EventWriter {
  readonly write: (review: AdmissionReview, outcome: ReviewOutcome) => void;
  readonly problems: unknown[];
  settled(): Promise<void>;
}

/** Events are written beside the answers, never before them, and not for dry-runs. */
function eventWriter(client: KubeClient): EventWriter {
  const pending = new Set<Promise<void>>();
  const problems: unknown[] = [];
  const write = ({ request }: AdmissionReview, { decided }: ReviewOutcome): void => {
    if (decided?.owner === undefined || request.dryRun === true) return;
    const { owner, injection } = decided;
    const suffix = randomBytes(8).toString('hex');
    const event = ownerEvent(injection, { owner, namespace: request.namespace, at: new Date(), suffix });
    if (event === undefined) return;
    const writing: Promise<void> = client
      .create(CORE_EVENT, { ...event })
      .then(
        () => undefined,
        (error: unknown) => void problems.push(error),
      )
      .finally(() => pending.delete(writing));
    pending.add(writing);
  };
  return {
    write,
    problems,
    settled: async () => {
      await Promise.all(pending);
    },
  };
}
