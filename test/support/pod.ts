/**
 * The parts of a pod that stand-ins and builders read or write, as plain data (Kubernetes API reference, Pod v1).
 * Types only.
 */

/** One environment variable. */
export interface EnvVar {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: { fieldRef?: { apiVersion?: string; fieldPath: string }; [other: string]: unknown };
}

/** One mount of a volume. */
export interface VolumeMount {
  readonly name: string;
  readonly mountPath: string;
  readonly readOnly?: boolean;
}

/** A probe; times are seconds. */
export interface Probe {
  httpGet?: { path: string; port: number; scheme?: string };
  tcpSocket?: { port: number };
  exec?: { command: string[] };
  initialDelaySeconds?: number;
  timeoutSeconds?: number;
  periodSeconds?: number;
  successThreshold?: number;
  failureThreshold?: number;
}

/** Resources by name as quantities. */
export interface Resources {
  limits?: Record<string, string>;
  requests?: Record<string, string>;
}

/** A container or init container. `resources: null` is what the real injector's patches hold where nothing is asked for. */
export interface Container {
  name: string;
  image?: string;
  imagePullPolicy?: string;
  command?: string[];
  args?: string[];
  env?: EnvVar[];
  ports?: { containerPort: number; name?: string; protocol?: string; hostPort?: number }[];
  resources?: Resources | null;
  restartPolicy?: string;
  securityContext?: { capabilities?: { add?: string[]; drop?: string[] }; [other: string]: unknown };
  volumeMounts?: VolumeMount[];
  livenessProbe?: Probe;
  readinessProbe?: Probe;
  startupProbe?: Probe;
  lifecycle?: Record<string, unknown>;
  terminationMessagePath?: string;
  terminationMessagePolicy?: string;
}

/** A volume; its source is whatever the kind says. */
export interface Volume {
  readonly name: string;
  readonly emptyDir?: { medium?: string };
  readonly projected?: { defaultMode?: number; sources: readonly unknown[] };
  readonly [source: string]: unknown;
}

/** A pod's or template's spec. */
export interface PodSpec {
  containers: Container[];
  initContainers?: Container[];
  volumes?: Volume[];
  nodeName?: string;
  hostNetwork?: boolean;
  restartPolicy?: string;
  serviceAccountName?: string;
  [other: string]: unknown;
}

/** Metadata of a pod or template, before or after the API server saw it. */
export interface PodMeta {
  name?: string;
  generateName?: string;
  namespace?: string;
  uid?: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  ownerReferences?: { apiVersion: string; kind: string; name: string; uid?: string; controller?: boolean }[];
}

/** A pod as an admission request or a list carries it. */
export interface Pod {
  apiVersion?: string;
  kind?: string;
  metadata: PodMeta;
  spec: PodSpec;
  status?: { podIP?: string; phase?: string; [other: string]: unknown };
}
