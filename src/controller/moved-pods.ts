// Which proxies are asked, how often, and for whose answer a look waits. Pure.

import type { NamespaceMigration, NamespaceMigrationStatus as Status } from '../api/v1alpha1/namespace-migration.ts';
import { readLedger, verifiedTemplate } from '../core/namespace/ledger.ts';
import { isKeyed, pairOf } from '../core/pair.ts';
import { workloadName } from '../core/workload/assessed.ts';
import type { Wanted } from './readings.ts';
import type { TrimmedPod, TrimmedWorkload } from './trimmed.ts';

// Milliseconds. Of a workload that only waits for a verdict; of those that are watched while a namespace soaks, or while others
// move; and for each pod that is watched, since the more there are the more asking costs.
const oftenMs = 1_500;
const soakingMs = 5_000;
const besideMs = 15_000;
const perPodMs = 20;
// Twice a watched one's, an answer is too old to stand for its proxy; while a rollout goes on proxies are asked once.
const rolloutMs = 20_000;

/**
 * The pods whose proxies say something about the move. While a workload moves, nobody waits for its proxies: their answers
 * make somebody look again, and one that hangs must not hold up the workloads beside it. What was verified stays so
 * while its proxies are asked once more.
 */
export function movedPods(
  record: NamespaceMigration,
  pods: readonly TrimmedPod[],
  workloads: readonly TrimmedWorkload[],
): Wanted[] {
  const { spec, status } = record;
  const pair = pairOf(spec.source, spec.target);
  const moving = movingNames(
    status ?? {},
    workloads.filter(({ keys }) => isKeyed(keys, pair)),
  );
  const rolling = new Set(workloads.filter((w) => !w.rollout.complete).map(workloadName));
  const watchingMs = Math.max(status?.step === 'Soak' ? soakingMs : besideMs, pods.length * perPodMs);
  const wanted = (pod: TrimmedPod): Wanted => {
    if (!moving.has(pod.workload ?? '')) return { pod, againAfterMs: watchingMs, usableMs: 2 * watchingMs, patient: true };
    const againAfterMs = rolling.has(pod.workload ?? '') ? Infinity : oftenMs;
    return { pod, againAfterMs, usableMs: rolloutMs, patient: false };
  };
  // Only whoever has a verdict: a bare pod that carries our keys is nobody's, and would be asked for nothing.
  const known = new Set(workloads.map(workloadName));
  return pods
    .filter((pod) => known.has(pod.workload ?? ''))
    .filter((pod) => (isKeyed(pod.keys, pair) || status?.committed === true) && pod.ready && !pod.deleting && !pod.job)
    .map(wanted);
}

// Those with a row that says so, and those that were written since the status was stored.
function movingNames({ workloads: rows = [], keyed = [] }: Status, written: readonly TrimmedWorkload[]): ReadonlySet<string> {
  const ledger = readLedger(keyed);
  const unproven = written.filter((workload) => verifiedTemplate(ledger, workload) === undefined);
  return new Set([...rows.filter((row) => row.state === 'Moving'), ...unproven].map(workloadName));
}
