// `kubectl mm status [NAME]`: where each migration stands, as a tree; with --watch for as long as one looks.

import { Command, Option } from 'commander';
import { stringify } from 'yaml';
import type { Access, ClusterFlags } from '../cluster-access.ts';
import { withCluster, withClusterFlags } from '../cluster-access.ts';
import { CommandFailure, exitCodes } from '../command-failure.ts';
import { drawingOn } from '../drawing.ts';
import { paint } from '../line.ts';
import { nearestOf } from '../../core/nearest.ts';
import type { Surroundings } from '../surroundings.ts';
import { readPicture } from './follow.ts';
import { pageLines } from './page.ts';
import { orphansOf, pictureOfOne } from './picture.ts';
import type { Picture } from './picture.ts';
import { watchStatus } from './watch.ts';

interface Flags extends ClusterFlags {
  readonly watch?: boolean;
  readonly wait?: boolean;
  readonly output?: 'json' | 'yaml';
}

const help = `
Exit codes: 0 shown; 1 with --wait: it came to an end that needs a person;
2 not answered: bad input, no cluster, or no migration of that name.`;

/** The command; `ended` is told its exit code. */
export function statusCommand(surroundings: Surroundings, ended: (code: number) => void): Command {
  const command = new Command('status')
    .description('show where migrations stand: waves, namespaces, workloads, reasons and remedies')
    .argument('[name]', 'a MeshMigration; all of them when absent')
    .option('-w, --watch', 'show it again whenever it changes, until Ctrl-C')
    .option('--wait', 'as --watch, and end when the migration came to its end')
    .addOption(
      new Option('-o, --output <format>', 'print the objects as data instead: a List of migrations and their namespaces').choices(
        ['json', 'yaml'],
      ),
    )
    .addHelpText('after', help);
  return withClusterFlags(command).action(async (name: string | undefined, flags: Flags) => {
    ended(await withCluster(flags, surroundings, (access) => status(name, flags, { access, surroundings })));
  });
}

interface Parts {
  readonly access: Access;
  readonly surroundings: Surroundings;
}

async function status(name: string | undefined, flags: Flags, { access, surroundings }: Parts): Promise<number> {
  const { output } = surroundings;
  if (flags.output !== undefined && (flags.watch === true || flags.wait === true))
    throw new CommandFailure(`-o ${flags.output} prints the objects once: leave --watch and --wait out, or -o.`);
  const picture = await readPicture(access.client);
  if (name !== undefined) requireName(picture, name);
  if (flags.output !== undefined) {
    output.write(asData(picture, name, flags.output));
    return exitCodes.good;
  }
  if (flags.watch === true || flags.wait === true) return watchStatus({ name, wait: flags.wait === true }, access, surroundings);
  const options = { ...drawingOn(output), now: surroundings.clock.wallMs() };
  for (const line of pageLines(picture, name, options)) output.write(`${paint(line, output.colour)}\n`);
  return exitCodes.good;
}

// In the order of the tree: each migration, then its namespaces.
function asData(picture: Picture, name: string | undefined, format: 'json' | 'yaml'): string {
  const chosen = name === undefined ? picture.migrations.map(({ metadata }) => metadata.name) : [name];
  const owned = chosen
    .flatMap((one) => pictureOfOne(picture, one) ?? [])
    .flatMap(({ migration, records }) => [migration, ...records]);
  const items = name === undefined ? [...owned, ...orphansOf(picture)] : owned;
  const list = { apiVersion: 'v1', kind: 'List', items };
  return format === 'json' ? `${JSON.stringify(list, undefined, 2)}\n` : stringify(list);
}

/** Throws with the name that was probably meant, or the names there are, when there is no migration of that name. */
export function requireName(picture: Picture, name: string): void {
  if (pictureOfOne(picture, name) === undefined)
    throw new CommandFailure(`There is no MeshMigration "${name}" in this cluster; ${instead(picture, name)}.`);
}

function instead({ migrations, records }: Picture, name: string): string {
  const names = migrations.map(({ metadata }) => metadata.name);
  const near = nearestOf(name, names);
  if (near !== undefined) return `did you mean "${near}"? There are: ${names.slice(0, 10).join(', ')}`;
  const record = records.find(({ metadata }) => metadata.name === name);
  if (record !== undefined) return `"${name}" is a namespace of MeshMigration ${record.spec.migrationRef.name}`;
  return names.length === 0 ? 'there is none' : `there are: ${names.slice(0, 10).join(', ')}`;
}
