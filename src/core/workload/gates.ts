// Gates: the ordered checks that a moved pod must pass. Unknown never passes. Pure.

import { keys } from '../../api/v1alpha1/group.ts';
import type { Pod } from '../observation.ts';
import type { Reason } from '../reasons.ts';
import { fail, pass, unknown } from '../verdict.ts';
import type { Verdict } from '../verdict.ts';
import { undefinedPorts } from './undefined-ports.ts';

/** The target has a proxy in the pod that can be asked. */
export interface GateContext {
  proxied: boolean;
  /** A container that restarted is a failure; not where the restart may be older than the move. */
  countRestarts: boolean;
  /** Refused calls count where their number grew after this, in milliseconds since the epoch; all of them where it is absent. */
  refusedSince?: number | undefined;
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
  return refusedCalls(pod, context);
}

// Whoever is refused got an answer before the move: to fail at once spares those that would come after.
function refusedCalls({ name, reading }: Pod, { refusedSince = -Infinity }: GateContext): Verdict {
  if (reading?.kind !== 'answered' || reading.refusedCalls === 0) return pass;
  const { refusedCalls: refused, fewerRefusedAt = -Infinity } = reading;
  if (fewerRefusedAt < refusedSince) return pass;
  const calls = refused === 1 ? '1 call' : `${refused} calls`;
  return failed('CallsRefused', `pod ${name}: policies of the target have refused ${calls} of callers that are not in it`);
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

/** The pod was made from the template as it is keyed now. */
export function isOfCutover(pod: Pod, cutover: string | undefined): boolean {
  return pod.keys[keys.cutover] === cutover;
}

function waitingText(pod: Pod): string {
  return pod.waiting === undefined ? '' : `: ${pod.waiting}`;
}
