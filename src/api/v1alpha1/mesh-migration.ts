// MeshMigration, the object a platform engineer applies: one move of many namespaces from one mesh to another.
// Types are the single source of the CRD (`make generate`). Imports nothing outside this folder.

import type { Condition } from './condition.ts';
import type { MeshName } from './group.ts';
import type { Failure, NamespaceCounts, WaveStatus, WorkloadCounts } from './mesh-migration-status.ts';

/** MeshMigration moves running workloads from one service mesh to another, namespace by namespace, with a way back at every moment. */
export interface MeshMigration {
  apiVersion: string;
  kind: string;
  metadata: {
    name: string;
    uid: string;
    generation: number;
    resourceVersion: string;
    annotations?: Record<string, string>;
    finalizers?: string[];
    creationTimestamp?: string;
    deletionTimestamp?: string;
  };
  spec: MeshMigrationSpec;
  status?: MeshMigrationStatus;
}

/**
 * What should be: which mesh to leave, which to join, which namespaces in which order, and how carefully. Absent fields have the default that their description names; none is stored, so that Git and the cluster never differ.
 * @x-kubernetes-validations [{"rule": "!has(self.advanceThrough) || self.waves.exists(w, w.name == self.advanceThrough)", "messageExpression": "'advanceThrough names no wave: ' + self.advanceThrough + '; use the name of one of spec.waves'", "fieldPath": ".advanceThrough"}, {"rule": "self.source.mesh != self.target.mesh", "messageExpression": "'source.mesh and target.mesh are both ' + self.target.mesh + '; name the mesh to leave in source and the mesh to join in target'", "fieldPath": ".target.mesh"}, {"rule": "!has(self.source.linkerd1) || self.source.mesh == 'Linkerd1'", "messageExpression": "'source.mesh is ' + self.source.mesh + ', and source.linkerd1 is only for Linkerd1; remove it'", "fieldPath": ".source.linkerd1"}, {"rule": "!has(self.target.linkerd2) || self.target.mesh == 'Linkerd2'", "messageExpression": "'target.mesh is ' + self.target.mesh + ', and target.linkerd2 is only for Linkerd2; remove it'", "fieldPath": ".target.linkerd2"}]
 */
export interface MeshMigrationSpec {
  /** The mesh that the workloads leave. */
  source: SourceMesh;
  /** The mesh that the workloads join. */
  target: TargetMesh;
  /**
   * Groups of namespaces, moved one wave after the other. A namespace belongs to the first wave that matches it; the members of a wave are fixed when it starts.
   * @minItems 1
   * @maxItems 50
   * @x-kubernetes-list-type map
   * @x-kubernetes-list-map-keys ["name"]
   * @x-kubernetes-validations [{"rule": "self.all(a, self.exists_one(b, b.name == a.name))", "message": "two waves have the same name; give each wave a name of its own"}]
   */
  waves: Wave[];
  /** Name of the last wave with requireApproval that may start. It limits no other wave and stops none that has started. @minLength 1 @maxLength 63 */
  advanceThrough?: string;
  /** Migrated (the default) moves forward; RolledBack brings every namespace back to the source. */
  desiredState?: 'Migrated' | 'RolledBack';
  /** True: no new namespace, workload or step starts, rollback included; a workload in flight still ends verified or restored. False when absent. */
  paused?: boolean;
  /** How many namespaces and workloads move at once. */
  pace?: Pace;
  /** How workloads are restarted, and how long that may take. */
  restart?: Restart;
  /** When a moved workload counts as healthy, and what to do when that can't be told. */
  health?: Health;
  /** What goes back when a workload fails, and how many failures stop the migration. */
  rollback?: Rollback;
  /** What may be created so that names keep resolving after the source is left. */
  routing?: Routing;
  /** What to do where Git already sets a key that the move needs. */
  gitOps?: GitOps;
  /** What happens when this object is deleted. Retain (the default): everything stays as it is. Rollback: a finalizer keeps the object until all is back in the source. */
  deletionPolicy?: 'Retain' | 'Rollback';
}

/** The mesh to leave. */
export interface SourceMesh {
  /** Linkerd1, Linkerd2 or None (the workloads are in no mesh). Immutable. @x-kubernetes-validations [{"rule": "self == oldSelf", "messageExpression": "'source.mesh is ' + oldSelf + ' and can not become ' + self + '; set it back, or create another MeshMigration'"}] */
  mesh: MeshName;
  /** Where Linkerd 1 is and how it is reached; only with mesh: Linkerd1. The DaemonSet is found by its image when absent. */
  linkerd1?: Linkerd1Source;
}

/** Where Linkerd 1 is and how it is reached. */
export interface Linkerd1Source {
  /** Namespace of the Linkerd 1 DaemonSet; found by its image when absent. @minLength 1 @maxLength 63 */
  namespace?: string;
  /** Name of the Linkerd 1 DaemonSet; found by its image when absent. @minLength 1 @maxLength 253 */
  daemonSet?: string;
  /** TCP port of Linkerd 1's admin interface; 9990 when absent. @asType integer @format int32 @minimum 1 @maximum 65535 */
  adminPort?: number;
  /** TCP ports on the node that applications use as their proxy; 4140 when absent. @minItems 1 @maxItems 16 @x-kubernetes-list-type set */
  proxyPorts?: Port[];
  /** Address of namerd's HTTP API where the dtabs are kept there, for example http://namerd.linkerd1:4180; absent when Linkerd 1's own configuration holds them. @maxLength 253 @pattern ^https?://[^ ]+$ @x-kubernetes-validations [{"rule": "self.startsWith('http://') || self.startsWith('https://')", "messageExpression": "self + ' is no address: begin with http:// or https://, as in http://namerd.linkerd1:4180'"}] */
  namerd?: string;
  /** Seconds without a request on any Linkerd 1 proxy after which the source counts as unused; the longest CronJob period when absent. @asType integer @format int32 @minimum 1 @maximum 31536000 */
  quietSeconds?: number;
}

/** A TCP port, 1 to 65535. @asType integer @format int32 @minimum 1 @maximum 65535 */
export type Port = number;

/** The mesh to join. */
export interface TargetMesh {
  /** Linkerd2 or None (the workloads end in no mesh); Linkerd1 can only be left. Immutable. @x-kubernetes-validations [{"rule": "self != 'Linkerd1'", "messageExpression": "'target.mesh: ' + self + ' can only be left, not joined; set target.mesh to Linkerd2 or None'"}, {"rule": "self == oldSelf", "messageExpression": "'target.mesh is ' + oldSelf + ' and can not become ' + self + '; set it back, or create another MeshMigration'"}] */
  mesh: MeshName;
  /** Where Linkerd 2 is and how its routes are written; only with mesh: Linkerd2. Found by its labels when absent. */
  linkerd2?: Linkerd2Target;
}

/** Where Linkerd 2 is and how its routes are written. */
export interface Linkerd2Target {
  /** Namespace of the Linkerd 2 control plane; found by its labels when absent. @minLength 1 @maxLength 63 */
  namespace?: string;
  /** How routes are written: Auto (the default) chooses for each Service, GatewayAPI writes HTTPRoutes and annotations, ServiceProfile writes ServiceProfiles. */
  routes?: 'Auto' | 'GatewayAPI' | 'ServiceProfile';
}

/**
 * A group of namespaces that moves together.
 * @x-kubernetes-validations [{"rule": "has(self.namespaces) != has(self.namespaceSelector)", "messageExpression": "'wave ' + self.name + (has(self.namespaces) ? ' has both namespaces and namespaceSelector; remove one' : ' has no namespaces; give either namespaces or namespaceSelector')"}]
 */
export interface Wave {
  /** Name of the wave, unique in this migration; in lower case, digits and dashes. @minLength 1 @maxLength 63 @pattern ^[a-z0-9]([-a-z0-9]*[a-z0-9])?$ @x-kubernetes-validations [{"rule": "self.matches('^[a-z0-9]([-a-z0-9]*[a-z0-9])?$')", "messageExpression": "self + ' is no wave name: use lower case letters, digits and dashes, with a letter or digit at both ends'"}] */
  name: string;
  /** Names of the namespaces; a system, mesh or excluded namespace named here is an error. Either this or namespaceSelector. @minItems 1 @maxItems 1000 @x-kubernetes-list-type set */
  namespaces?: NamespaceName[];
  /** Labels of the namespaces; {} matches all. System, mesh and excluded namespaces are passed over. Either this or namespaces. @x-kubernetes-map-type atomic */
  namespaceSelector?: LabelSelector;
  /** True: the wave starts only when advanceThrough names it or a later wave. False when absent. */
  requireApproval?: boolean;
  /** How many namespaces of this wave move at once; wins over pace.maxConcurrentNamespaces. @asType integer @format int32 @minimum 1 @maximum 1000 */
  maxConcurrentNamespaces?: number;
  /** Seconds that a namespace of this wave is watched after its commit; wins over health.soakSeconds. @asType integer @format int32 @minimum 0 @maximum 604800 */
  soakSeconds?: number;
}

/** Name of a namespace: lower case letters, digits and dashes. @minLength 1 @maxLength 63 @pattern ^[a-z0-9]([-a-z0-9]*[a-z0-9])?$ */
export type NamespaceName = string;

/** A label selector; all its requirements must hold. */
export interface LabelSelector {
  /** Labels that the namespace must have, with exactly these values. @maxProperties 64 */
  matchLabels?: Record<string, LabelValue>;
  /** Requirements that the namespace's labels must meet, all of them. @maxItems 64 @x-kubernetes-list-type atomic */
  matchExpressions?: LabelSelectorRequirement[];
}

/** Value of a label; may be empty. @maxLength 63 @pattern ^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$ */
export type LabelValue = string;

/**
 * One requirement of a label selector.
 * @x-kubernetes-validations [{"rule": "(self.operator in ['In', 'NotIn']) == (has(self.values) && self.values.size() > 0)", "messageExpression": "'operator ' + self.operator + ' for ' + self.key + (self.operator in ['In', 'NotIn'] ? ' needs at least one entry in values' : ' takes no values; remove them')"}]
 */
export interface LabelSelectorRequirement {
  /** The label's key, for example team or example.com/team. @minLength 1 @maxLength 317 @pattern ^([a-z0-9.-]+/)?[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$ */
  key: string;
  /** How the label is compared: In and NotIn with values, Exists and DoesNotExist without. */
  operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
  /** Values to compare with; only for In and NotIn. @maxItems 256 @x-kubernetes-list-type atomic */
  values?: LabelValue[];
}

/** How many move at once. */
export interface Pace {
  /** Namespaces of this migration that are in flight at once; 1 when absent. @asType integer @format int32 @minimum 1 @maximum 1000 */
  maxConcurrentNamespaces?: number;
  /** Workloads of one namespace that are in flight at once; 3 when absent. @asType integer @format int32 @minimum 1 @maximum 1000 */
  maxConcurrentWorkloads?: number;
}

/**
 * How workloads are restarted.
 * @x-kubernetes-validations [{"rule": "!has(self.minReadySeconds) || self.minReadySeconds < (has(self.progressDeadlineSeconds) ? self.progressDeadlineSeconds : 600)", "message": "no workload could ever be in time: make minReadySeconds lower than progressDeadlineSeconds (600 when absent)", "fieldPath": ".minReadySeconds"}]
 */
export interface Restart {
  /** Seconds that one workload may take from the first write to the last verified pod; 600 when absent. @asType integer @format int32 @minimum 1 @maximum 86400 */
  progressDeadlineSeconds?: number;
  /** Seconds that a new pod must be Ready before the rollout goes on, set on workloads where nobody else owns the field; 0 (the default) sets nothing. @asType integer @format int32 @minimum 0 @maximum 3600 */
  minReadySeconds?: number;
}

/** When a moved workload counts as healthy. */
export interface Health {
  /** Seconds that a namespace is watched after its commit; 60 when absent. @asType integer @format int32 @minimum 0 @maximum 604800 */
  soakSeconds?: number;
  /** Lowest share of successful responses, in percent; 99 when absent. @asType integer @format int32 @minimum 0 @maximum 100 */
  minimumSuccessPercent?: number;
  /** How far the share of successful responses may fall below the source's own baseline, in percentage points; 1 when absent. @asType integer @format int32 @minimum 0 @maximum 100 */
  maximumDropPercent?: number;
  /** Responses needed for a verdict; 20 when absent. 0: structural checks suffice, for quiet workloads. @asType integer @format int32 @minimum 0 @maximum 1000000 */
  minimumRequests?: number;
  /** What happens while there is too little to judge: Wait (the default; halted at the deadline), Proceed (goes on and says so) or Rollback. */
  onInconclusive?: 'Wait' | 'Proceed' | 'Rollback';
  /** Seconds until too little to judge is acted on; 900 when absent. @asType integer @format int32 @minimum 1 @maximum 604800 */
  inconclusiveDeadlineSeconds?: number;
}

/** What happens when a workload fails. */
export interface Rollback {
  /** Namespace (the default): the whole namespace goes back. Workload: that workload goes back, the rest goes on. None: nothing is undone, the namespace halts. */
  onFailure?: 'Namespace' | 'Workload' | 'None';
  /** Namespaces that may fail before nothing new starts; 0 when absent. @asType integer @format int32 @minimum 0 @maximum 100000 */
  maximumFailedNamespaces?: number;
}

/** What may be created so that names keep resolving after the source is left. */
export interface Routing {
  /** Create (the default) makes alias Services for names that only the source knows; Report only lists them. */
  aliases?: 'Create' | 'Report';
  /** Add (the default) adds a port to a Service that is called on a port it does not define; Report only lists it. */
  servicePorts?: 'Add' | 'Report';
  /** False: nothing is created; the objects are printed for Git and waited for. True when absent. */
  manage?: boolean;
  /** Block (the default): a name that would break stops the namespaces that call it. Proceed: it is only reported. */
  onBlocked?: 'Block' | 'Proceed';
}

/** What to do where Git already sets a key that the move needs. */
export interface GitOps {
  /** Block (the default) stops with the needed change; AwaitGit waits for it; PodOnly never writes the namespace; Takeover overwrites the key. */
  onManagedField?: 'Block' | 'AwaitGit' | 'PodOnly' | 'Takeover';
}

/** What is, as the operator last saw it. */
export interface MeshMigrationStatus {
  /** Generation of the spec that this status speaks of; -1 before the operator saw the object. @asType integer @format int64 @minimum -1 */
  observedGeneration?: number;
  /** Ready, Reconciling and Stalled (as kstatus reads them), Succeeded (the end result) and SourceInUse (whether anything still uses the source mesh). @maxItems 16 @x-kubernetes-list-type map @x-kubernetes-list-map-keys ["type"] */
  conditions?: Condition[];
  /** One line for people; not a contract. @maxLength 1024 */
  summary?: string;
  /** Name of the first wave that is not complete. @maxLength 63 */
  currentWave?: string;
  /** Migrated of all namespaces, as in 12/40. @maxLength 32 */
  migrated?: string;
  /** How many namespaces are in which state. */
  namespaces?: NamespaceCounts;
  /** How many workloads are in which state. */
  workloads?: WorkloadCounts;
  /** Progress of each wave. @maxItems 50 @x-kubernetes-list-type map @x-kubernetes-list-map-keys ["name"] */
  waves?: WaveStatus[];
  /** What went wrong and what to do, the most important first. @maxItems 20 @x-kubernetes-list-type atomic */
  failures?: Failure[];
  /** When the first wave started. @format date-time */
  startTime?: string;
  /** When the migration ended. @format date-time */
  completionTime?: string;
  /** The value of the annotation meshmigration.io/retry-at that was last acted on. @maxLength 253 */
  lastHandledRetryAt?: string;
}
