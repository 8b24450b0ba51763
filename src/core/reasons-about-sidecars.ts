// Reasons about proxies that are ordinary containers and no native sidecars, a part of the registry in reasons.ts.

/** A part of all reasons. */
export const reasonsAboutSidecars = {
  NotNativeSidecar: {
    meaning:
      'Jobs would never end, because the target’s proxy is no native sidecar: those of a CronJob, those that run while the namespace moves, and those to come.',
    remedy:
      'Switch native sidecars on in the target mesh, or let the template refuse the target’s proxy (its opt-out) and then accept with meshmigration.io/accept. Accepted alone, its Jobs get the proxy from the committed namespace. Delete Jobs whose work is done and whose proxy goes on.',
  },
  CallsLostAtTheEnd: {
    meaning: 'The target’s proxy is no native sidecar and takes no new calls of an application that is still ending.',
    remedy: 'Let the proxy wait before it ends, as the message says, where the application calls others while it ends.',
  },
} as const;
