// Every reason that the operator writes into a status, with its meaning and what a person can do. docs/reasons.md is
// generated from here. A reason that is missing here can't be written.

import { reasonsAboutNames } from './reasons-about-names.ts';
import { reasonsAboutNetworks } from './reasons-about-networks.ts';
import { reasonsAboutOwners } from './reasons-about-owners.ts';
import { reasonsAboutPlaces } from './reasons-about-places.ts';
import { reasonsAboutSidecars } from './reasons-about-sidecars.ts';
import { reasonsAboutStoring } from './reasons-about-storing.ts';
import { reasonsAboutTraffic } from './reasons-about-traffic.ts';

/** What a reason means, and what to do about it. */
export interface ReasonText {
  meaning: string;
  remedy: string;
}

const nothing = 'Nothing; this is the normal course.';

/** All reasons. */
export const reasons = {
  // Where a namespace stands
  Waiting: { meaning: 'The namespace waits for a free place or for its wave.', remedy: nothing },
  InProgress: { meaning: 'Workloads are being moved and verified.', remedy: nothing },
  Soaking: { meaning: 'Everything is moved; the namespace is watched until the soak is over.', remedy: nothing },
  Migrated: { meaning: 'Every workload is in the target mesh and was verified.', remedy: nothing },
  ExceptionsLeft: {
    meaning: 'The namespace is in the target mesh but for the listed exceptions, and is not committed.',
    remedy: 'Clear the cause of each listed workload, or accept it with the annotation meshmigration.io/accept.',
  },
  Restoring: { meaning: 'Workloads go back to the source mesh.', remedy: nothing },
  RolledBack: {
    meaning: 'Every workload is back in the source mesh.',
    remedy: 'Set a new value of meshmigration.io/retry-at to try again.',
  },
  Paused: { meaning: 'spec.paused is true: nothing new starts.', remedy: 'Remove spec.paused.' },
  Held: {
    meaning: 'A person holds it with the annotation meshmigration.io/hold.',
    remedy: 'Remove the annotation meshmigration.io/hold when it may move.',
  },
  NamespaceGone: { meaning: 'The namespace is being deleted or gone.', remedy: 'If it should exist, create it again.' },
  MigrationGone: {
    meaning: 'The MeshMigration was deleted; everything stays as it is.',
    remedy: 'Create the MeshMigration again to go on, or roll back with it.',
  },
  // Preflight
  TargetNotReady: {
    meaning: 'The target mesh was not seen to work.',
    remedy: 'Repair the control plane and injector of the target mesh; the move goes on by itself.',
  },
  SourceNotHealthy: {
    meaning: 'The source mesh was not seen to work, so nothing is moved out of it or back into it.',
    remedy:
      'Repair the source mesh; what waits goes on by itself, what has halted when meshmigration.io/retry-at gets a new value.',
  },
  AdmissionNotActive: {
    meaning: 'The admission policies or the webhook of this product do not act.',
    remedy: 'Install config/admission, or start the operator with --admission=webhook on servers older than 1.36.',
  },
  NamesBlocked: {
    meaning: 'A name that the namespace calls would stop working.',
    remedy: 'See the message; change the call or the Service, or set routing.onBlocked: Proceed.',
  },
  ...reasonsAboutNames,
  ...reasonsAboutPlaces,
  ...reasonsAboutStoring,
  ...reasonsAboutTraffic,
  FieldOwnedByGitOps: {
    meaning: 'The namespace already carries the target’s key with another value, so somebody else owns it.',
    remedy: 'Change the key in Git to the value named, or choose gitOps.onManagedField: PodOnly or Takeover.',
  },
  Overlap: { meaning: 'The namespace belongs to another MeshMigration.', remedy: 'Take the namespace out of one of them.' },
  OtherPair: {
    meaning: 'An earlier move between other meshes left its record or keys on the namespace.',
    remedy: 'Roll that move back, or take its keys away as the message of the failure says.',
  },
  NotAsked: { meaning: 'The operator has not looked at it in this step.', remedy: nothing },
  SharedNamespace: {
    meaning: 'The control planes of both meshes are in one namespace.',
    remedy: 'Install the target mesh in another namespace, or move the source mesh.',
  },
  UnsupportedTarget: {
    meaning: 'Workloads can leave this mesh but not join it.',
    remedy: 'Create a MeshMigration with another target.',
  },
  TargetConfigurationUnknown: {
    meaning: 'The configuration of the target mesh can’t be read, so Jobs and the proxy’s resources can’t be judged.',
    remedy: 'Let the operator read the configuration named in the message.',
  },
  TargetSkipsNamespace: {
    meaning: 'The target’s injector passes the namespace over.',
    remedy: 'Remove the label named in the message from the namespace, or take the namespace out of its wave.',
  },
  PodSecurity: {
    meaning: 'The Pod Security level of the namespace forbids what the target’s proxy needs.',
    remedy: 'Install the target mesh with its CNI plugin, or let the namespace enforce a level that allows it.',
  },
  QuotaExceeded: {
    meaning: 'A ResourceQuota refuses a pod with the target’s proxy.',
    remedy: 'Raise the ResourceQuota by what the proxies request, or lower the proxies’ requests.',
  },
  // Listed workloads
  ...reasonsAboutNetworks,
  NoProxyRequest: {
    meaning: 'A HorizontalPodAutoscaler would stop, because the proxy requests none of what it scales by.',
    remedy: 'Set the proxy’s request as the message says.',
  },
  QuotaNeedsProxyResources: {
    meaning: 'A ResourceQuota refuses pods whose proxy names no request or limit.',
    remedy: 'Set the proxy’s request or limit as the message says.',
  },
  QuotaTooSmall: {
    meaning: 'A ResourceQuota leaves no room for one more pod with its proxy.',
    remedy: 'Raise the ResourceQuota named in the message.',
  },
  ResourcesUnknown: {
    meaning: 'Quotas, limits or autoscalers can’t be read, so whether the proxy fits is unknown.',
    remedy: 'Let the operator list what the message names.',
  },
  PortTaken: {
    meaning: 'A container listens on a port that the proxy needs.',
    remedy: 'Let the application listen on another port, or move the proxy’s and accept with meshmigration.io/accept.',
  },
  HostNetwork: {
    meaning: 'The pods use the host’s network; the target mesh never joins them.',
    remedy: 'Take hostNetwork away, or accept with meshmigration.io/accept.',
  },
  ...reasonsAboutOwners,
  WorkloadPaused: { meaning: 'The rollout is paused by a person.', remedy: 'Resume the rollout.' },
  Partitioned: {
    meaning: 'The StatefulSet updates only from a partition on.',
    remedy: 'Set updateStrategy.rollingUpdate.partition to 0.',
  },
  NoSurge: {
    meaning: 'Its only pod would be replaced without a second one beside it.',
    remedy: 'Allow a surge with fewer unavailable pods, or annotate it with meshmigration.io/allow-downtime: "true".',
  },
  OptedOut: {
    meaning: 'The template refuses the target mesh by the mesh’s own opt-out.',
    remedy: 'Remove the opt-out, or accept with meshmigration.io/accept.',
  },
  ForeignKeys: {
    meaning: 'The template carries keys of another move.',
    remedy: 'Roll that move back first, or take its keys away.',
  },
  VariableShared: {
    meaning:
      'A container takes a variable from elsewhere that another container takes from the source mesh by a ConfigMap or Secret.',
    remedy: 'Make the edit named in the message.',
  },
  SourceNeedsPerson: {
    meaning: 'The template uses the source mesh in a place that admission can’t take away.',
    remedy: 'Make the edit named in the message.',
  },
  SourceUnknown: {
    meaning: 'A value that may be the source’s comes from a ConfigMap or Secret that the operator may not read.',
    remedy: 'Grant the optional role for configuration, or set the value in the template.',
  },
  ...reasonsAboutSidecars,
  MinReadyTooLong: {
    meaning: 'restart.minReadySeconds is not below the workload’s own progress deadline.',
    remedy: 'Lower restart.minReadySeconds or raise the workload’s progressDeadlineSeconds.',
  },
  ForeignMesh: {
    meaning: 'The pods are in a third mesh.',
    remedy: 'Take the third mesh away first, or accept with meshmigration.io/accept.',
  },
  DisruptionBudget: {
    meaning: 'A stuck pod could not be evicted on the way back.',
    remedy: 'Let the budget allow one eviction.',
  },
  // Judging a workload
  RollingOut: { meaning: 'The rollout is not complete yet.', remedy: nothing },
  PodNotReady: { meaning: 'A moved pod is not Ready.', remedy: 'Look at the pod’s events and the proxy’s log.' },
  ProxyUnreachable: {
    meaning: 'The proxy’s admin port did not answer, so its health is unknown.',
    remedy: 'Look at NetworkPolicies for the proxy’s admin port, and at the proxy’s log.',
  },
  ProxyNotReady: {
    meaning: 'The proxy says that it is not ready.',
    remedy: 'Look at the proxy’s log and at the target’s control plane.',
  },
  ProxyMissing: {
    meaning: 'A moved pod came out without the target’s proxy.',
    remedy: 'Look at the injector and at the pod’s annotations.',
  },
  MeshConflict: { meaning: 'A pod shows traces of both meshes.', remedy: 'Look at the pod; both injectors act on it.' },
  SourceRemains: { meaning: 'A moved pod still uses the source mesh.', remedy: 'Look at the place named in the message.' },
  Restarted: { meaning: 'A container of a moved pod has restarted.', remedy: 'Look at the previous log of that container.' },
  RequestsHang: {
    meaning: 'The proxy took requests that are never answered.',
    remedy: 'Look at the target’s destination service and at what the workload calls.',
  },
  UndefinedPort: {
    meaning:
      'The workload calls a port that the Service does not define, and its proxy resets the connection; waited for while the proxy may not know of a port that was added.',
    remedy: 'Add the port to the Service, or call a defined one.',
  },
  LowSuccessRate: {
    meaning: 'Too many responses failed after the move.',
    remedy: 'Look at what the workload calls and at its log; then retry.',
  },
  TooLittleTraffic: {
    meaning: 'There were too few responses to judge, answered sessions of other protocols than HTTP included.',
    remedy:
      'Let callers use it, set health.minimumRequests (0 for quiet workloads), or health.onInconclusive: Proceed; once Halted, a new value of meshmigration.io/retry-at as well.',
  },
  ProgressDeadlineExceeded: {
    meaning: 'The workload was not verified within restart.progressDeadlineSeconds.',
    remedy: 'Repair what the message names; then set a new value of meshmigration.io/retry-at.',
  },
  NoPods: {
    meaning: 'The template is switched, but there is no pod to judge yet.',
    remedy: 'Nothing; the first pod is judged when it comes.',
  },
  Drifted: {
    meaning: 'Keys vanished or came back without the operator.',
    remedy:
      'Find out who changed the template (kubectl replace, rollout undo, a restored manifest); then set a new value of meshmigration.io/retry-at.',
  },
  // Ends that need a person
  DeployInFlight: {
    meaning: 'The template was changed by somebody else in mid-move and is not healthy at the deadline.',
    remedy: 'Repair that deploy; then set a new value of meshmigration.io/retry-at.',
  },
  PausedInFlight: {
    meaning: 'A person paused the rollout in mid-move.',
    remedy: 'Resume the rollout; then set a new value of meshmigration.io/retry-at.',
  },
  WorkloadFailed: {
    meaning: 'A workload failed and rollback.onFailure is None.',
    remedy: 'Repair the workload named, or set desiredState: RolledBack.',
  },
  RestoreStuck: {
    meaning: 'A workload did not come back to the source within the deadline.',
    remedy: 'Look at the workload named; then set a new value of meshmigration.io/retry-at.',
  },
  EvictionRefused: {
    meaning: 'A PodDisruptionBudget forbids replacing a stuck pod.',
    remedy: 'Raise the budget or delete the pod named by hand; then set a new value of meshmigration.io/retry-at.',
  },
  NamespaceKeyConflict: {
    meaning: 'A key of the namespace is neither what it was nor what the operator wrote.',
    remedy: 'Decide on the value with its owner named in the message; then set a new value of meshmigration.io/retry-at.',
  },
  StillCommitted: {
    meaning: 'New pods still join the target although the namespace’s keys are back.',
    remedy: 'Look for another injector rule on the namespace.',
  },
  PermissionDenied: {
    meaning: 'The API server forbids the operator a write that the move needs.',
    remedy: 'Install config/rbac and config/admission of this version; then set a new value of meshmigration.io/retry-at.',
  },
  WriteRefused: {
    meaning: 'The API server or its admission refused a write of the operator.',
    remedy: 'Look at the message for who refused; then set a new value of meshmigration.io/retry-at.',
  },
  // The migration
  InvalidSpec: { meaning: 'The spec can’t be carried out.', remedy: 'Correct the field named in the message.' },
  ExcludedNamespace: { meaning: 'A wave names a namespace that the operator never touches.', remedy: 'Take it out of the wave.' },
  NoWaveLeft: {
    meaning: 'The namespace appeared after its wave had started, and no later wave matches it.',
    remedy: 'Add a wave that matches it.',
  },
  NamespaceNotFound: {
    meaning: 'A wave names a namespace that does not exist.',
    remedy: 'Correct the name or create the namespace; a wave that has started takes no more, so name it in a later one then.',
  },
  AwaitingApproval: { meaning: 'The next wave needs approval.', remedy: 'Set spec.advanceThrough to the wave’s name.' },
  Blocked: { meaning: 'Some namespaces wait for a person.', remedy: 'See failures.' },
  FailureBudgetSpent: {
    meaning: 'More namespaces failed than rollback.maximumFailedNamespaces allows; nothing new starts.',
    remedy: 'See failures; repair and retry, raise the number, or roll back.',
  },
  PartiallyMigrated: { meaning: 'Everything came to an end, with exceptions.', remedy: 'See failures.' },
  Failed: { meaning: 'Some namespaces failed.', remedy: 'See failures.' },
  NothingSelected: { meaning: 'No wave matches any namespace.', remedy: 'Correct the waves.' },
  SourceInUse: { meaning: 'Something still uses the source mesh.', remedy: 'See the message.' },
  SourceQuiet: { meaning: 'Nothing was seen to use the source mesh.', remedy: 'It can be taken out of service.' },
  SourceUseUnknown: { meaning: 'Whether the source mesh is still used can’t be told.', remedy: 'See the message.' },
} as const satisfies Record<string, ReasonText>;

/** A reason that is listed above. */
export type Reason = keyof typeof reasons;

/** What a person can do about a reason; empty for reasons of other programs. */
export function remedyOf(reason: string): string {
  return Object.hasOwn(reasons, reason) ? reasons[reason as Reason].remedy : '';
}
