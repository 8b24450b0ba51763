// `kubectl mm plan`: what a migration would do, without writing anything.

import { Command, Option } from 'commander';
import { parse, stringify } from 'yaml';
import { MESH_MIGRATION } from '../../api/v1alpha1/group.ts';
import type { MeshMigration } from '../../api/v1alpha1/mesh-migration.ts';
import type { NamesIo } from '../../mesh/names.ts';
import { sleep } from '../../runtime/clock.ts';
import { withCluster, withClusterFlags } from '../cluster-access.ts';
import type { ClusterFlags } from '../cluster-access.ts';
import { CommandFailure, exitCodes } from '../command-failure.ts';
import { drawingOn } from '../drawing.ts';
import { readFolder, readInput } from '../input-files.ts';
import { paint } from '../line.ts';
import { drawOutline } from '../outline.ts';
import type { Surroundings } from '../surroundings.ts';
import { clusterSource } from './cluster-source.ts';
import { fileSource } from './file-source.ts';
import { makePlan } from './make-plan.ts';
import { needsPerson } from './plan.ts';
import type { Plan } from './plan.ts';
import type { SecondLook } from './read-names.ts';
import { planMarkdown, planOutline } from './print.ts';

interface Flags extends ClusterFlags {
  readonly output: 'table' | 'yaml' | 'json' | 'markdown';
  readonly filename?: string;
  readonly fromFiles?: string;
}

const help = `
Exit codes: 0 nothing blocks; 1 something needs a person first; 2 no plan can be made.`;

/** The command; `ended` is told its exit code. */
export function planCommand(surroundings: Surroundings, ended: (code: number) => void): Command {
  const command = new Command('plan')
    .description('tell what a migration would do: waves, workloads, names and the objects they need; writes nothing')
    .argument('[name]', 'a MeshMigration of the cluster')
    .option('-f, --filename <file>', 'a MeshMigration that is not in the cluster yet; - for the standard input')
    .option('--from-files <folder>', 'Kubernetes objects in files instead of a cluster')
    .addOption(
      new Option('-o, --output <format>', 'how it is printed').choices(['table', 'yaml', 'json', 'markdown']).default('table'),
    )
    .addHelpText('after', help);
  return withClusterFlags(command).action(async (name: string | undefined, flags: Flags) => {
    const plan = await planFor(name, flags, surroundings);
    surroundings.output.write(printed(plan, flags.output, surroundings));
    ended(needsPerson(plan) ? exitCodes.attention : exitCodes.good);
  });
}

async function planFor(name: string | undefined, flags: Flags, surroundings: Surroundings): Promise<Plan> {
  const written = flags.filename === undefined ? undefined : read(await readInput(flags.filename, surroundings), flags.filename);
  if (flags.fromFiles !== undefined) {
    if (written === undefined) throw new CommandFailure('With --from-files, name the MeshMigration by -f.');
    const files = fileSource(await readFolder(flags.fromFiles, surroundings));
    return makePlan(written, files, { now: surroundings.clock.wallMs() });
  }
  return withCluster(flags, surroundings, async ({ client }) => {
    const source = clusterSource(client);
    const again = secondLook(surroundings);
    return makePlan(written ?? (await named(source, name)), source, { again, now: again.wallMs() });
  });
}

const lookMs = 2_000;

function secondLook({ clock, stop }: Surroundings): SecondLook {
  return { wallMs: () => clock.wallMs(), pause: () => sleep(clock, lookMs, stop) };
}

async function named(source: NamesIo, name: string | undefined): Promise<MeshMigration> {
  const { group, version, plural } = MESH_MIGRATION;
  const answer = await source.list({ name: 'migrations', group, version, plural });
  if (answer.kind === 'error') throw new CommandFailure(`${answer.message}; give a file with -f.`);
  const found = answer.items.filter(({ metadata }) => name === undefined || metadata?.name === name);
  const [only] = found;
  if (only === undefined || found.length > 1)
    throw new CommandFailure(
      `There are ${found.length} MeshMigrations${name === undefined ? '' : ` called ${name}`}: name one, or give a file with -f.`,
    );
  return only as unknown as MeshMigration;
}

function read(text: string, file: string): MeshMigration {
  const object = parsed(text, file);
  const { source, target, waves } = (object.spec ?? {}) as Partial<MeshMigration['spec']>;
  if (source?.mesh === undefined || target?.mesh === undefined || !Array.isArray(waves))
    throw new CommandFailure(`${file} is no MeshMigration: give one with spec.source.mesh, spec.target.mesh and spec.waves.`);
  const unborn = { name: 'plan', uid: 'plan' };
  return { ...(object as MeshMigration), metadata: { ...unborn, ...object.metadata } as MeshMigration['metadata'] };
}

function parsed(text: string, file: string): Partial<MeshMigration> {
  try {
    const value: unknown = parse(text);
    return typeof value === 'object' && value !== null ? value : {};
  } catch (error) {
    const [why] = String(error instanceof Error ? error.message : error).split('\n');
    throw new CommandFailure(`${file} is no YAML: ${why ?? ''}`, { cause: error });
  }
}

function printed(plan: Plan, format: Flags['output'], { output }: Surroundings): string {
  switch (format) {
    case 'json':
      return `${JSON.stringify(plan, null, 2)}\n`;
    case 'yaml':
      return stringify(plan, { aliasDuplicateObjects: false });
    case 'markdown':
      return planMarkdown(plan);
    case 'table':
      return drawOutline(planOutline(plan), drawingOn(output))
        .map((line) => `${paint(line, output.colour)}\n`)
        .join('');
  }
}
