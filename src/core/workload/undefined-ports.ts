// Connections that a proxy reset because a Service has no such port. A proxy goes on believing so for a while after the port
// was added, so only resets that are counted after that time say that something is wrong. Pure; times are the readings' own.

import type { Pod, ResetHistory } from '../observation.ts';
import { fail, pass, unknown } from '../verdict.ts';
import type { Verdict } from '../verdict.ts';

/** What one answer of a proxy counted, and when. */
export interface ResetCount {
  readonly resets: number;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** The history after another answer. A count that got smaller is another process's. */
export function followResets(
  before: { readonly resets: number; readonly history: ResetHistory } | undefined,
  { resets, at }: ResetCount,
  rememberedMs: number,
): ResetHistory {
  if (before === undefined || resets < before.resets) return { readAt: at, sameSince: at, rememberedMs };
  if (resets === before.resets) return { ...before.history, readAt: at, rememberedMs };
  return { readAt: at, sameSince: at, lowerAt: before.history.readAt, rememberedMs };
}

// Milliseconds without another reset, once no proxy believes in the Service of before.
const quietMs = 10_000;

/**
 * Whether a pod's calls meet ports that no Service defines.
 * @param namesReadyAt when the ports that callers need were all there; absent where that was before the pod began
 */
export function undefinedPorts(pod: Pod, namesReadyAt: number | undefined): Verdict {
  const { reading } = pod;
  if (reading?.kind !== 'answered' || reading.undefinedPortResets === 0) return pass;
  const { resets } = reading;
  if (resets === undefined || pod.startedAt === undefined) return waits(pod);
  const settledAt = pod.startedAt + resets.rememberedMs;
  const trustedFrom = Math.max(settledAt, (namesReadyAt ?? 0) + resets.rememberedMs);
  if (resets.lowerAt !== undefined && resets.lowerAt >= trustedFrom)
    return fail(
      'UndefinedPort',
      `pod ${pod.name}: ${reading.undefinedPortResets} connections reset on ports that no Service defines, and their number grows`,
    );
  return resets.readAt - Math.max(resets.sameSince, settledAt) >= quietMs ? pass : waits(pod);
}

// Without a number: the words stay the same while it is waited.
function waits(pod: Pod): Verdict {
  return unknown(
    'UndefinedPort',
    `pod ${pod.name}: connections were reset on ports that no Service defines; its proxy may not know yet of a port that was added`,
  );
}
