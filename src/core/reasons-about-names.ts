// Reasons about names that callers need and about what the source counted, a part of the registry in reasons.ts.

/** A part of all reasons. */
export const reasonsAboutNames = {
  NamesUnknown: {
    meaning: 'Which names the namespace calls, or where they lead, can’t be told.',
    remedy: 'Let the operator reach what the message names; the move goes on by itself.',
  },
  TargetLacksRoutes: {
    meaning:
      'Names that the namespace calls need a kind of route that the cluster does not have, or not as the target supports it.',
    remedy: 'Install the definitions that the message names; the move goes on by itself.',
  },
  NamesPending: {
    meaning: 'Names that the callers of the namespace need do not lead where they should yet, or do not for a moment.',
    remedy: 'Nothing at first; if it stays, see the message.',
  },
  NamesChanged: {
    meaning: 'The source mesh answers otherwise since names were made in the target, so something would break.',
    remedy: 'Roll the namespace back, which removes these names, and report the message as a bug.',
  },
  NamesAwaitGit: {
    meaning: 'routing.manage is false, and names that callers need are not there yet.',
    remedy: 'Put the objects that `kubectl mm plan -o yaml` prints into Git.',
  },
  WorseThanBefore: {
    meaning:
      'Responses of the moved pods succeed less often than the source mesh counted before, by more than health.maximumDropPercent.',
    remedy: 'Look into the pods; a changed template or a new value of meshmigration.io/retry-at tries again.',
  },
  NamesDiffer: {
    meaning: 'Settings of the source are lost or only approximate in the target.',
    remedy: 'Read what `kubectl mm plan` says about each; the move goes on.',
  },
  ConnectionErrors: {
    meaning: 'Calls of the moved pods find no connection, more than health.minimumSuccessPercent allows.',
    remedy: 'Look at what the workload calls; a changed template or a new value of meshmigration.io/retry-at tries again.',
  },
  PodsDiffer: {
    meaning: 'One of the moved pods answers far worse than the others.',
    remedy: 'Look at that pod and its node; a new value of meshmigration.io/retry-at tries again.',
  },
} as const;
