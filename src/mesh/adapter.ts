// MeshAdapter: what a mesh must say about itself to be a source or a target. One room a mesh; every adapter passes the
// contract suite in test/contract. Answers are data; only a mesh's own reader does I/O. No adapter knows another mesh.

import type { MeshName } from '../api/v1alpha1/group.ts';
import type { MeshMigrationSpec } from '../api/v1alpha1/mesh-migration.ts';
import type { Finding } from '../core/finding.ts';
import type { Endless, Expectation, JobException, Membership, ProxyReading } from '../core/observation.ts';
import type { LeaveWhen, PodTransform } from '../core/transform.ts';
import type { Verdict } from '../core/verdict.ts';
import type { MeshNames } from './names.ts';

/** Labels and annotations, of a template, a pod or a namespace. */
export interface ObjectKeys {
  labels?: Readonly<Record<string, string>>;
  annotations?: Readonly<Record<string, string>>;
}

/** The parts of a container that meshes look at. */
export interface Container {
  name: string;
  image?: string;
  command?: readonly string[];
  args?: readonly string[];
  env?: readonly EnvVar[];
  envFrom?: readonly { prefix?: string; configMapRef?: { name: string }; secretRef?: { name: string } }[];
  ports?: readonly { containerPort: number; hostPort?: number; name?: string; protocol?: string }[];
  resources?: { requests?: Readonly<Record<string, string>>; limits?: Readonly<Record<string, string>> };
  restartPolicy?: string;
  /** Ports of its that the kubelet opens connections to, and nothing more, to see whether it lives. */
  tcpProbed?: readonly number[];
}

/** One variable of a container. */
export interface EnvVar {
  name: string;
  value?: string;
  valueFrom?: {
    fieldRef?: { fieldPath: string };
    configMapKeyRef?: { name: string; key: string };
    secretKeyRef?: { name: string; key: string };
  };
}

/** A pod template, or a pod seen as one. */
export interface PodTemplate {
  metadata?: ObjectKeys;
  spec?: {
    hostNetwork?: boolean;
    containers?: readonly Container[];
    initContainers?: readonly Container[];
    nodeName?: string;
    serviceAccountName?: string;
    automountServiceAccountToken?: boolean;
    volumes?: readonly object[];
  };
}

/** A live pod. */
export interface LivePod extends PodTemplate {
  status?: {
    phase?: string;
    podIP?: string;
    containerStatuses?: readonly ContainerStatus[];
    initContainerStatuses?: readonly ContainerStatus[];
  };
}

/** Status of one container of a pod. */
export interface ContainerStatus {
  name: string;
  ready: boolean;
  restartCount: number;
  state?: {
    waiting?: { reason?: string };
    running?: { startedAt?: string };
    terminated?: { reason?: string; exitCode?: number };
  };
}

/** Objects that a preflight asked for, by the name under which the adapter asked for them. */
export type PreflightFacts = Readonly<Record<string, PreflightFact>>;

/** What came of one question to the cluster. `error` is a sentence; the answer is then unknown. */
export type PreflightFact = { kind: 'objects'; items: readonly KubeObjectLike[] } | { kind: 'error'; message: string };

/** A Kubernetes object of any kind. */
export interface KubeObjectLike {
  apiVersion?: string;
  kind?: string;
  metadata?: {
    name?: string;
    namespace?: string;
    labels?: Readonly<Record<string, string>>;
    annotations?: Readonly<Record<string, string>>;
  };
  [field: string]: unknown;
}

/** A list that an adapter needs for its preflight. */
export interface PreflightQuestion {
  /** Name under which the answer appears in the facts. */
  name: string;
  group: string;
  version: string;
  plural: string;
  /** Absent: all namespaces. */
  namespace?: string;
  labelSelector?: string;
  /** Only the object of this name, as a list with the field selector metadata.name: a role may then name it. */
  objectName?: string;
  /** Names of other questions: asked only where one of them found something or could not be read, and nothing is there otherwise. */
  onlyBeside?: readonly string[];
}

/** What an adapter may look at beside the template. */
export interface DetectContext {
  /** Keys of the namespace, where they count for pods that say nothing themselves. */
  namespaceKeys?: ObjectKeys;
  /** Data of a ConfigMap or Secret of the workload's namespace; undefined when the operator may not look or it does not exist. */
  resolve?: (kind: 'ConfigMap' | 'Secret', name: string) => Readonly<Record<string, string>> | undefined;
}

/** A namespaced kind that routes traffic. */
export interface RouteKind {
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly kind: string;
}

/** The side of a move on which a mesh stands. */
export type Role = 'source' | 'target';

/** What an adapter says of the cluster. */
export interface PreflightAnswer {
  /** The mesh is able to serve as `role`. */
  verdict: Verdict;
  findings: readonly Finding[];
  /** Namespaces in which its control plane lives; no workload is moved there, and two meshes may not share one. */
  controlPlaneNamespaces: readonly string[];
  /** Those of them that no person named: an object in them looks like the mesh. */
  assumedNamespaces?: readonly string[];
  /** What serves, as namespace/name: what is taken away once the mesh is out of service. */
  installations?: readonly string[];
}

/** Everything that the product knows about one mesh. */
export interface MeshAdapter {
  /** The mesh as spelt in the API; lower case it is the value of our keys. */
  readonly mesh: MeshName;
  /** The sides of a move on which the mesh can stand. */
  readonly roles: readonly Role[];
  /** Where a pod template stands with regard to this mesh; total, never throws. */
  detect(template: PodTemplate, spec: MeshMigrationSpec, context?: DetectContext): Membership;
  /** How a pod joins. */
  readonly join: PodTransform;
  /** How a pod leaves. */
  readonly leave: PodTransform;
  /** When a pod counts as having joined this mesh, so that it may leave its source. */
  readonly joinedWhen: LeaveWhen;
  /** The namespace's own keys that make this mesh the default for new pods. */
  readonly namespaceDefault: Required<ObjectKeys>;
  /** Labels by which a namespace is known as one of the mesh's own: the operator may not write there. */
  readonly controlPlaneNamespaceLabels: Readonly<Record<string, string>>;
  /** Beginnings of annotations that tell the mesh how to treat a Service; the only ones the operator may set on Services of others. */
  readonly serviceAnnotations: readonly string[];
  /** Kinds that route traffic in the mesh, as group/plural; the operator writes only its own. */
  readonly routeResources: readonly string[];
  /** Those of them of which names are made, newest version tried. */
  readonly routeKinds?: readonly RouteKind[];
  /** The template itself refuses this mesh by the mesh's own opt-out. */
  optsOut(template: PodTemplate): boolean;
  /** Template keys for settings that differ from the default, for example Linkerd 1's ports; a template without content gives those of the namespace. */
  settings(spec: MeshMigrationSpec, template: PodTemplate, context?: DetectContext): Readonly<Record<string, string>>;
  /** What a live pod shows of this mesh. */
  expectations(pod: LivePod, spec: MeshMigrationSpec, context?: DetectContext): Expectation;
  /** What to ask the cluster before this mesh can be a source or a target. */
  questions(spec: MeshMigrationSpec, role: Role): readonly PreflightQuestion[];
  /** What the answers mean. */
  preflight(facts: PreflightFacts, spec: MeshMigrationSpec, role: Role): PreflightAnswer;
  /** What to ask about one namespace before its workloads move; the answers join those of `questions`. */
  namespaceQuestions(namespace: string, spec: MeshMigrationSpec, role: Role): readonly PreflightQuestion[];
  /** What would go wrong for every workload of a namespace. */
  namespaceFindings(namespace: KubeObjectLike, facts: PreflightFacts, role: Role): readonly Finding[];
  /** What would go wrong for one workload, known before anything is written. */
  workloadFindings(
    workload: WorkloadForPreflight,
    facts: PreflightFacts,
    spec: MeshMigrationSpec,
    role: Role,
  ): readonly Finding[];
  /** How this mesh as a target is borne by Jobs; absent where they end like any others. */
  readonly jobs?: JobRules;
  /** How to ask a pod's proxy for its health; absent where the mesh has no proxy in the pod. */
  readonly probe?: ProxyProbe;
  /** Names that callers need once they have left; absent where DNS and Services are all they ever used. */
  readonly names?: MeshNames;
}

/** What a mesh must say of Jobs, whose pods must end by themselves. */
export interface JobRules {
  /** Why a Job that no CronJob makes would be broken once its namespace joins, told by one of its pods; undefined where it would not. */
  exception(job: WorkloadForPreflight, facts: PreflightFacts): JobException | undefined;
  /** Why a Job's pod, as it runs, does not end by itself because of this mesh; undefined where it does. */
  endless(pod: LivePod): Endless | undefined;
}

/** A workload that is about to move. */
export interface WorkloadForPreflight {
  kind: string;
  name: string;
  namespace: string;
  namespaceKeys: Required<ObjectKeys>;
  template: PodTemplate;
  /** As for `detect`. */
  resolve?: DetectContext['resolve'];
}

/** How to ask a pod's proxy for its health, and how to read the answer. */
export interface ProxyProbe {
  /** Where a pod's proxy answers; undefined where it has none. */
  portOf(pod: LivePod): number | undefined;
  readyPath: string;
  metricsPath: string;
  /** So long a proxy may go on refusing a port that was added to a Service meanwhile; 0 where it never does. */
  portsRememberedSeconds: number;
  /**
   * A line of the metrics page is read at all. Pages of proxies with many destinations have megabytes, of which little is wanted.
   */
  keeps(line: string): boolean;
  /**
   * Reads both answers. Unknown or missing series are never taken for zero trouble: what can't be read is `unreachable` with the reason.
   * @param ready HTTP status and body of the ready path
   * @param metrics kept lines of the metrics path
   * @param asked where both were asked: the pod, and the port of its proxy
   */
  read(ready: { status: number; body: string }, metrics: string, asked: AskedProxy): ProxyReading;
}

/** The proxy that was asked. */
export interface AskedProxy {
  readonly port: number;
  readonly pod: LivePod;
}
