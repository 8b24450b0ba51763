// Gates: the ordered checks that a moved pod must pass. Unknown never passes. Pure.

import { keys } from '../../api/v1alpha1/group.ts';
import type { Pod } from '../observation.ts';
import type { Reason } from '../reasons.ts';
import type { Settings } from '../settings.ts';
import { fail, pass, unknown, worst } from '../verdict.ts';
import type { Counted } from '../traffic.ts';
import type { Verdict } from '../verdict.ts';
import { undefinedPorts } from './undefined-ports.ts';

/** The target has a proxy in the pod that can be asked. */
export interface GateContext {
  proxied: boolean;
  /** A container that restarted is a failure; not where the restart may be older than the move. */
  countRestarts: boolean;
  /** When the ports that callers need were all there, in milliseconds since the epoch; absent where pods began later. */
  namesReadyAt?: number | undefined;
}

const failed = (reason: Reason, message: string): Verdict => fail(reason, message);
const unclear = (reason: Reason, message: string): Verdict => unknown(reason, message);

/** Checks that say something is wrong for good; they come before waiting for anything. */
export function brokenPod(pod: Pod, context: GateContext): Verdict {
  if (pod.target.state === 'conflicting') return failed('MeshConflict', `pod ${pod.name}: ${pod.target.reason}`);
  if (pod.target.state === 'absent') return failed('ProxyMissing', `pod ${pod.name}: ${pod.target.reason}`);
  if (pod.source.state === 'present' || pod.source.state === 'conflicting') {
    return failed('SourceRemains', `pod ${pod.name}: ${pod.source.reason}`);
  }
  if (pod.restarts > 0 && context.countRestarts)
    return failed('Restarted', `pod ${pod.name}: a container has restarted ${pod.restarts} times${waitingText(pod)}`);
  return pass;
}

/** Checks that can still come good: readiness and the proxy's own word. */
export function settledPod(pod: Pod, context: GateContext): Verdict {
  if (pod.target.state === 'unknown') return unclear('ProxyUnreachable', `pod ${pod.name}: ${pod.target.reason}`);
  if (pod.source.state === 'unknown') return unclear('SourceUnknown', `pod ${pod.name}: ${pod.source.reason}`);
  if (!pod.ready) return unclear('PodNotReady', `pod ${pod.name} is not Ready${waitingText(pod)}`);
  return context.proxied ? answeringProxy(pod, context) : pass;
}

function answeringProxy(pod: Pod, context: GateContext): Verdict {
  const { reading } = pod;
  if (reading === undefined) return unclear('RollingOut', `pod ${pod.name}: its proxy was not asked yet`);
  if (reading.kind === 'unreachable') return unclear('ProxyUnreachable', `pod ${pod.name}: ${reading.reason}`);
  if (!reading.ready) return unclear('ProxyNotReady', `pod ${pod.name}: its proxy answers "not ready"`);
  if (reading.hanging > 0 && reading.success + reading.failure === 0) {
    return unclear('RequestsHang', `pod ${pod.name}: ${reading.hanging} requests are not answered`);
  }
  return undefinedPorts(pod, context.namesReadyAt);
}

/** Whether enough responses succeeded, over all pods of a workload together, and no pod stands apart. */
export function enoughSuccess(pods: readonly Pod[], settings: Settings, baseline?: Counted): Verdict {
  const { success, total, errors } = trafficOf(pods);
  if (errors >= minimumForFailure && percentOf(errors, errors + total) > 100 - settings.minimumSuccessPercent) {
    return failed('ConnectionErrors', `${errors} calls found no connection, beside ${total} responses`);
  }
  if (total < settings.minimumRequests) {
    return unclear('TooLittleTraffic', `${total} of the ${settings.minimumRequests} responses that a verdict needs`);
  }
  if (total < minimumForFailure) return pass;
  const percent = percentOf(success, total);
  return percent < settings.minimumSuccessPercent
    ? failed(
        'LowSuccessRate',
        `${percent.toFixed(1)} % of ${total} responses succeeded, ${settings.minimumSuccessPercent} % are needed`,
      )
    : worst([noWorseThan(baseline, percent, settings), noneApart(pods, percent)]);
}

interface Traffic {
  readonly success: number;
  readonly total: number;
  readonly errors: number;
}

function trafficOf(pods: readonly Pod[]): Traffic {
  let [success, failure, errors] = [0, 0, 0];
  for (const { reading } of pods) {
    if (reading?.kind !== 'answered') continue;
    success += reading.success;
    failure += reading.failure;
    errors += reading.connectionErrors;
  }
  return { success, total: success + failure, errors };
}

// Among many pods one that fails is lost in the sum. So many percentage points are no chance with twenty responses.
const apartPoints = 20;

function noneApart(pods: readonly Pod[], percent: number): Verdict {
  for (const pod of pods) {
    const { success, total } = trafficOf([pod]);
    const own = percentOf(success, total);
    if (total >= minimumForFailure && percent - own > apartPoints)
      return failed(
        'PodsDiffer',
        `pod ${pod.name}: ${own.toFixed(1)} % of its ${total} responses succeeded, of all ${percent.toFixed(1)} %`,
      );
  }
  return pass;
}

function percentOf(part: number, whole: number): number {
  return whole === 0 ? 0 : (100 * part) / whole;
}

// What was never counted, or too little, says nothing about before.
function noWorseThan(baseline: Counted | undefined, percent: number, settings: Settings): Verdict {
  if (baseline === undefined || baseline.requests < minimumForFailure) return pass;
  const before = (100 * baseline.success) / baseline.requests;
  if (before - percent <= settings.maximumDropPercent) return pass;
  return failed(
    'WorseThanBefore',
    `${percent.toFixed(1)} % of the responses succeeded; in the source it was ${before.toFixed(1)} % of ${baseline.requests}`,
  );
}

// One failed response of three says nothing; the default of health.minimumRequests is used where a person asked for none.
const minimumForFailure = 20;

/** The pod was made from the template as it is keyed now. */
export function isOfCutover(pod: Pod, cutover: string | undefined): boolean {
  return pod.keys[keys.cutover] === cutover;
}

function waitingText(pod: Pod): string {
  return pod.waiting === undefined ? '' : `: ${pod.waiting}`;
}
