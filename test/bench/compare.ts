// From what was measured to what is told: ratios, latencies, calls, memory and CPU with their targets. Pure.
import { classOf, labelOf, tally } from './audit.ts';
import type { AuditEvent, CallClass } from './audit.ts';
import type { BaselineRun } from './baseline.ts';
import { ADMINISTRATOR } from './baseline.ts';
import { handovers, percentile, withoutPauses } from './handover.ts';
import type { OperatorRun, Pace } from './migration-run.ts';
import type { Result } from './results.ts';

/** Everything that was measured. */
export interface Measured {
  readonly operators: readonly OperatorRun[];
  readonly baselines: readonly BaselineRun[];
  /** In one run. */
  readonly workloads: number;
  readonly pods: number;
  readonly pace: Pace;
  /** The operator's user name. */
  readonly user: string;
}

/** Numbers with targets, and the calls behind them in words. */
export interface Comparison {
  readonly numbers: readonly Result[];
  readonly notes: string;
}

/** Compares. */
export function compare(m: Measured): Comparison {
  const own = m.operators.map((run) => run.events.filter((event) => event.user.username === m.user));
  return { numbers: [...wall(m), ...latency(m), ...calls(m, own), ...memory(m), ...cpu(m)], notes: notesOf(m, own) };
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

function wall({ operators, baselines, pace, user }: Measured): Result[] {
  const [a, b] = [mean(operators.map((r) => r.seconds)), mean(baselines.map((r) => r.seconds))];
  const pauses = (runs: readonly Timed[], who: string): number =>
    100 * mean(runs.map(({ events, seconds }) => 1 - withoutPauses(events, who, pace) / seconds));
  return [
    { name: 'wall time, operator / baseline', value: a / b, unit: 'ratio', target: 0.95 },
    { name: 'wall time, operator', value: a, unit: 's' },
    { name: 'wall time, baseline', value: b, unit: 's' },
    // Nobody makes the rollouts themselves shorter: who loses no time between them is faster by the baseline's pauses.
    { name: 'of which pauses between rollouts, operator', value: pauses(operators, user), unit: '%' },
    { name: 'of which pauses between rollouts, baseline', value: pauses(baselines, ADMINISTRATOR), unit: '%' },
  ];
}

interface Timed {
  readonly events: readonly AuditEvent[];
  readonly seconds: number;
}

function latency({ operators, baselines, user, pace }: Measured): Result[] {
  const places = pace.workloadsPerNamespace;
  const gaps = operators.flatMap((run) => handovers(run.events, user, places));
  const others = baselines.flatMap((run) => handovers(run.events, ADMINISTRATOR, places));
  return [
    { name: 'rolled out to next cutover, p50', value: percentile(gaps, 0.5), unit: 'ms', target: 15 },
    { name: 'rolled out to next cutover, p99', value: percentile(gaps, 0.99), unit: 'ms', target: 100 },
    { name: 'rolled out to next cutover, samples', value: gaps.length, unit: '' },
    { name: 'rolled out to next restart, baseline, p50', value: percentile(others, 0.5), unit: 'ms' },
    { name: 'rolled out to next restart, baseline, p99', value: percentile(others, 0.99), unit: 'ms' },
  ];
}

function calls({ workloads }: Measured, own: readonly AuditEvent[][]): Result[] {
  const of = (...classes: CallClass[]): number =>
    mean(own.map((events) => events.filter((e) => classes.includes(classOf(e))).length));
  return [
    { name: 'writes per workload, status included', value: of('write') / workloads, unit: 'calls', target: 2 },
    { name: 'reads per workload, opened watches included', value: of('read', 'watch') / workloads, unit: 'calls', target: 2 },
    { name: 'events per workload', value: of('event') / workloads, unit: 'calls' },
    { name: 'dry-runs per workload', value: of('dry-run') / workloads, unit: 'calls' },
    { name: 'lease calls', value: of('lease'), unit: 'calls' },
  ];
}

function memory({ operators }: Measured): Result[] {
  const peak = Math.max(...operators.map((r) => r.peakMiB));
  const growth = Math.max(...operators.map((r) => r.peakMiB - r.idleMiB));
  return [
    { name: 'operator RSS, peak', value: peak, unit: 'MiB', target: 150 },
    { name: 'operator RSS, growth over idle', value: growth, unit: 'MiB', target: 40 },
    { name: 'operator RSS, idle', value: mean(operators.map((r) => r.idleMiB)), unit: 'MiB' },
  ];
}

function cpu({ operators, baselines, pods }: Measured): Result[] {
  const per = (seconds: readonly number[]): number => (mean(seconds) * 1000) / pods;
  return [
    { name: 'CPU per 1,000 pods, operator', value: per(operators.map((r) => r.cpuSeconds)), unit: 's' },
    { name: 'CPU per 1,000 pods, kubectl', value: per(baselines.map((r) => r.cpuSeconds)), unit: 's' },
  ];
}

function notesOf({ operators, baselines }: Measured, own: readonly AuditEvent[][]): string {
  const list = (classes: readonly CallClass[]): string =>
    tally(
      own
        .flat()
        .filter((e) => classes.includes(classOf(e)))
        .map(labelOf),
    )
      .map(([label, count]) => `${label} ${Math.round(count / own.length)}`)
      .join(', ');
  const seconds = (runs: readonly { readonly seconds: number }[]): string => runs.map((r) => r.seconds.toFixed(1)).join(' and ');
  return [
    `Runs: operator ${seconds(operators)} s, baseline ${seconds(baselines)} s.`,
    `Writes of one run: ${list(['write'])}.`,
    `Reads of one run: ${list(['read', 'watch'])}.`,
    `Apart: ${list(['event', 'dry-run', 'lease'])}.`,
  ].join('\n');
}
