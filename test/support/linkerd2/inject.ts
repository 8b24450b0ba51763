/**
 * Stand-in for Linkerd 2: from a pod, its namespace and its owner to the answer that the real injector gives, as a JSON Patch in
 * the recorded order. Pure; facts from test/recordings/linkerd2/injection. It talks to nobody and imports nothing of the product.
 */
import type { Pod } from '../pod.ts';
import type { PatchOperation } from '../json-patch.ts';
import { awaitsProxy, debugContainer, initContainer, networkValidator, proxyContainer, volumes } from './containers.ts';
import { injectKey, skipReasons } from './decision.ts';
import { addedOpaquePorts } from './ports.ts';
import type { EnvInput } from './proxy-env.ts';
import type { Annotations, InjectorValues } from './values.ts';
import { inheritedAnnotations, isNativeSidecar, setting } from './values.ts';

/** The object that a pod belongs to in the end (a Deployment, not its ReplicaSet). */
export interface Owner {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid?: string;
}

/** A pod that is about to be created. `owner` is undefined for a bare pod. */
export interface InjectionRequest {
  readonly pod: Pod;
  readonly namespace: string;
  readonly namespaceAnnotations: Annotations;
  readonly owner: Owner | undefined;
  readonly values: InjectorValues;
}

/** The injector's answer: injected, left alone with reasons in its own words, or refused with an error message. */
export type Injection =
  | { readonly verdict: 'injected'; readonly patch: PatchOperation[] }
  | { readonly verdict: 'skipped'; readonly patch: PatchOperation[]; readonly reasons: readonly string[] }
  | { readonly verdict: 'denied'; readonly message: string };

/** Decides and builds the patch. A combination that the templates refuse is denied, which `failurePolicy: Ignore` does not cover. */
export function inject(request: InjectionRequest): Injection {
  const reasons = skipReasons(request.pod, request.namespaceAnnotations);
  const opaque = addedOpaquePorts(request.pod, request.namespaceAnnotations, request.values);
  const opaqueAnnotation = opaque === undefined ? {} : { 'config.linkerd.io/opaque-ports': opaque };
  if (reasons.length > 0) return { verdict: 'skipped', reasons, patch: annotate(request.pod, opaqueAnnotation) };

  const own = request.pod.metadata.annotations ?? {};
  const inherited = { ...inheritedAnnotations(request.namespaceAnnotations, own), ...opaqueAnnotation };
  const annotations: Annotations = { ...own, ...inherited };
  if (annotations['config.linkerd.io/close-wait-timeout'] !== undefined) {
    return { verdict: 'denied', message: 'close-wait-timeout needs a linkerd-init that runs as root (proxyInit.runAsRoot)' };
  }
  const patch = [
    ...annotate(request.pod, { ...inherited, ...ownAnnotations(request, annotations) }),
    ...label(request),
    ...addSpec({ pod: request.pod, annotations, values: request.values }),
  ];
  return { verdict: 'injected', patch };
}

function ownAnnotations(request: InjectionRequest, annotations: Annotations): Record<string, string> {
  const { values, pod, namespaceAnnotations } = request;
  const asked = pod.metadata.annotations?.[injectKey] === undefined ? namespaceAnnotations[injectKey] : undefined;
  return {
    'linkerd.io/created-by': `linkerd/proxy-injector ${values.version}`,
    ...(asked === undefined ? {} : { [injectKey]: asked }),
    'linkerd.io/proxy-version': setting(annotations, 'proxy-version', values.version),
    'linkerd.io/trust-root-sha256': values.trustRootSha256,
  };
}

const pointer = (key: string): string => key.replaceAll('~', '~0').replaceAll('/', '~1');

function addKeys(root: string, exists: boolean, entries: Record<string, string>): PatchOperation[] {
  const keys = Object.keys(entries).sort();
  if (keys.length === 0) return [];
  return [
    ...(exists ? [] : [{ op: 'add', path: root, value: {} } as const]),
    ...keys.map((key) => ({ op: 'add', path: `${root}/${pointer(key)}`, value: entries[key] }) as const),
  ];
}

function annotate(pod: Pod, entries: Record<string, string>): PatchOperation[] {
  return addKeys('/metadata/annotations', pod.metadata.annotations !== undefined, entries);
}

function label(request: InjectionRequest): PatchOperation[] {
  const { owner, values, pod, namespace } = request;
  return addKeys('/metadata/labels', pod.metadata.labels !== undefined, {
    'linkerd.io/control-plane-ns': values.controlPlaneNamespace,
    ...(owner === undefined ? {} : { [`linkerd.io/proxy-${owner.kind.toLowerCase()}`]: owner.name }),
    'linkerd.io/workload-ns': namespace,
  });
}

function addSpec(input: EnvInput): PatchOperation[] {
  const { pod, annotations, values } = input;
  const native = isNativeSidecar(annotations, values);
  const debug = setting(annotations, 'enable-debug-sidecar', 'false') === 'true';
  const add = (path: string, value: unknown): PatchOperation => ({ op: 'add', path, value });
  const proxyPath = native ? '/spec/initContainers/1' : awaitsProxy(annotations) ? '/spec/containers/0' : '/spec/containers/-';
  return [
    ...missingLists(pod).map((list) => add(`/spec/${list}`, [])),
    ...(values.cniEnabled ? [] : [add('/spec/volumes/-', volumes.init)]),
    add(`/spec/initContainers/${native ? '0' : '-'}`, values.cniEnabled ? networkValidator(input) : initContainer(input)),
    ...(debug ? [add('/spec/containers/-', debugContainer(input))] : []),
    ...volumes.identity.map((volume) => add('/spec/volumes/-', volume)),
    add(proxyPath, proxyContainer(input)),
  ];
}

function missingLists(pod: Pod): string[] {
  return (['volumes', 'initContainers'] as const).filter((list) => pod.spec[list] === undefined);
}
