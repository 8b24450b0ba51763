// PodTransform: how a pod joins or leaves a mesh, as data. Admission compiles it; nothing here acts on a pod.
// Pure: no client, no clock, no policy language.

/** How pods of one mesh are joined or left, the same data for the policies and for the webhook. */
export interface PodTransform {
  /** API name of the mesh in lower case. */
  mesh: string;
  /** Annotations to set unless the pod itself already has the key. */
  setAnnotations: Readonly<Record<string, string>>;
  /** Annotations to set whatever the pod says. */
  overrideAnnotations: Readonly<Record<string, string>>;
  /** Labels to set unless the pod itself already has the key. */
  setLabels: Readonly<Record<string, string>>;
  /** Written instead of the above, unless the pod has the key, when a committed namespace holds a held pod; the mesh's own opt-out. */
  optOutAnnotations: Readonly<Record<string, string>>;
  /** Variables to take away from containers and initContainers. */
  removeEnv: readonly EnvMatch[];
  /** Names of init containers to take away, exact. */
  removeInitContainers: readonly string[];
  /** Names of containers to take away, exact. */
  removeContainers: readonly string[];
  /** Pod annotation whose comma-separated value names variables of ConfigMaps and Secrets that get an explicit empty value. */
  emptyOverrideKey?: string;
}

/**
 * A variable is taken away only when its name and its value both match. The value is `[scheme]HOST:PORT[/]`. What refers to the variable
 * by `$(NAME)` and nothing else goes with it; where something else refers to it as well, nothing is taken from that container.
 */
export interface EnvMatch {
  /** Exact spellings of the name. */
  names: readonly string[];
  /** What may stand before the host, for example http://. Nothing may stand there, too. */
  schemes: readonly string[];
  /** HOST may be `$(V)`, V a variable of the same container that holds one of these fields of the pod, for example spec.nodeName. */
  hostFieldPaths: readonly string[];
  /** HOST may match this, from start to end; syntax that RE2 and JavaScript share. */
  hostPattern: string;
  /** Ports of the proxy. */
  ports: readonly number[];
  /** Annotation of the pod or, where the keys are the namespace's, of the namespace whose comma-separated value replaces the ports. */
  portsKey: string;
}

/** When a pod counts as joined, so that it may leave its source. */
export type LeaveWhen =
  | { kind: 'container'; name: string }
  | { kind: 'annotation'; key: string; value: string }
  | { kind: 'label'; key: string; value: string }
  /** The mesh needs nothing in the pod. */
  | { kind: 'always' }
  /** The mesh can't be joined. */
  | { kind: 'never' };

/** A transform that changes nothing. */
export function noTransform(mesh: string): PodTransform {
  return {
    mesh,
    setAnnotations: {},
    overrideAnnotations: {},
    setLabels: {},
    optOutAnnotations: {},
    removeEnv: [],
    removeInitContainers: [],
    removeContainers: [],
  };
}
