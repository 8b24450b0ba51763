// Numbered rules that every status must keep, whatever happened. Tests run them on each status that they produce.
// Ready, Reconciling and Stalled as kstatus reads them: https://github.com/kubernetes-sigs/cli-utils/tree/master/pkg/kstatus

import type { Condition } from '../../src/api/v1alpha1/condition.ts';
import type { WorkloadCounts } from '../../src/api/v1alpha1/mesh-migration-status.ts';
import type { MeshMigrationStatus } from '../../src/api/v1alpha1/mesh-migration.ts';
import type { NamespaceMigrationStatus, WorkloadRow } from '../../src/api/v1alpha1/namespace-migration.ts';
import { reasons } from '../../src/core/reasons.ts';

/** A rule that a status breaks, with its number. */
export type Broken = string;

type Rule<S> = (status: S, generation: number) => Broken[];

/** Rules of a NamespaceMigration's status that it breaks. */
export function brokenNamespaceRules(status: NamespaceMigrationStatus, generation: number): Broken[] {
  return namespaceRules.flatMap((rule) => rule(status, generation));
}

/** Rules of a MeshMigration's status that it breaks. */
export function brokenMigrationRules(status: MeshMigrationStatus, generation: number): Broken[] {
  return migrationRules.flatMap((rule) => rule(status, generation));
}

function check(number: string, holds: boolean, why: string): Broken[] {
  return holds ? [] : [`${number}: ${why}`];
}

const countOf: Readonly<Record<WorkloadRow['state'], keyof WorkloadCounts>> = {
  Pending: 'pending',
  Moving: 'moving',
  Verified: 'verified',
  Armed: 'armed',
  Failed: 'failed',
  Restored: 'restored',
  Drifted: 'drifted',
  Listed: 'listed',
};

const namespaceRules: readonly Rule<NamespaceMigrationStatus>[] = [
  (s, generation) => check('N1', (s.observedGeneration ?? -1) <= generation, 'it speaks of a generation that is not there yet'),
  ({ counts, workloads = [] }) => {
    if (counts === undefined) return check('N2', workloads.length === 0, 'it has rows and no counts');
    const { total, ...states } = counts;
    const sum = Object.values(states).reduce((a, b) => a + b, 0);
    return check('N2', sum === total, `its counts add up to ${sum}, not ${total}`);
  },
  ({ workloads = [] }) =>
    check('N3', new Set(workloads.map((r) => r.uid)).size === workloads.length, 'two rows are of one workload'),
  ({ workloads = [] }) =>
    check(
      'N4',
      workloads.length <= 300 && workloads.every((r) => !['Pending', 'Verified'].includes(r.state)),
      'it has rows that say nothing',
    ),
  ({ counts, workloads = [] }) =>
    workloads.length === 300 || counts === undefined
      ? []
      : (['Moving', 'Armed', 'Failed', 'Drifted', 'Listed'] as const).flatMap((state) => {
          const rows = workloads.filter((r) => r.state === state).length;
          return check('N5', rows === counts[countOf[state]], `${rows} rows are ${state}, ${counts[countOf[state]]} are counted`);
        }),
  ({ workloads = [] }) =>
    workloads.flatMap((r) =>
      check('N6', (r.reason ?? '') in reasons && (r.message ?? '') !== '', `the row of ${r.name} gives no known reason`),
    ),
  ({ workloads = [] }) =>
    workloads
      .filter((r) => ['Failed', 'Drifted', 'Listed'].includes(r.state))
      .flatMap((r) => check('N7', (r.remedy ?? '') !== '', `the ${r.state} row of ${r.name} has no remedy`)),
  (s) => check('N8', s.reason === undefined || s.reason in reasons, `its reason ${String(s.reason)} is in no list`),
  (s) =>
    check(
      'N9',
      !(s.blocked === true || s.step === 'Halted') || (s.remedy ?? '') !== '',
      'it waits for a person and has no remedy',
    ),
  (s) => check('N10', s.step !== 'Halted' || s.failed === true, 'it is Halted and does not count as failed'),
  (s) => check('N11', s.step !== 'Restore' || s.restoreCause !== undefined, 'it goes back and does not say why'),
  ({ workloads = [] }) =>
    workloads.flatMap((r) =>
      check('N12', !Number.isNaN(Date.parse(r.since ?? '')), `the row of ${r.name} does not say since when`),
    ),
];

function condition(s: MeshMigrationStatus, type: string): Condition | undefined {
  return s.conditions?.find((c) => c.type === type);
}

function isTrue(s: MeshMigrationStatus, type: string): boolean {
  return condition(s, type)?.status === 'True';
}

const migrationRules: readonly Rule<MeshMigrationStatus>[] = [
  (s, generation) => check('M1', s.observedGeneration === generation, 'it speaks of another generation'),
  (s) =>
    check('M2', condition(s, 'Ready') !== undefined && condition(s, 'Succeeded') !== undefined, 'Ready or Succeeded is missing'),
  (s) =>
    ['Reconciling', 'Stalled'].flatMap((type) =>
      check('M3', condition(s, type) === undefined || isTrue(s, type), `${type} is there and not True`),
    ),
  (s) => check('M4', !(isTrue(s, 'Reconciling') && isTrue(s, 'Stalled')), 'Reconciling and Stalled are both True'),
  (s) => check('M5', !isTrue(s, 'Ready') || !(isTrue(s, 'Reconciling') || isTrue(s, 'Stalled')), 'Ready is True beside another'),
  (s) => check('M6', isTrue(s, 'Ready') === isTrue(s, 'Succeeded'), 'Ready and Succeeded differ'),
  (s) => check('M7', !isTrue(s, 'Reconciling') || condition(s, 'Succeeded')?.status === 'Unknown', 'it runs and claims a result'),
  ({ namespaces }) => {
    if (namespaces === undefined) return ['M8: it counts nothing'];
    const { total, ...states } = namespaces;
    return check('M8', Object.values(states).reduce((a, b) => a + b, 0) === total, 'its counts do not add up');
  },
  (s) => {
    const { namespaces: n } = s;
    const open = (n?.inFlight ?? 0) + (n?.failed ?? 0) + (n?.blocked ?? 0) + (n?.partiallyMigrated ?? 0);
    return check('M9', !isTrue(s, 'Ready') || open === 0, 'Ready is True while something is open');
  },
  ({ failures = [] }) =>
    failures.flatMap((f) =>
      check('M10', f.reason !== '' && f.message !== '' && f.remedy !== '', `a failure says too little: ${f.message}`),
    ),
  (s) => check('M11', (s.failures ?? []).length <= 20, 'it has more than 20 failures'),
  (s) =>
    (s.conditions ?? []).flatMap((c) => check('M12', c.reason in reasons && c.message !== '', `${c.type} gives no known reason`)),
  (s) =>
    check(
      'M13',
      !isTrue(s, 'Stalled') || (s.failures ?? []).length > 0 || condition(s, 'Stalled')?.reason === 'NothingSelected',
      'it is Stalled and names no failure',
    ),
];
