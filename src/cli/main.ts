// The plugin's composition root, `kubectl mm`: the only reader of the environment and the command line in this room. It puts
// the commands together, runs one, and ends the process.

import { buffer } from 'node:stream/consumers';
import { Command, CommanderError } from 'commander';
import { systemClock } from '../runtime/clock.ts';
import { VERSION } from '../telemetry/version.ts';
import { CommandFailure, exitCodes } from './command-failure.ts';
import { delegateCommand } from './delegate/command.ts';
import { planCommand } from './plan/command.ts';
import { statusCommand } from './status/command.ts';
import type { Output, Surroundings } from './surroundings.ts';
import { translateCommand } from './translate/command.ts';

function outputOf(stream: NodeJS.WriteStream, env: NodeJS.ProcessEnv): Output {
  // Whoever read this has enough, as in `kubectl mm status | head`.
  stream.on('error', () => process.exit(exitCodes.good));
  const isTerminal = stream.isTTY && env['TERM'] !== 'dumb';
  return {
    write: (text) => void stream.write(text),
    isTerminal,
    // https://no-color.org: any value but the empty one.
    colour: isTerminal && (env['NO_COLOR'] ?? '') === '',
    unicode: hasUnicode(env),
    // Asked each time: a process outside of the terminal's session is not told when the size changes.
    columns: () => (isTerminal ? stream.getWindowSize()[0] || 80 : 80),
    rows: () => (isTerminal ? stream.getWindowSize()[1] || 24 : Infinity),
    onResize(listener) {
      stream.on('resize', listener);
      return () => stream.off('resize', listener);
    },
  };
}

// The first that is set decides (POSIX locale). Where none is, as in many containers, terminals show Unicode all the same.
function hasUnicode(env: NodeJS.ProcessEnv): boolean {
  const locale = [env['LC_ALL'], env['LC_CTYPE'], env['LANG']].find((value) => value !== undefined && value !== '');
  return locale === undefined || /utf-?8/i.test(locale);
}

function stopOnSignals(): AbortSignal {
  const stopping = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      // The second one is for a command that does not listen.
      if (stopping.signal.aborted) process.exit(exitCodes.unanswered);
      stopping.abort();
    });
  }
  return stopping.signal;
}

async function main(): Promise<number> {
  const surroundings: Surroundings = {
    env: process.env,
    output: outputOf(process.stdout, process.env),
    remark: (text) => process.stderr.write(text),
    input: () => buffer(process.stdin),
    clock: systemClock,
    random: Math.random,
    stop: stopOnSignals(),
  };
  let code: number = exitCodes.good;
  const ended = (given: number): void => void (code = given);
  const program = new Command('kubectl mm')
    .description('Looks after migrations between service meshes.')
    .version(VERSION, '--version', 'print the version')
    .configureHelp({ showGlobalOptions: true })
    .addCommand(statusCommand(surroundings, ended))
    .addCommand(planCommand(surroundings, ended))
    .addCommand(translateCommand(surroundings, ended))
    .addCommand(delegateCommand(surroundings, ended));
  for (const command of [program, ...program.commands]) command.exitOverride();
  await program.parseAsync(process.argv);
  return code;
}

// A failure was explained already; anything else is a mistake of ours, and its place helps to find it.
function wordsOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error instanceof CommandFailure ? error.message : (error.stack ?? error.message);
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    // The parser has said its own errors already.
    if (error instanceof CommanderError) process.exit(error.exitCode === 0 ? exitCodes.good : exitCodes.unanswered);
    process.stderr.write(`${wordsOf(error)}\n`);
    process.exit(error instanceof CommandFailure ? error.code : exitCodes.unanswered);
  },
);
