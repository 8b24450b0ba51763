// Everything that decide may look at, as plain values. Whoever fills it in does the reading; nothing here reads.

import type { MeshMigration } from '../api/v1alpha1/mesh-migration.ts';
import type { MadeName, NamespaceMigration } from '../api/v1alpha1/namespace-migration.ts';
import type { Finding } from './finding.ts';
import type { NameRelease, NameWrite } from './names.ts';
import type { Counted } from './traffic.ts';
import type { Verdict } from './verdict.ts';

/** Kinds that have a pod template and are moved by writing to it. */
export type TemplateKind = 'Deployment' | 'StatefulSet' | 'DaemonSet' | 'CronJob';

/** Where a pod or a pod template stands with regard to one mesh. */
export interface Membership {
  /** present: it uses the mesh; absent: no trace; unknown: it can't be told. */
  state: 'present' | 'absent' | 'unknown';
  /** Traces that admission can take away, then those that only a person can. */
  uses: readonly MeshUse[];
}

/** One trace of a mesh in a pod template. */
export interface MeshUse {
  /** What kind of trace, for example Env, Argument, InitContainer, Sidecar. */
  kind: string;
  /** Where it is, for example spec.containers[app].env[http_proxy]. */
  place: string;
  /** Who can take it away. */
  removedBy: 'admission' | 'person' | 'unknown';
  /** The exact edit, where a person must act. */
  remedy?: string;
}

/** A workload with a pod template, trimmed to what decisions need. */
export interface Workload {
  kind: TemplateKind;
  name: string;
  uid: string;
  resourceVersion: string;
  generation: number;
  /** Kind/name of the controller that owns it, when another controller does. */
  owner?: string;
  deleting: boolean;
  /** Our annotations on the workload itself (hold, accept, allow-downtime, retry-at). */
  annotations: Readonly<Record<string, string>>;
  /** Our keys on the pod template. */
  keys: Readonly<Record<string, string>>;
  /** Settings the source needs on the template, for example its proxy ports. */
  settings: Readonly<Record<string, string>>;
  /** Fingerprint of the pod template without our keys. */
  template: string;
  source: Membership;
  target: Membership;
  rollout: Rollout;
  /** What preflight says about this workload alone. */
  findings: readonly Finding[];
  /** What the source counted of calls to it before its namespace began to move; absent where that is unknown. */
  baseline?: Counted | undefined;
}

/** The rollout of a workload, the same shape for every kind. */
export interface Rollout {
  /** Replicas wanted; nodes for a DaemonSet; 0 for a CronJob. */
  desired: number;
  /** Pods of the newest template. */
  updated: number;
  /** Pods that are Ready, whatever their template. */
  ready: number;
  /** All pods that the controller counts. */
  total: number;
  /** The controller has seen the newest generation. */
  observed: boolean;
  /** The controller says that it is done: observed, all updated, all available, no old pod. */
  complete: boolean;
  paused: boolean;
  strategy: 'RollingUpdate' | 'Recreate' | 'OnDelete' | 'NextRun';
  /** Pods that may exist beyond `desired` while rolling. */
  surge: number;
  /** Pods of `desired` that may be away at once while rolling; for a StatefulSet and a DaemonSet those it replaces together. */
  unavailable: number;
  /** First ordinal that a StatefulSet updates; 0 for all. */
  partition: number;
  minReadySeconds: number;
  /** Who owns minReadySeconds: nobody, we, or somebody else. */
  minReadyOwner: 'nobody' | 'us' | 'other';
  /** The workload's own deadline in seconds; 600 where the API has none. */
  progressDeadlineSeconds: number;
  /** A message of the controller about pods it can't create, for example an admission refusal. */
  replicaFailure?: string;
}

/** A pod, trimmed. */
export interface Pod {
  name: string;
  uid: string;
  /** Kind/name of the workload it belongs to, through its ReplicaSet or Job; its own controller otherwise; absent for a bare pod. */
  workload?: string;
  /** True when it belongs to a Job. */
  job: boolean;
  keys: Readonly<Record<string, string>>;
  phase: string;
  ready: boolean;
  deleting: boolean;
  /** Finished: Succeeded or Failed. */
  ended: boolean;
  /** The highest restart count of its containers. */
  restarts: number;
  /** When the first of its containers that run began, in milliseconds since the epoch; absent where none does. */
  startedAt?: number;
  /** Why it is not ready, in the kubelet's words, for example ImagePullBackOff of linkerd-proxy. */
  waiting?: string;
  /** What the pod itself shows of each mesh. */
  source: Expectation;
  target: Expectation;
  /** What the target's proxy answered; absent when it was not asked. */
  reading?: ProxyReading;
  /** Of a Job: why it would be broken once its namespace joins the target. Of no use where a CronJob made it. */
  exception?: JobException;
  /** Of a Job: why it does not end by itself. */
  endless?: Endless;
}

/** Why a Job would be broken by the commit of its namespace. */
export type JobException = Pick<Finding, 'reason' | 'message' | 'remedy'>;

/** A Job's pod that a proxy keeps from ending. */
export interface Endless {
  why: string;
  /** Its work is done: nothing but the proxy still runs. */
  over: boolean;
}

/** What a pod shows of one mesh. */
export interface Expectation {
  state: 'present' | 'absent' | 'conflicting' | 'unknown';
  reason: string;
}

/** What a proxy answered, in the words of no particular mesh. Counters are since the proxy's start. */
export type ProxyReading =
  | { kind: 'unreachable'; reason: string }
  | {
      kind: 'answered';
      /** The proxy says that it is ready. */
      ready: boolean;
      /** Responses by class; a session of another protocol than HTTP that was answered, or broke, counts as one. */
      success: number;
      failure: number;
      /** Of these, responses to calls of it: what a source counts, too. */
      served: Counted;
      /** Requests without a response for longer than the adapter thinks normal. */
      hanging: number;
      /** Connections reset because the Service does not define the port. */
      undefinedPortResets: number;
      /** How that number came about; absent where nobody followed it. */
      resets?: ResetHistory;
      connectionErrors: number;
      /** Calls of callers without an identity in the mesh that its policies refused; they are among no responses. */
      refusedCalls: number;
      /** When fewer of them were answered last, in milliseconds since the epoch; absent where nobody saw their number grow. */
      fewerRefusedAt?: number;
    };

/** How a proxy's count of resets grew, as far as it was watched. Times are milliseconds since the epoch. */
export interface ResetHistory {
  /** The answer that this is from. */
  readonly readAt: number;
  /** The first answer with the number of now. */
  readonly sameSince: number;
  /** The last answer with a lower one; absent where none was seen. */
  readonly lowerAt?: number;
  /** So long a proxy may go on with a Service as it was before a port was added. */
  readonly rememberedMs: number;
}

/** Facts about the cluster that many namespaces share. */
export interface ClusterFacts {
  /** The source mesh is able to serve: checked, not assumed. */
  source: Verdict;
  /** The target's control plane and injector are able: a dry-run pod came out with the proxy. */
  target: Verdict;
  /** Admission of ours really acts: a dry-run pod came out without the source. */
  admission: Verdict;
  /** Other findings of preflight for the whole migration, for example both control planes in one namespace. */
  findings: readonly Finding[];
}

/** The namespace itself. */
export interface NamespaceFacts {
  name: string;
  uid: string;
  resourceVersion: string;
  deleting: boolean;
  labels: Readonly<Record<string, string>>;
  annotations: Readonly<Record<string, string>>;
  /** Who set a label or annotation, other than we, by its key; absent where nobody is known. */
  owners?: Readonly<Record<string, string>>;
  /** Findings about the namespace as a whole. */
  findings: readonly Finding[];
}

/** What the reconciler of one namespace sees. */
export interface NamespaceObservation {
  /** Absent when the MeshMigration is gone. */
  migration?: MeshMigration;
  record: NamespaceMigration;
  /** Absent when the namespace is gone. */
  namespace?: NamespaceFacts;
  cluster: ClusterFacts;
  workloads: readonly Workload[];
  pods: readonly Pod[];
  /** Names and routes of the target that callers need (Prepare). */
  names: NamesState;
  /** A dry-run pod without keys, created in the namespace: pass = it came out without the target, fail = with it. */
  uncommitted: Verdict;
  /** What the target says makes it the default of a namespace, and settings of the source that the namespace must carry. */
  namespaceDefault: { labels: Readonly<Record<string, string>>; annotations: Readonly<Record<string, string>> };
  /** The target has a proxy in the pod that can be asked. */
  proxied: boolean;
  /** Writes of the last pass that were refused, by Kind/name of the workload. */
  refusals: ReadonlyMap<string, Refusal>;
  /** UIDs of workloads that were given our keys since the status was stored, which had planned them. Losing it means trying once more what a person undid in these seconds. */
  writtenSince: ReadonlySet<string>;
  /** The last writes about names, while more of the same is needed. Losing it means trying sooner. */
  namesTried?: NamesTried;
}

/** Writes about names that were tried. Times are milliseconds since the epoch. */
export interface NamesTried {
  what: 'prepareNames' | 'removeNames';
  /** The first of an unbroken row of tries. */
  since: number;
  /** Not before then again. */
  nextAt: number;
  /** Why the last one was refused. */
  refusal?: Refusal;
}

/** A write that the API server refused for a reason that trying again won't mend. */
export interface Refusal {
  reason: string;
  message: string;
}

/** Where the names that callers need stand. */
export interface NamesState {
  /** pass: everything that callers need is there and leads where it should; fail: something would stop working. */
  verdict: Verdict;
  remedy?: string;
  /** Preflight: kinds of routes that callers need and that the cluster does not have as the target supports them. */
  lacking?: { message: string; remedy: string };
  /** Prepare: what is to be written before the first caller moves. */
  missing?: readonly NameWrite[];
  /** Prepare: everything that was made for the namespace, or is about to be; its record lists it before it is written. */
  made?: readonly MadeName[];
  /** Restore: what this namespace no longer needs once it is back. */
  held?: readonly NameRelease[];
  /** Prepare: it waits for a person, for example for what is missing to come from Git. */
  awaited?: { reason: string; message: string };
  /** Prepare: what will be otherwise in the target, counted and with places; a sentence. */
  differences?: string;
  /** Prepare: the source answers otherwise since names were written, and went on doing so. */
  changed?: string;
  /** Look again so soon; 10 s when absent. */
  lookAgainSeconds?: number;
}
