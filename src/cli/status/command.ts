// `kubectl mm status [NAME]`: where each migration stands, as a tree; with --watch for as long as one looks.

import { Command } from 'commander';
import type { Access, ClusterFlags } from '../cluster-access.ts';
import { withCluster, withClusterFlags } from '../cluster-access.ts';
import { CommandFailure, exitCodes } from '../command-failure.ts';
import { drawingOn } from '../drawing.ts';
import { paint } from '../line.ts';
import type { Surroundings } from '../surroundings.ts';
import { readPicture } from './follow.ts';
import { pageLines } from './page.ts';
import { pictureOfOne } from './picture.ts';
import type { Picture } from './picture.ts';
import { watchStatus } from './watch.ts';

interface Flags extends ClusterFlags {
  readonly watch?: boolean;
  readonly wait?: boolean;
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
  const picture = await readPicture(access.client);
  if (name !== undefined) requireName(picture, name);
  if (flags.watch === true || flags.wait === true) return watchStatus({ name, wait: flags.wait === true }, access, surroundings);
  for (const line of pageLines(picture, name, drawingOn(output))) output.write(`${paint(line, output.colour)}\n`);
  return exitCodes.good;
}

/** Throws with the names there are when there is no migration of that name. */
export function requireName(picture: Picture, name: string): void {
  if (pictureOfOne(picture, name) !== undefined) return;
  const names = picture.migrations.map(({ metadata }) => metadata.name);
  const known = names.length === 0 ? 'there is none' : `there are: ${names.slice(0, 10).join(', ')}`;
  throw new CommandFailure(`There is no MeshMigration "${name}" in this cluster; ${known}.`);
}
