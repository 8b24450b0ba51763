// Long-lived child processes of a cluster: started with a log file, stopped, and never left behind. It knows no Kubernetes.
import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { atEnd } from './ending.ts';

const running = new Set<ChildProcess>();

// Percent by which the heap of a Go program may grow before it is collected. Where two cores carry a whole cluster, collecting
// as often as Go does by itself (100) costs more than the memory is worth.
const HEAP_GROWTH = '300';

/** What to start. */
export interface ChildOptions {
  readonly name: string;
  readonly command: readonly string[];
  /** Folder for the log, `<name>.log`; a later start appends to it. */
  readonly logFolder: string;
  /** The own-netns program: the kernel then kills the child when this process dies, also by SIGKILL. */
  readonly tie: string;
}

/** A running child. */
export interface Child {
  readonly name: string;
  readonly logFile: string;
  /** True until the process has ended. */
  readonly alive: () => boolean;
  /** Sends a signal if the process is alive. */
  readonly signal: (signal: NodeJS.Signals) => void;
  /** Asks the process to end, kills it after the grace period in milliseconds, and resolves when it is gone. */
  readonly stop: (graceMilliseconds: number) => Promise<void>;
  /** Rejects when the process ends by itself, with the end of its log. It never resolves. */
  readonly failure: Promise<never>;
}

/** Starts a child in a session of its own, so that a Ctrl-C on the terminal does not end it before its dependants. */
export function startChild(options: ChildOptions): Child {
  const logFile = join(options.logFolder, `${options.name}.log`);
  const log = openSync(logFile, 'a');
  const env = { GOGC: HEAP_GROWTH, ...process.env };
  const child = spawn(options.tie, ['tied', ...options.command], { stdio: ['ignore', log, log], detached: true, env });
  closeSync(log);
  // A program that is done, or a test run that failed on the way, must not wait for its cluster.
  child.unref();
  running.add(child);
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) => resolve(signal ?? `exit code ${String(code)}`));
  });
  void ended.then(() => running.delete(child));
  let asked = false;
  const failure = ended.then(async (how): Promise<never> => {
    if (asked) return await new Promise<never>(() => undefined);
    throw new Error(`${options.name} ended (${how}). The end of ${logFile}:\n${await lastLines(logFile)}`);
  });
  // Whoever waits for the child races against this; when nobody waits, it must not end the program.
  failure.catch(() => undefined);
  const alive = (): boolean => child.exitCode === null && child.signalCode === null && child.pid !== undefined;
  return {
    name: options.name,
    logFile,
    alive,
    failure,
    signal: (signal) => void child.kill(signal),
    stop: async (graceMilliseconds) => {
      asked = true;
      if (!alive()) return;
      child.ref();
      child.kill(graceMilliseconds > 0 ? 'SIGTERM' : 'SIGKILL');
      const timer = setTimeout(() => child.kill('SIGKILL'), graceMilliseconds);
      await ended;
      clearTimeout(timer);
    },
  };
}

async function lastLines(file: string): Promise<string> {
  const lines = (await readFile(file, 'utf8')).trimEnd().split('\n');
  return lines.slice(-15).join('\n');
}

// The kernel kills the children in any case; this makes it prompt.
atEnd(() => {
  for (const child of running) child.kill('SIGKILL');
});
