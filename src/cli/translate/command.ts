// `kubectl mm translate FILE`: what becomes of a configuration of the mesh that is left, from the file alone.

import { Command, Option } from 'commander';
import { stringify } from 'yaml';
import { looksLikeDtab, offlineWords, translateConfig } from '../../mesh/offline.ts';
import type { ConfigTranslation } from '../../mesh/offline.ts';
import { CommandFailure, exitCodes } from '../command-failure.ts';
import { readInput } from '../input-files.ts';
import { paint } from '../line.ts';
import { drawingOn } from '../drawing.ts';
import type { Surroundings } from '../surroundings.ts';
import { translationMarkdown } from './markdown.ts';
import { translationOutline } from './outline-of.ts';
import { drawOutline } from '../outline.ts';

type Format = 'table' | 'yaml' | 'json' | 'markdown';

interface Flags {
  readonly output: Format;
  readonly routes: 'Auto' | 'GatewayAPI' | 'ServiceProfile';
}

const help = `
Exit codes: 0 all of it is translated or told; 1 the mesh itself would refuse it
or fail with it; 2 it is no configuration.`;

/** The command; `ended` is told its exit code. */
export function translateCommand(surroundings: Surroundings, ended: (code: number) => void): Command {
  return new Command('translate')
    .description('tell what becomes of every field of a configuration, offline, with its mistakes')
    .argument('<file>', `${offlineWords.configuration}; - for the standard input`)
    .addOption(
      new Option('-o, --output <format>', 'how it is printed').choices(['table', 'yaml', 'json', 'markdown']).default('table'),
    )
    .addOption(
      new Option('--routes <kind>', 'how policies are written, as in spec.target')
        .choices(['Auto', 'GatewayAPI', 'ServiceProfile'])
        .default('Auto'),
    )
    .addHelpText('after', help)
    .action(async (file: string, flags: Flags) => {
      const text = await readInput(file, surroundings);
      const { exitCode, ...translation } = translateConfig(text, flags.routes);
      if (exitCode === exitCodes.unanswered && looksLikeDtab(text)) throw new CommandFailure(takenElsewhere(file));
      surroundings.output.write(printed(translation, flags.output, surroundings));
      ended(exitCode);
    });
}

function takenElsewhere(file: string): string {
  return `${file} is a dtab and no configuration: \`kubectl mm delegate --dtab ${file} PATH\` looks a name up in it; here, give ${offlineWords.configuration}.`;
}

function printed(translation: Omit<ConfigTranslation, 'exitCode'>, format: Format, { output }: Surroundings): string {
  switch (format) {
    case 'json':
      return `${JSON.stringify(translation, null, 2)}\n`;
    case 'yaml':
      return stringify(translation, { aliasDuplicateObjects: false });
    case 'markdown':
      return translationMarkdown(translation);
    case 'table':
      return drawOutline(translationOutline(translation), drawingOn(output))
        .map((line) => `${paint(line, output.colour)}\n`)
        .join('');
  }
}
