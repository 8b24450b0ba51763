// Which workloads are left alone, and why. Pure; the answers were observed, nothing is read here.

import { keys } from '../../api/v1alpha1/group.ts';
import type { Workload } from '../observation.ts';
import { otherPairIn } from '../other-pair.ts';
import { isKeyedOtherwise } from '../pair.ts';
import type { Pair } from '../pair.ts';
import type { Reason } from '../reasons.ts';
import type { Settings } from '../settings.ts';

/** Why a workload is left alone. */
export interface Exception {
  reason: string;
  message: string;
  remedy?: string;
}

/** The first reason to leave a workload that was not written yet alone; undefined when it can move. */
export function exceptionOf(workload: Workload, pair: Pair, settings: Settings): Exception | undefined {
  for (const rule of rules) {
    const exception = rule(workload, pair, settings);
    if (exception !== undefined) return exception;
  }
  const finding = workload.findings.find((f) => f.severity === 'list');
  return finding && { reason: finding.reason, message: finding.message, remedy: finding.remedy };
}

/** The reason a person gave for accepting the exception; a held workload can't be accepted. */
export function acceptedReason(workload: Workload): string | undefined {
  return heldReason(workload) === undefined ? workload.annotations[keys.accept] : undefined;
}

/** The reason a person gave for holding the workload. */
export function heldReason(workload: Workload): string | undefined {
  return workload.annotations[keys.hold] ?? workload.keys[keys.hold];
}

type Rule = (workload: Workload, pair: Pair, settings: Settings) => Exception | undefined;

const listed = (reason: Reason, message: string): Exception => ({ reason, message });

const rules: readonly Rule[] = [
  (w) => {
    const held = heldReason(w);
    return held === undefined ? undefined : listed('Held', `held by a person: ${held || 'no reason given'}`);
  },
  (w, pair) => (isKeyedOtherwise(w.keys, pair) ? listed('ForeignKeys', foreignMessage(w.keys, pair)) : undefined),
  (w) =>
    w.owner === undefined ? undefined : listed('OwnedByController', `it is owned by ${w.owner}, which would revert the change`),
  (w) => (w.rollout.paused && w.kind === 'Deployment' ? listed('WorkloadPaused', 'its rollout is paused') : undefined),
  (w) => (w.rollout.partition > 0 ? listed('Partitioned', `its partition is ${w.rollout.partition}`) : undefined),
  (w) => (needsDowntime(w) ? listed('NoSurge', downtimeMessage(w)) : undefined),
  (w, _pair, s) =>
    s.minReadySeconds > 0 && w.rollout.minReadyOwner === 'nobody' && s.minReadySeconds >= w.rollout.progressDeadlineSeconds
      ? listed(
          'MinReadyTooLong',
          `restart.minReadySeconds ${s.minReadySeconds} is not below its progressDeadlineSeconds ${w.rollout.progressDeadlineSeconds}`,
        )
      : undefined,
];

function foreignMessage(found: Workload['keys'], pair: Pair): string {
  const way = otherPairIn(found, pair);
  return `its template carries keys of another move${way === undefined ? '' : ` (${way})`}`;
}

function needsDowntime(w: Workload): boolean {
  if (w.annotations[keys.allowDowntime] === 'true' || w.rollout.desired === 0) return false;
  if (w.rollout.strategy === 'Recreate') return true;
  if (w.rollout.strategy !== 'RollingUpdate') return false;
  // On one node a pod of a DaemonSet is replaced in place: that is its ordinary way.
  if (w.kind === 'DaemonSet' && w.rollout.desired === 1) return false;
  return (
    w.rollout.unavailable >= w.rollout.desired || (w.kind !== 'DaemonSet' && w.rollout.desired === 1 && w.rollout.surge === 0)
  );
}

function downtimeMessage(w: Workload): string {
  const { strategy, desired, surge, unavailable } = w.rollout;
  if (strategy === 'Recreate') return 'its strategy is Recreate: all pods stop before new ones start';
  if (desired === 1 && surge === 0) return `its only pod would stop before a new one is Ready (${w.kind} without surge)`;
  return `all its pods may stop before a new one is Ready: maxUnavailable comes to ${unavailable} of ${desired}`;
}
