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
  // By the message first: it tells most, and there may be thousands.
  const alike = [...Map.groupBy(warnings, ({ message }) => message).values()];
  return alike.flatMap((some) => [...Map.groupBy(some, ({ reason }) => reason).values()].flatMap((group) => asOne(group)));
}

function asOne(group: readonly About[]): readonly Warning[] {
  const [first] = group;
  if (first === undefined || group.length === 1) return group;
  const names = group.map(({ workload }) => workload);
  return [{ reason: first.reason, message: `${group.length} workloads (${few(names, named)}): ${first.message}` }];
}
