// PodTransform: how a pod joins or leaves a mesh, as data. Admission compiles it; nothing here acts on a pod.
// Pure: no client, no clock, no policy language.

/** How pods of one mesh are joined or left, the same data for the policies and for the webhook. */
export interface PodTransform {
  /** API name of the mesh in lower case. */
  mesh: string;
  /** Annotations to set unless the pod itself already has the key. */
  setAnnotations: Readonly<Record<string, string>>;
  /** Labels to set unless the pod itself already has the key. */
  setLabels: Readonly<Record<string, string>>;
  /** Written instead of the above when the pod template is held; the mesh's own opt-out. */
  optOutAnnotations: Readonly<Record<string, string>>;
  /** Variables to take away from containers and initContainers. */
  removeEnv: readonly EnvMatch[];
  /** Names of init containers to take away, exact. */
  removeInitContainers: readonly string[];
  /** Names of containers to take away, exact. */
  removeContainers: readonly string[];
  /** Template key whose comma-separated value names variables that get an explicit empty value. */
  emptyOverrideKey?: string;
}

/** A variable is taken away only when its name and its value both match; what refers to it by `$(NAME)` goes with it. */
export interface EnvMatch {
  /** Exact spellings of the name. */
  names: readonly string[];
  /** Names of variables that hold the node's address: the value must be `[scheme://]$(ONE_OF_THESE):PORT[/]`. */
  hostFields: readonly string[];
  /** Ports of the proxy on the node. */
  ports: readonly number[];
  /** Template and namespace key whose comma-separated value replaces the ports. */
  portsKey: string;
}

/** When a pod counts as joined, so that it may leave its source. */
export type LeaveWhen =
  | { kind: 'container'; name: string }
  | { kind: 'annotation'; key: string; value: string }
  | { kind: 'label'; key: string; value: string }
  | { kind: 'always' };
