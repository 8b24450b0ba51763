// Where each workload stands while its namespace moves forward: the judgement, remembered intent and deadlines together.
// Pure. Keys on templates and pods are the truth; the row only remembers since when and from which template.

import type { WorkloadRow } from '../../api/v1alpha1/namespace-migration.ts';
import { isKeyed } from '../pair.ts';
import type { Workload } from '../observation.ts';
import type { AssessContext, Assessed } from './assessed.ts';
import { workloadName } from './assessed.ts';
import { assessKeyed } from './keyed.ts';
import { assessUnkeyed } from './unkeyed.ts';

/** Assesses one workload of a namespace that moves forward. */
export function assess(workload: Workload, context: AssessContext): Assessed {
  const row = context.rows.get(workload.uid);
  const pods = context.podsOf.get(workloadName(workload)) ?? [];
  const base = { workload, pods };
  if (row?.state === 'Failed') return { ...base, state: 'Failed', row };
  return isKeyed(workload.keys, context.pair)
    ? assessKeyed(base, begun(row, context), context)
    : assessUnkeyed(base, row, context);
}

// Planned ahead and written since: its clock begins now, what was planned stays.
function begun(row: WorkloadRow | undefined, { now }: AssessContext): WorkloadRow | undefined {
  return row?.state === 'Pending' ? { ...row, state: 'Moving', since: new Date(now).toISOString() } : row;
}

/**
 * The number of the try that the workload's next write belongs to. It is the workload's own: a second write within one
 * attempt of the namespace gets the next number, so that its pods can be told from those of the first.
 */
export function attemptFor(row: WorkloadRow | undefined, context: Pick<AssessContext, 'attempt'>): number {
  if (row?.attempt === undefined) return context.attempt;
  const written = row.state === 'Restored' || row.state === 'Failed';
  return Math.max(context.attempt, written ? row.attempt + 1 : isPlanned(row) ? row.attempt : context.attempt);
}

function isPlanned({ state }: WorkloadRow): boolean {
  return state === 'Moving' || state === 'Pending';
}
