// Observer: the end of a run. After it the operator writes nothing but its Lease.
import type { Violation } from './invariant.ts';
import type { Place } from './keys.ts';
import { inWords, succeeded } from './write.ts';
import type { Write } from './write.ts';

/** How long a run may still settle (its last status and Events are on their way), and how long it must be quiet then; milliseconds. */
export const settleMs = 3_000;
export const quietMs = 5_000;

/** What disturbs the quiet that begins at `from`: every write of the operator but its Lease's. Dry-runs write nothing. */
export function disturbances(writes: readonly Write[], from: number, place: Place): Violation[] {
  return writes
    .filter((write) => write.user === place.user && write.at >= from && succeeded(write))
    .filter((write) => write.resource !== 'leases.coordination.k8s.io')
    .map((write) => ({
      invariant: 'quiescence',
      at: write.at,
      message: 'the operator wrote although everything had come to its end',
      evidence: inWords(write),
    }));
}
