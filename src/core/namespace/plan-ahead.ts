// Planning ahead: the ledger says which workloads come next, and with which try, before their turn. When a place is free, the
// next one is written at once, and no status has to be stored in between. Pure.

import type { NamespaceMigrationStatus, WorkloadRow } from '../../api/v1alpha1/namespace-migration.ts';
import type { NamespaceDecision } from '../decision.ts';
import type { Workload } from '../observation.ts';
import { uidPrefix } from '../pair.ts';
import { attemptFor } from '../workload/assess.ts';
import { rowOf } from '../workload/assessed.ts';
import type { Roster } from './roster.ts';
import type { Situation } from './situation.ts';

// As many as are under way at once, so that a whole batch can follow another; a few more where they go one by one.
const minimumAhead = 10;

/** The roster, with a plan for the workloads whose turn comes next: a row that only the ledger keeps. */
export function planAhead(roster: Roster, s: Situation): Roster {
  let left = Math.max(minimumAhead, s.settings.maxConcurrentWorkloads);
  const workloads = roster.workloads.map((a) => {
    if (a.state !== 'Pending' || left === 0) return a;
    left -= 1;
    const known = s.rows.get(a.workload.uid);
    const { generation } = a.workload;
    return { ...a, row: { ...rowOf(a.workload, 'Pending', known, s), attempt: attemptFor(known, s), generation } };
  });
  return { ...roster, workloads };
}

// <uid>:Next:<attempt>:<template>:<generation>
const form = /^(.{1,8}):Next:(\d+):([^:]*):(\d+)$/;

/** Entries of the ledger for the plans among rows, by the first 8 characters of the workload's uid. */
export function planEntries(rows: readonly WorkloadRow[]): [string, string][] {
  return rows.flatMap(({ uid, state, attempt, template, generation }) => {
    if (state !== 'Pending') return [];
    const prefix = uidPrefix(uid);
    return [[prefix, [prefix, 'Next', attempt ?? 1, template ?? '', generation ?? 0].join(':')]];
  });
}

/** The plans that are stored, as rows of workloads that wait for their turn. */
export function plansFrom(entries: readonly string[], workloads: readonly Workload[]): WorkloadRow[] {
  const plans = plansIn(entries);
  if (plans.size === 0) return [];
  return workloads.flatMap(({ kind, name, uid }) => {
    const plan = plans.get(uidPrefix(uid));
    return plan === undefined ? [] : [{ kind, name, uid, state: 'Pending' as const, ...plan }];
  });
}

type Plan = Required<Pick<WorkloadRow, 'attempt' | 'template' | 'generation'>>;

function plansIn(entries: readonly string[]): ReadonlyMap<string, Plan> {
  const plans = entries.flatMap((entry): [string, Plan][] => {
    const [, uid, attempt, template = '', generation] = form.exec(entry) ?? [];
    return uid === undefined ? [] : [[uid, { attempt: Number(attempt), template, generation: Number(generation) }]];
  });
  return new Map(plans);
}

/**
 * What is stored allows everything that is to be written: only cutovers, each planned for this try and this generation of the
 * workload. The status may then be stored afterwards.
 * @param stored the status as the API server has it
 */
export function isPlannedAhead(stored: NamespaceMigrationStatus, { outcome, status, events }: NamespaceDecision): boolean {
  if (outcome.kind !== 'act' || outcome.actions.length === 0) return false;
  const stays = stored.step === 'Cutover' && status.step === 'Cutover' && stored.attempt === status.attempt;
  if (!stays || events.some(({ type }) => type === 'Warning')) return false;
  const plans = plansIn(stored.keyed ?? []);
  const rows = new Map((status.workloads ?? []).map((row) => [row.uid, row]));
  return outcome.actions.every(
    (action) => action.kind === 'cutOver' && isSame(plans.get(uidPrefix(action.workload.uid)), rows.get(action.workload.uid)),
  );
}

function isSame(plan: Plan | undefined, row: WorkloadRow | undefined): boolean {
  if (plan === undefined || row?.state !== 'Moving') return false;
  return plan.generation === row.generation && plan.attempt === row.attempt;
}
