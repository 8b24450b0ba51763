// Runs a scenario once and says everything that is wrong with how it went.

import { keys } from '../../src/api/v1alpha1/group.ts';
import { decideMigration } from '../../src/core/migration/decide.ts';
import { decideNamespace } from '../../src/core/namespace/decide.ts';
import { endOf } from './ends.ts';
import { createMonitor } from './monitor.ts';
import type { Watched } from './monitor.ts';
import type { Deciders } from './operator.ts';
import { annotateNamespace, annotateWorkload, editMigration } from './people.ts';
import { run } from './run.ts';
import type { Plan, Ran } from './run.ts';
import type { Scenario } from './scenarios.ts';
import { changeWorkload, createWorld } from './world.ts';
import type { World } from './world.ts';

/** The real deciders. */
export const real: Deciders = { namespace: decideNamespace, migration: decideMigration };

/** What one run came to. */
export interface Outcome {
  readonly ran: Ran | undefined;
  /** Everything that is wrong; empty where all is well. */
  readonly wrong: readonly string[];
  readonly end: string;
  readonly writes: string;
}

/** How thoroughly to look after the end. */
export interface Afterwards {
  /** A process that starts anew after the end must find nothing to do. */
  readonly restart?: boolean;
  /** Everything must come back when a person asks for it and nothing stands in the way. */
  readonly rollBack?: boolean;
}

/** Runs a scenario once. `reference` is the outcome of the undisturbed run. */
export function check(
  scenario: Scenario,
  plan: Plan,
  options: { by?: Deciders; reference?: Outcome } & Afterwards = {},
): Outcome {
  const world = createWorld();
  scenario.build(world);
  const witness = createMonitor(world, plan.replicas);
  const by = { ...(options.by ?? real), witness };
  const wrong: string[] = [];
  let ran: Ran | undefined;
  try {
    ran = run(world, scenario.happenings, plan, by);
  } catch (error) {
    wrong.push(`I7 quiescence: ${error instanceof Error ? error.message : String(error)}`);
  }
  const outcome = { ran, end: endOf(world).join('\n'), writes: writesOf(witness) };
  if (ran !== undefined)
    wrong.push(...wrongEnd(scenario, plan, { outcome, steps: stepsOf(world), reference: options.reference }));
  if (ran !== undefined && options.restart === true) wrong.push(...afterRestart(world, plan, by));
  if (ran !== undefined && options.rollBack === true) wrong.push(...afterRollBack(world, plan, by));
  return { ...outcome, wrong: [...new Set([...wrong, ...residue(scenario, world), ...witness.broken])] };
}

interface End {
  readonly outcome: Pick<Outcome, 'end' | 'writes'>;
  readonly steps: string;
  readonly reference: Outcome | undefined;
}

function wrongEnd(scenario: Scenario, plan: Plan, { outcome, steps, reference }: End): string[] {
  const apart = plan.replicas > 1 ? scenario.twoActive : undefined;
  const wrong = [...scenario.ends, ...(apart ?? [])].includes(steps) ? [] : [`the end is ${steps}`];
  const compares = scenario.exact && apart === undefined && reference !== undefined;
  return compares ? [...wrong, ...differences(outcome, reference)] : wrong;
}

function stepsOf(world: World): string {
  const names = [...world.objects.namespaces.keys()].filter((name) => name !== 'kube-system' && name !== 'linkerd');
  const step = (name: string): string => {
    const record = world.objects.records.get(name);
    return record === undefined ? '-' : (record.status?.step ?? 'Pending');
  };
  return names
    .toSorted()
    .map((name) => `${name}:${step(name)}`)
    .join(' ');
}

// Writes to workloads and pods: a disturbed run makes the same as an undisturbed one, no more and no less.
function writesOf(witness: Watched): string {
  const counted = [...witness.summary].filter(([what]) => /^(cutOver|restoreTemplate|evictPod)/.test(what));
  return counted
    .map(([what, count]) => `${what} ×${count}`)
    .toSorted()
    .join('\n');
}

function differences(outcome: Pick<Outcome, 'end' | 'writes'>, reference: Outcome): string[] {
  const wrong: string[] = [];
  if (outcome.end !== reference.end)
    wrong.push(`the end differs from the undisturbed one:\n${outcome.end}\nand not\n${reference.end}`);
  if (outcome.writes !== reference.writes) wrong.push(`I14 same writes:\n${outcome.writes}\nand not\n${reference.writes}`);
  return wrong;
}

function afterRestart(world: World, plan: Plan, by: Deciders & { witness: Watched }): string[] {
  const before = by.witness.tried();
  run(world, [], { seed: plan.seed, replicas: 1, lag: false }, by);
  return by.witness.tried() === before ? [] : ['I7 quiescence: a process that starts anew writes'];
}

// Whatever stands in the way is taken away; then the way back must be open, to what was there before.
function afterRollBack(world: World, plan: Plan, by: Deciders & { witness: Watched }): string[] {
  if (world.objects.migrations.size !== 1) return [];
  world.environment.injectorUp = true;
  world.environment.sourceHealthy = true;
  for (const { name, annotations } of world.objects.namespaces.values()) {
    annotateNamespace(world, name, keys.hold, undefined);
    if (annotations['linkerd.io/inject'] === 'ingress') annotateNamespace(world, name, 'linkerd.io/inject', undefined);
  }
  for (const [key, workload] of world.objects.workloads) {
    annotateWorkload(world, key, keys.hold, undefined);
    changeWorkload(world, key, { paused: false, template: workload.template.replace('-bad', '-mended') });
  }
  editMigration(world, { desiredState: 'RolledBack', paused: false });
  run(world, [], { seed: plan.seed, replicas: 1, lag: false }, by);
  const stuck = [...world.objects.records.values()].filter((r) => r.status?.step !== 'RolledBack').map((r) => r.metadata.name);
  const wrong = stuck.length === 0 ? [] : [`I8 rollback reachable: ${stuck.join(', ')} did not come back`];
  return [...wrong, ...traces(world).map((trace) => `I3 exact restore: ${trace}`)];
}

function residue(scenario: Scenario, world: World): string[] {
  return scenario.ends.every((end) => end.endsWith(':-')) ? traces(world).map((trace) => `I13 no residue: ${trace}`) : [];
}

// What is left of a move: labels and annotations of the namespace, keys on templates, pods in the target.
function traces(world: World): string[] {
  const { namespaces, workloads, pods } = world.objects;
  const own = [keys.to, keys.from, keys.moving, 'linkerd.io/inject'];
  return [
    ...[...namespaces.values()]
      .filter((n) => own.some((key) => key in n.labels || key in n.annotations))
      .map((n) => `keys on ${n.name}`),
    ...[...workloads.values()]
      .filter((w) => w.keys[keys.to] !== undefined || w.minReadyOwner === 'us')
      .map((w) => `keys on ${w.name}`),
    ...[...world.environment.aliases].map((name) => `names for ${name}`),
    ...[...pods.values()].filter((pod) => pod.inTarget && !pod.ended).map((pod) => `${pod.name} is in the target`),
  ];
}
