// What people should know of a namespace although it keeps nothing from moving: of the cluster, the namespace and its workloads. Pure.

import type { Warning } from '../../api/v1alpha1/namespace-migration.ts';
import { few } from '../few.ts';
import type { Finding } from '../finding.ts';
import type { Workload } from '../observation.ts';
import { workloadName } from '../workload/assessed.ts';
import type { Assessed } from '../workload/assessed.ts';
import type { Situation } from './situation.ts';

/** All warnings. What is the same of several workloads is said once. */
export function warningsOf(workloads: readonly Assessed[], s: Situation): Warning[] {
  const shared = [...s.observation.cluster.findings, ...s.namespace.findings].filter(isWarning);
  const found = workloads.flatMap(({ workload }) => workload.findings.filter(isWarning).map((f) => about(workload, f)));
  const noted = workloads.flatMap(({ workload, note }) => (note === undefined ? [] : [about(workload, note)]));
  return [...shared.map(pick), ...together(found), ...noted];
}

interface About extends Warning {
  workload: string;
}

function isWarning({ severity }: Finding): boolean {
  return severity === 'warn';
}

function about(workload: Workload, said: Warning): About {
  return { workload: workloadName(workload), ...pick(said) };
}

function pick({ reason, message }: Warning): Warning {
  return { reason, message };
}

const named = 3;

function together(warnings: readonly About[]): Warning[] {
  const groups = Map.groupBy(warnings, ({ reason, message }) => `${reason} ${message}`);
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined || group.length === 1) return group;
    const names = few(
      group.map(({ workload }) => workload),
      named,
    );
    return [{ reason: first.reason, message: `${group.length} workloads (${names}): ${first.message}` }];
  });
}
