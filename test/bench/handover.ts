// How long places stand empty: from the status that says that a workload is rolled out to the write that begins the next one of its
// namespace, and what a run would have taken without. All times are the API server's. Pure.
import type { AuditEvent } from './audit.ts';
import { millisecondsOf } from './audit.ts';
import { isRolledOut } from './fleet.ts';
import type { RolloutFields } from './fleet.ts';
import type { Pace } from './migration-run.ts';

/**
 * Milliseconds between a free place and the write that takes it, over all namespaces, in no particular order. A watch may tell of a
 * status before the server is done with its answer: then it is less than nothing.
 * @param user who begins rollouts
 * @param places of one namespace
 */
export function handovers(events: readonly AuditEvent[], user: string, places: number): number[] {
  const cutovers = grouped(events.filter((event) => isCutover(event, user)));
  const ready = readyTimes(events);
  return [...cutovers].flatMap(([namespace, writes]) => {
    const began = new Map(writes.map((event) => [event.objectRef?.name ?? '', millisecondsOf(event.stageTimestamp)]));
    const done = [...(ready.get(namespace) ?? [])]
      .filter(([name, at]) => at > (began.get(name) ?? Infinity))
      .map(([, at]) => at)
      .toSorted((a, b) => a - b);
    const starts = writes.map((event) => millisecondsOf(event.requestReceivedTimestamp)).toSorted((a, b) => a - b);
    // The first writes of a namespace take places that were free; each later one takes the place of the next that is done.
    return starts.slice(places).map((at, i) => at - (done[i] ?? NaN));
  });
}

/**
 * Seconds that the rollouts of a run would have taken had nothing lain between them: each begins the moment a place is free, each
 * namespace the moment another one ends. Nobody is faster who rolls the same workloads at the same pace.
 * @param user who began them
 */
export function withoutPauses(events: readonly AuditEvent[], user: string, pace: Pace): number {
  const ready = readyTimes(events);
  const namespaces = [...grouped(events.filter((event) => isCutover(event, user)))].map(([namespace, writes]) => {
    const rollouts = writes
      .toSorted((a, b) => millisecondsOf(a.stageTimestamp) - millisecondsOf(b.stageTimestamp))
      .map((event) => (ready.get(namespace)?.get(event.objectRef?.name ?? '') ?? NaN) - millisecondsOf(event.stageTimestamp));
    return lasting(rollouts, pace.workloadsPerNamespace);
  });
  return lasting(namespaces, pace.namespaces) / 1_000;
}

// One after the other, in whichever place is free first.
function lasting(durations: readonly number[], places: number): number {
  const free = Array.from({ length: places }, () => 0);
  for (const duration of durations) {
    const first = free.indexOf(Math.min(...free));
    free[first] = (free[first] ?? 0) + duration;
  }
  return Math.max(...free);
}

function isCutover({ verb, user: { username }, objectRef = {}, responseStatus = {} }: AuditEvent, user: string): boolean {
  const written = verb === 'patch' && objectRef.subresource === undefined && objectRef.resource === 'deployments';
  return written && username === user && (responseStatus.code ?? 0) < 300;
}

// By namespace and name: the first status by which the newest generation of a workload is rolled out.
function readyTimes(events: readonly AuditEvent[]): Map<string, Map<string, number>> {
  const newest = new Map<string, number>();
  const times = new Map<string, Map<string, number>>();
  for (const event of events.filter(isStatus)) {
    const { namespace = '', name = '' } = event.objectRef ?? {};
    const object = event.requestObject as RolloutFields;
    const generation = object.metadata.generation ?? 0;
    const key = `${namespace}/${name}`;
    if (!isRolledOut(object) || (newest.get(key) ?? -1) >= generation) continue;
    newest.set(key, generation);
    const inNamespace = times.get(namespace) ?? new Map<string, number>();
    times.set(namespace, inNamespace.set(name, millisecondsOf(event.stageTimestamp)));
  }
  return times;
}

function isStatus({ verb, objectRef }: AuditEvent): boolean {
  return verb === 'update' && objectRef?.resource === 'deployments' && objectRef.subresource === 'status';
}

function grouped(events: readonly AuditEvent[]): Map<string, AuditEvent[]> {
  const groups = new Map<string, AuditEvent[]>();
  for (const event of events) {
    const namespace = event.objectRef?.namespace ?? '';
    const group = groups.get(namespace);
    if (group === undefined) groups.set(namespace, [event]);
    else group.push(event);
  }
  return groups;
}

/** The value below which a part (0–1) of the values lies (nearest rank); NaN of nothing. */
export function percentile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(part * sorted.length) - 1)] ?? NaN;
}
