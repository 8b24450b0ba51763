/**
 * Stand-in for Linkerd 2: the objects of its control plane as recorded (test/recordings/linkerd2/control-plane), made fit for a cluster
 * that is not the recorded one. Pure; `install.ts` creates them.
 */
import { recordedJson } from '../recordings.ts';
import type { Pod } from '../pod.ts';

/** A recorded object that is sent to an API server again. */
export interface ControlPlaneObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { name: string; namespace?: string; labels?: Record<string, string>; annotations?: Record<string, string> };
  readonly [field: string]: unknown;
}

/** Name of the recorded webhook configuration and of everything's namespace. */
export const names = {
  namespace: 'linkerd',
  webhookConfiguration: 'linkerd-proxy-injector-webhook-config',
  injector: 'linkerd-proxy-injector',
} as const;

const folder = 'linkerd2/control-plane';

/** Where the stand-in differs from the recording. */
export interface Placement {
  readonly namespace: string;
  /** PEM of the authority that signed the webhook's certificate; it serves as trust root as well. */
  readonly trustRootPem: string;
}

/** Namespace, ServiceAccounts, ConfigMaps, Services and Deployments, in the order in which they can be created. */
export function controlPlaneObjects({ namespace, trustRootPem }: Placement): ControlPlaneObject[] {
  const own = recorded(`${folder}/namespaces.json`).filter(({ metadata }) => metadata.name === names.namespace);
  const maps = recorded(`${folder}/configmaps.json`).filter(({ metadata }) => metadata.name.startsWith('linkerd-'));
  const rest = recorded(`${folder}/svc-eps-deploy-sa.json`).filter(({ metadata }) => metadata.name.startsWith('linkerd-'));
  const byKind = (kind: string): ControlPlaneObject[] => rest.filter((object) => object.kind === kind);
  return [...own, ...maps, ...byKind('ServiceAccount'), ...byKind('Service'), ...byKind('Deployment')]
    .map((object) => moved(object, namespace, trustRootPem))
    .map(creatable);
}

/** The injector's webhook configuration: as recorded, but called by URL, since no kube-proxy serves Service addresses. */
export function webhookConfiguration(url: string, caPem: string, namespace: string): ControlPlaneObject {
  const [configuration] = recorded(`${folder}/webhookconfigurations.json`).filter(
    ({ metadata }) => metadata.name === names.webhookConfiguration,
  );
  const { webhooks, ...rest } = creatable(moved(configuration!, namespace, caPem)) as ControlPlaneObject & {
    webhooks: Readonly<Record<string, unknown>>[];
  };
  const clientConfig = { url, caBundle: Buffer.from(caPem).toString('base64') };
  return { ...rest, webhooks: webhooks.map((webhook) => ({ ...webhook, clientConfig })) };
}

function recorded(path: string): ControlPlaneObject[] {
  return (recordedJson(path) as { items: ControlPlaneObject[] }).items;
}

/** Puts another namespace and trust root where the recording has its own. */
function moved(object: ControlPlaneObject, namespace: string, pem: string): ControlPlaneObject {
  const copy = structuredClone(object);
  if (copy.kind === 'Namespace') {
    copy.metadata.name = namespace;
    Object.assign(copy.metadata.labels ?? {}, { 'kubernetes.io/metadata.name': namespace });
  } else if (copy.metadata.namespace !== undefined) copy.metadata.namespace = namespace;
  for (const labels of [copy.metadata.labels, templateOf(copy)?.metadata.labels, selectorOf(copy)]) relabel(labels, namespace);
  const data = copy['data'] as Record<string, string> | undefined;
  if (data?.['ca-bundle.crt'] !== undefined) data['ca-bundle.crt'] = pem;
  return copy;
}

function relabel(labels: Record<string, string> | undefined, namespace: string): void {
  for (const key of ['linkerd.io/control-plane-ns', 'linkerd.io/workload-ns']) if (labels?.[key]) labels[key] = namespace;
}

function templateOf(object: ControlPlaneObject): Pick<Pod, 'metadata'> | undefined {
  return (object['spec'] as { template?: Pick<Pod, 'metadata'> } | undefined)?.template;
}

function selectorOf(object: ControlPlaneObject): Record<string, string> | undefined {
  return (object['spec'] as { selector?: { matchLabels?: Record<string, string> } } | undefined)?.selector?.matchLabels;
}

/** Without what only the recorded server could know: status, generation, addresses, the applied-configuration copy. */
function creatable(object: ControlPlaneObject): ControlPlaneObject {
  const { status: _status, ...copy } = structuredClone(object);
  const metadata = copy.metadata as ControlPlaneObject['metadata'] & { generation?: number };
  delete metadata.generation;
  const {
    'kubectl.kubernetes.io/last-applied-configuration': _a,
    'deployment.kubernetes.io/revision': _r,
    ...kept
  } = metadata.annotations ?? {};
  metadata.annotations = kept;
  const spec = copy['spec'] as Record<string, unknown> | undefined;
  if (copy.kind === 'Service' && spec?.['clusterIP'] !== 'None') {
    delete spec?.['clusterIP'];
    delete spec?.['clusterIPs'];
  }
  if (copy.kind === 'Namespace') delete (copy as Record<string, unknown>)['spec'];
  return copy;
}
