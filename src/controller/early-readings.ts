// Asks the proxy of a moving pod as soon as the pod is ready, so that its answer is there when the workload says that it is rolled
// out. It waits for nothing and judges nothing.

import { movedPods } from './moved-pods.ts';
import { migrationOf, watchesPods } from './observe-namespace.ts';
import type { Observers } from './observe-namespace.ts';
import { adaptersOf } from './preflight-facts.ts';
import type { TrimmedPod } from './trimmed.ts';
import { workloadNamed } from './views.ts';

/** Asks the pod's proxy, where a verdict on a moving workload will depend on it. */
export function askEarly(o: Pick<Observers, 'views' | 'readings'>, pod: TrimmedPod): void {
  const record = o.views.records.get(pod.namespace)?.object;
  const migration = record && migrationOf(o, record);
  if (record === undefined || migration === undefined || !watchesPods(record) || record.status?.step === 'Restore') return;
  const { probe } = adaptersOf(migration).target;
  const workload = workloadNamed(o.views, pod.namespace, pod.workload);
  const wanted = movedPods(record, [pod], workload === undefined ? [] : [workload]).filter(({ patient }) => !patient);
  if (probe !== undefined) void o.readings.of(wanted, probe);
}
