// Reasons about what the responses of moved pods say or leave open, a part of the registry in reasons.ts.

/** A part of all reasons. */
export const reasonsAboutTraffic = {
  SuccessUnclear: {
    meaning: 'More responses failed than health allows, but so few of so few that it may be chance.',
    remedy:
      'Let callers use it until more responses decide, look at its log, or set health.minimumSuccessPercent or health.onInconclusive: Proceed; once Halted, a new value of meshmigration.io/retry-at as well.',
  },
  CallsRefused: {
    meaning:
      'Policies of the target refuse callers of the moved pods that have no identity in it, as nobody has who calls through the source.',
    remedy:
      'Let the policies for the workload’s ports admit callers without identity until every caller has moved; then set a new value of meshmigration.io/retry-at.',
  },
} as const;

const inconclusive: ReadonlySet<string> = new Set(['TooLittleTraffic', 'SuccessUnclear']);

/** Whether a reason says that responses left a verdict open, so that it hangs on `health.onInconclusive`. */
export function isInconclusive(reason: string | undefined): boolean {
  return reason !== undefined && inconclusive.has(reason);
}
