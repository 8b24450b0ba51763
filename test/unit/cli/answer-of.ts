// Runs a command of the plugin as a person does, without a terminal. It judges nothing.

import type { Command } from 'commander';
import { CommandFailure } from '../../../src/cli/command-failure.ts';
import type { Surroundings } from '../../../src/cli/surroundings.ts';
import { systemClock } from '../../../src/runtime/clock.ts';

type MakeCommand = (surroundings: Surroundings, ended: (code: number) => void) => Command;

/** What a command said, and its exit code. */
export interface Answer {
  readonly code: number;
  readonly text: string;
  /** What was said beside the answer. */
  readonly remarks: string;
}

/** Runs a command; a failure is an answer with its own exit code. */
export async function answerOf(
  make: MakeCommand,
  args: readonly string[],
  { input = '', columns = 80 }: { readonly input?: string; readonly columns?: number } = {},
): Promise<Answer> {
  let [text, remarks, code] = ['', '', -1];
  const output = {
    write: (more: string) => void (text += more),
    ...{ isTerminal: false, colour: false, unicode: true, columns: () => columns, rows: () => Infinity },
    onResize: () => () => undefined,
  };
  const surroundings: Surroundings = {
    ...{ env: {}, output, clock: systemClock, random: () => 0.5, stop: new AbortController().signal },
    remark: (more) => void (remarks += more),
    input: () => Promise.resolve(Buffer.from(input)),
  };
  const command = make(surroundings, (given) => (code = given)).exitOverride();
  try {
    await command.parseAsync([...args], { from: 'user' });
    return { code, text, remarks };
  } catch (error) {
    if (!(error instanceof CommandFailure)) throw error;
    return { code: error.code, text: error.message, remarks };
  }
}
