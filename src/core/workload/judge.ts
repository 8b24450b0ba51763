// The judgement on one workload: moved, or restored. Pure; no deadline is applied here.

import { keys } from '../../api/v1alpha1/group.ts';
import type { Pod, Workload } from '../observation.ts';
import { carriesAnyOf, isKeyed } from '../pair.ts';
import type { Pair } from '../pair.ts';
import type { Settings } from '../settings.ts';
import { worst } from '../verdict.ts';
import type { Verdict } from '../verdict.ts';
import { brokenPod, isOfCutover, settledPod } from './gates.ts';
import type { GateContext } from './gates.ts';
import { enoughSuccess } from './responses.ts';

/** What can be said of a workload that was moved. `quiet` is a pass but for too little traffic. */
export type Judgement =
  | { kind: 'verified' }
  | { kind: 'armed'; reason: string; message: string }
  | { kind: 'waiting'; reason: string; message: string; quiet: boolean }
  | { kind: 'failed'; reason: string; message: string };

/** Judges a workload whose template carries our keys, or which its committed namespace carries. */
export function judgeMoved(workload: Workload, pods: readonly Pod[], settings: Settings, context: GateContext): Judgement {
  const live = pods.filter((pod) => !pod.deleting);
  if (workload.kind === 'CronJob') return judgeRuns(workload, live, context);
  const current = live.filter((pod) => !pod.ended);
  const moved = current.filter((pod) => isOfCutover(pod, workload.keys[keys.cutover]));
  const nothing = nothingToJudge(workload, current, moved);
  if (nothing !== undefined) return armed(nothing);
  const broken = worst(moved.map((pod) => brokenPod(pod, context)));
  if (broken.kind !== 'pass') return fromVerdict(broken);
  if (!isRolledOut(workload, current, moved)) return waiting('RollingOut', rollingMessage(workload, current, moved));
  const settled = worst(moved.map((pod) => settledPod(pod, context)));
  if (settled.kind !== 'pass') return fromVerdict(settled);
  if (moved.length < current.length)
    return armed(`${moved.length} of ${current.length} pods are replaced; the rest only when somebody deletes them (OnDelete)`);
  return context.proxied ? fromTraffic(enoughSuccess(moved, settings, workload.baseline)) : { kind: 'verified' };
}

function nothingToJudge(workload: Workload, current: readonly Pod[], moved: readonly Pod[]): string | undefined {
  if (workload.rollout.desired === 0 && current.length === 0) return 'it has no replicas';
  const asleep = workload.rollout.strategy === 'OnDelete' && moved.length === 0;
  return asleep ? 'its pods are replaced only when somebody deletes them (OnDelete)' : undefined;
}

function judgeRuns(workload: Workload, live: readonly Pod[], context: GateContext): Judgement {
  const cutover = workload.keys[keys.cutover];
  // Without keys of its own, runs that ended before the namespace was committed say nothing.
  const runs = live.filter((pod) => isOfCutover(pod, cutover) && (cutover !== undefined || !pod.ended));
  const broken = worst(runs.map((pod) => brokenPod(pod, context)));
  if (broken.kind === 'fail') return fromVerdict(broken);
  if (runs.some((pod) => pod.phase === 'Succeeded')) return { kind: 'verified' };
  const running = runs.filter((pod) => !pod.ended);
  if (running.length === 0) return armed('it waits for its next run');
  const endless = cutover === undefined ? undefined : running.find((pod) => pod.endless !== undefined);
  if (endless?.endless !== undefined) return { kind: 'failed', reason: 'NotNativeSidecar', message: endlessMessage(endless) };
  return worst(running.map((pod) => settledPod(pod, context))).kind === 'pass'
    ? armed('its first run goes on')
    : armed('its first run has begun');
}

function endlessMessage({ name, endless }: Pod): string {
  return `pod ${name} never ends: ${endless?.why ?? ''}; delete its Job when its work is done`;
}

function isRolledOut(workload: Workload, current: readonly Pod[], moved: readonly Pod[]): boolean {
  if (workload.rollout.strategy === 'OnDelete') return workload.rollout.observed;
  return workload.rollout.complete && moved.length === current.length && moved.length >= workload.rollout.desired;
}

function rollingMessage(workload: Workload, current: readonly Pod[], moved: readonly Pod[]): string {
  const stuck = moved.find((pod) => !pod.ready && pod.waiting !== undefined);
  const parts = [`${moved.filter((pod) => pod.ready).length} of ${workload.rollout.desired} moved pods are Ready`];
  if (current.length > moved.length) parts.push(`${current.length - moved.length} old pods still serve`);
  if (stuck?.waiting !== undefined) parts.push(`pod ${stuck.name}: ${stuck.waiting}`);
  if (workload.rollout.replicaFailure !== undefined) parts.push(workload.rollout.replicaFailure);
  return parts.join('; ');
}

/** What can be said of a workload that goes back. */
export type RestoreJudgement =
  | { kind: 'keyed' }
  | { kind: 'joinedByNamespace' }
  | { kind: 'restored' }
  | { kind: 'needsDeletion'; pods: readonly string[] }
  | { kind: 'waiting'; reason: string; message: string; stuck: readonly Pod[] };

/**
 * Judges a workload that goes back: by what is there, not by what was written.
 * @param restored value of the key that restarts what joined by the namespace alone, in this try
 */
export function judgeRestored(workload: Workload, pods: readonly Pod[], pair: Pair, restored: string): RestoreJudgement {
  if (carriesAnyOf(workload.keys, pair)) return { kind: 'keyed' };
  const live = pods.filter((pod) => !pod.deleting && !pod.ended);
  const keyed = live.filter((pod) => isKeyed(pod.keys, pair));
  if (workload.kind === 'CronJob') {
    // What its proxy alone keeps from ending has no work that the way back could break.
    const working = keyed.filter((pod) => pod.endless?.over !== true);
    return working.length === 0
      ? { kind: 'restored' }
      : waitingBack('RollingOut', `a run of the moved template goes on (pod ${names(working)})`, []);
  }
  if (keyed.length > 0) return judgeLeftOvers(workload, keyed);
  const joined = workload.target.state === 'present' ? [] : live.filter((pod) => pod.target.state === 'present');
  return joined.length > 0 ? judgeJoined(workload, joined, restored) : judgeSourcePods(workload, live);
}

// Pods that joined by the namespace's default alone: one key restarts them, once in a try.
function judgeJoined(workload: Workload, joined: readonly Pod[], restored: string): RestoreJudgement {
  if (workload.rollout.strategy === 'OnDelete') return { kind: 'needsDeletion', pods: joined.map((pod) => pod.name) };
  if (workload.keys[keys.restored] !== restored) return { kind: 'joinedByNamespace' };
  const stuck = workload.kind === 'StatefulSet' ? joined.filter((pod) => !pod.ready) : [];
  return waitingBack('RollingOut', `pods that joined by the namespace are still there: ${names(joined)}`, stuck);
}

function judgeLeftOvers(workload: Workload, keyed: readonly Pod[]): RestoreJudgement {
  if (workload.rollout.strategy === 'OnDelete') return { kind: 'needsDeletion', pods: keyed.map((pod) => pod.name) };
  // Before its controller knows of the new template, it would make an evicted pod again from the old one.
  const evicts = workload.kind === 'StatefulSet' && workload.rollout.observed;
  const stuck = evicts ? keyed.filter((pod) => !pod.ready) : [];
  return waitingBack('RollingOut', `moved pods are still there: ${names(keyed)}`, stuck);
}

function judgeSourcePods(workload: Workload, live: readonly Pod[]): RestoreJudgement {
  if (workload.rollout.desired === 0 && live.length === 0) return { kind: 'restored' };
  const late = live.find((pod) => !pod.ready);
  if (late !== undefined)
    return waitingBack(
      'PodNotReady',
      `pod ${late.name} is not Ready${late.waiting === undefined ? '' : `: ${late.waiting}`}`,
      [],
    );
  const odd = live.find((pod) => contradicts(pod, workload));
  if (odd !== undefined)
    return waitingBack('RollingOut', `pod ${odd.name} is not in the source mesh as its template says: ${odd.source.reason}`, []);
  const done = workload.rollout.complete || workload.rollout.strategy === 'OnDelete';
  return done
    ? { kind: 'restored' }
    : waitingBack('RollingOut', `${live.length} of ${workload.rollout.desired} pods are back`, []);
}

// What can't be told of template or pod contradicts nothing.
function contradicts(pod: Pod, workload: Workload): boolean {
  if (pod.source.state === 'unknown' || workload.source.state === 'unknown') return false;
  return (pod.source.state === 'absent') !== (workload.source.state === 'absent');
}

const names = (pods: readonly Pod[]): string =>
  pods
    .slice(0, 5)
    .map((pod) => pod.name)
    .join(', ');

function armed(message: string): Judgement {
  return { kind: 'armed', reason: 'NoPods', message };
}

function waiting(reason: string, message: string): Judgement {
  return { kind: 'waiting', reason, message, quiet: false };
}

function waitingBack(reason: string, message: string, stuck: readonly Pod[]): RestoreJudgement {
  return { kind: 'waiting', reason, message, stuck };
}

function fromVerdict(verdict: Verdict): Judgement {
  if (verdict.kind === 'pass') return { kind: 'verified' };
  return verdict.kind === 'fail'
    ? { kind: 'failed', reason: verdict.reason, message: verdict.message }
    : waiting(verdict.reason, verdict.message);
}

function fromTraffic(verdict: Verdict): Judgement {
  return verdict.kind === 'unknown'
    ? { kind: 'waiting', reason: verdict.reason, message: verdict.message, quiet: true }
    : fromVerdict(verdict);
}
