/**
 * Stand-in for Linkerd 2: what the injector is configured with, and how a pod's and a namespace's annotations override it.
 * Facts from test/recordings/linkerd2 (edge-26.8.3). It decides nothing about injection and builds no container.
 */

/** The chart values that the recorded control plane had, as far as a pod shows them. Ports are TCP port numbers. */
export interface InjectorValues {
  readonly controlPlaneNamespace: string;
  readonly version: string;
  readonly proxyImage: string;
  readonly debugImage: string;
  readonly imagePullPolicy: string;
  readonly trustAnchorsPem: string;
  readonly trustRootSha256: string;
  readonly cniEnabled: boolean;
  readonly nativeSidecar: boolean;
  readonly opaquePorts: string;
  readonly skipPorts: string;
}

/** The values of the recorded installation; `linkerd2/control-plane/configmaps.json`. */
export const recordedValues: InjectorValues = {
  controlPlaneNamespace: 'linkerd',
  version: 'edge-26.8.3',
  proxyImage: 'cr.l5d.io/linkerd/proxy',
  debugImage: 'cr.l5d.io/linkerd/debug',
  imagePullPolicy: 'IfNotPresent',
  trustAnchorsPem: '<PEM certificate>',
  trustRootSha256: '85e6418818bd068960bb554d852c201cf67b50247f220130f0d61360c8ba6b89',
  cniEnabled: false,
  nativeSidecar: true,
  opaquePorts: '25,587,3306,4444,5432,6379,9300,11211',
  skipPorts: '4567,4568',
};

/** Annotations by key, as metadata carries them. */
export type Annotations = Readonly<Record<string, string>>;

const prefix = 'config.linkerd.io/';
const nativeKeys = ['config.linkerd.io/', 'config.beta.linkerd.io/', 'config.alpha.linkerd.io/'].map(
  (group) => `${group}proxy-enable-native-sidecar`,
);
/** Keys of the group that speak about the namespace or the webhook, never about a proxy. */
const notInherited = new Set(['config.linkerd.io/admission-webhooks']);

/** The namespace's proxy settings that the pod does not set itself; the injector writes them onto the pod. */
export function inheritedAnnotations(namespace: Annotations, pod: Annotations): Record<string, string> {
  const taken = Object.entries(namespace).filter(
    ([key]) => /^config(\.alpha|\.beta)?\.linkerd\.io\//.test(key) && !notInherited.has(key) && !(key in pod),
  );
  return Object.fromEntries(taken);
}

/** Reads one setting: the annotation under `config.linkerd.io/` or, when absent, the given default. */
export function setting(annotations: Annotations, name: string, otherwise: string): string {
  return annotations[prefix + name] ?? otherwise;
}

/** Whether the proxy becomes a native sidecar: the newest of the three spellings of the annotation wins. */
export function isNativeSidecar(annotations: Annotations, values: InjectorValues): boolean {
  const key = nativeKeys.find((candidate) => candidate in annotations);
  return key === undefined ? values.nativeSidecar : annotations[key] === 'true';
}

/** Ports of one proxy: what it listens on. */
export interface ProxyPorts {
  readonly inbound: number;
  readonly outbound: number;
  readonly admin: number;
  readonly control: number;
}

/** The proxy's ports with their overrides. */
export function proxyPorts(annotations: Annotations): ProxyPorts {
  const port = (name: string, otherwise: number): number => Number(setting(annotations, name, String(otherwise)));
  return {
    inbound: port('inbound-port', 4143),
    outbound: port('outbound-port', 4140),
    admin: port('admin-port', 4191),
    control: port('control-port', 4190),
  };
}

const quantity = /^[0-9]+(\.[0-9]+)?(m|k|Ki|M|Mi|G|Gi|T|Ti|P|Pi|E|Ei)?$/;

/** Resources of the proxy, or null when none is asked for. A value that is no quantity is ignored, as the injector does. */
export function proxyResources(
  annotations: Annotations,
): { limits?: Record<string, string>; requests?: Record<string, string> } | null {
  const side = (kind: 'limit' | 'request'): Record<string, string> =>
    Object.fromEntries(
      ['cpu', 'ephemeral-storage', 'memory']
        .map((resource): [string, string] => [resource, setting(annotations, `proxy-${resource}-${kind}`, '')])
        .filter(([, value]) => quantity.test(value)),
    );
  const [limits, requests] = [side('limit'), side('request')];
  const some = {
    ...(Object.keys(limits).length > 0 ? { limits } : {}),
    ...(Object.keys(requests).length > 0 ? { requests } : {}),
  };
  return Object.keys(some).length > 0 ? some : null;
}

/** Whole cores of a CPU limit, rounded up (`2500m` is 3); undefined when there is no limit. */
export function coresOf(annotations: Annotations): number | undefined {
  const limit = proxyResources(annotations)?.limits?.['cpu'];
  if (limit === undefined) return undefined;
  return Math.ceil(limit.endsWith('m') ? Number(limit.slice(0, -1)) / 1000 : Number(limit));
}
