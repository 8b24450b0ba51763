// `kubectl mm delegate`: what becomes of one name by the rules of the mesh that is left, from files alone.

import { Command, Option } from 'commander';
import { delegateOffline, offlineWords } from '../../mesh/offline.ts';
import type { OfflineQuestion } from '../../mesh/offline.ts';
import { CommandFailure } from '../command-failure.ts';
import { readFolder, readInput } from '../input-files.ts';
import type { Surroundings } from '../surroundings.ts';

interface Flags {
  readonly config?: string;
  readonly dtab?: string;
  readonly namespace?: string;
  readonly fs?: string;
  readonly objects: readonly string[];
}

const help = `
Exit codes: 0 the name leads somewhere; 1 it does not; 2 bad input.`;

/** The command; `ended` is told its exit code. */
export function delegateCommand(surroundings: Surroundings, ended: (code: number) => void): Command {
  return new Command('delegate')
    .description(`evaluate one name offline and print the tree in the shape of ${offlineWords.tree}`)
    .argument('<path>', 'the name, for example /svc/web')
    .option('--config <file>', `configuration: ${offlineWords.configuration}`)
    .option('--dtab <file>', "a dtab; with --config it replaces the router's own")
    .option('--namespace <router>', 'label of the router (default: the first one)')
    .option('--fs <dir>', 'folder with one file for each name')
    .option('--objects <file>', 'Kubernetes objects as YAML or JSON; may be given several times', collect, [])
    .addOption(new Option('-o, --output <format>', 'format of the tree').choices(['json']).default('json'))
    .addHelpText('after', help)
    .action(async (path: string, flags: Flags) => ended(await delegate(path, flags, surroundings)));
}

function collect(value: string, before: readonly string[]): readonly string[] {
  return [...before, value];
}

async function delegate(path: string, flags: Flags, surroundings: Surroundings): Promise<number> {
  const answer = delegateOffline(await questionOf(path, flags, surroundings));
  if ('error' in answer) throw new CommandFailure(answer.error, { code: answer.exitCode });
  for (const warning of answer.warnings ?? []) surroundings.remark?.(`${warning}\n`);
  surroundings.output.write(`${JSON.stringify(answer.tree, null, 2)}\n`);
  return answer.exitCode;
}

async function questionOf(path: string, flags: Flags, surroundings: Surroundings): Promise<OfflineQuestion> {
  const text = async (file: string | undefined): Promise<string | undefined> =>
    file === undefined ? undefined : readInput(file, surroundings);
  const [config, dtab] = [await text(flags.config), await text(flags.dtab)];
  if (config === undefined && dtab === undefined)
    throw new CommandFailure('There is nothing to look the name up in: give --config FILE or --dtab FILE.');
  const objects = await Promise.all(flags.objects.map((file) => readInput(file, surroundings)));
  return {
    path,
    ...(config !== undefined && { config }),
    ...(dtab !== undefined && { dtab }),
    ...(flags.namespace !== undefined && { namespace: flags.namespace }),
    ...(flags.fs !== undefined && { directory: await readFolder(flags.fs, surroundings) }),
    ...(objects.length > 0 && { objects }),
  };
}
